from __future__ import annotations

import torch
from made_lifter import TINY

from kinetrace.models.lifter.features import FEATURES
from kinetrace.models.lifter.network import JOINTS, LEAST_SPREAD, LifterNetwork, count_parameters
from schemas.lifter import LifterParams


def made(**changed: object) -> LifterNetwork:
    torch.manual_seed(0)
    return LifterNetwork(TINY.model_copy(update=changed)).eval()


def test_a_frame_depends_on_its_neighbours_as_far_as_is_promised_and_no_further() -> None:
    network = made(dilations=(2, 6))
    assert network.reach == 9
    x = torch.randn(1, 40, FEATURES)
    other = x.clone()
    other[:, 20] += 1.0
    with torch.no_grad():
        moved = (network(x)[0] - network(other)[0]).abs().sum((0, 2, 3))
    assert bool((moved[:11] == 0).all()) and bool((moved[30:] == 0).all())
    assert float(moved[11]) > 0 and float(moved[29]) > 0


def test_without_dilations_it_sees_one_frame() -> None:
    network = made(dilations=())
    assert network.reach == 0
    x = torch.randn(1, 5, FEATURES)
    with torch.no_grad():
        torch.testing.assert_close(network(x)[0][:, 2:3], network(x[:, 2:3])[0])


def test_it_answers_twenty_joints_and_a_positive_spread_for_any_length() -> None:
    network = made()
    for frames in (1, 2, 7):
        with torch.no_grad():
            places, spread = network(torch.randn(3, frames, FEATURES))
        assert places.shape == (3, frames, JOINTS, 3) and spread.shape == (3, frames, JOINTS)
        assert float(spread.min()) >= LEAST_SPREAD


def test_the_spread_does_not_pull_at_the_places() -> None:
    network = made()
    network.train()
    _, spread = network(torch.randn(2, 9, FEATURES))
    spread.sum().backward()
    assert network.first.mix.weight.grad is None and network.spread.weight.grad is not None


def test_the_default_is_as_small_as_the_project_allows() -> None:
    network = LifterNetwork(LifterParams())
    assert 2 * count_parameters(network) < 1_000_000  # bytes, at 16 bits a number
