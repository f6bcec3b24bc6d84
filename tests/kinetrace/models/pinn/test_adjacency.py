from __future__ import annotations

import pytest
import torch

from kinetrace.models.pinn.adjacency import normalised_adjacency
from kinetrace.models.pinn.joints import TREE
from schemas.errors import ComputeError


def test_it_is_symmetric_and_nothing_grows_under_it() -> None:
    a = normalised_adjacency(17, TREE)
    assert torch.equal(a, a.T)
    assert float(torch.linalg.eigvalsh(a).abs().max()) == pytest.approx(1.0, abs=1e-6)


def test_two_joints_and_one_bone_share_alike() -> None:
    assert torch.allclose(normalised_adjacency(2, [(0, 1)]), torch.full((2, 2), 0.5))


def test_a_bone_to_nowhere_is_refused() -> None:
    with pytest.raises(ComputeError, match="expected joints 0 to 1"):
        normalised_adjacency(2, [(0, 2)])
