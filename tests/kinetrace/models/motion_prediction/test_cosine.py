from __future__ import annotations

import math

import pytest
import torch

from kinetrace.models.motion_prediction.cosine import cosine_terms


def test_the_cosine_terms_are_orthonormal_and_begin_with_a_constant() -> None:
    terms = cosine_terms(25, 25)
    torch.testing.assert_close(terms @ terms.T, torch.eye(25), atol=1e-5, rtol=0)
    torch.testing.assert_close(terms[0], torch.full((25,), 1 / math.sqrt(25)))


def test_two_frames_have_a_mean_and_a_difference() -> None:
    torch.testing.assert_close(cosine_terms(2, 2), torch.tensor([[1.0, 1.0], [1.0, -1.0]]) / math.sqrt(2))


def test_no_frames_have_no_terms() -> None:
    with pytest.raises(ZeroDivisionError):
        cosine_terms(0, 1)
