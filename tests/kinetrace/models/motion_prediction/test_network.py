from __future__ import annotations

import pytest
import torch
from jaxtyping import TypeCheckError
from made_prediction import TINY

from kinetrace.models.motion_prediction.network import MotionPredictor, count_parameters, time_share
from schemas.cmu_prediction import PredictionParams


def shaken() -> MotionPredictor:
    """Make a network whose every weight matters."""
    network = MotionPredictor(TINY).eval()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator) * 0.1)
    return network


def test_untrained_it_predicts_that_nobody_moves() -> None:
    given = torch.randn(3, 10, 75)
    predicted = MotionPredictor(TINY).eval()(given)
    torch.testing.assert_close(predicted, given[:, -1:].expand(3, 25, 75))


def test_windows_do_not_see_each_other() -> None:
    network, given = shaken(), torch.randn(2, 10, 75)
    other = given.clone()
    other[1] += 1.0
    torch.testing.assert_close(network(given)[0], network(other)[0])
    assert (network(given)[1] - network(other)[1]).abs().max() > 1e-3


def test_the_graph_speaks_first_and_half_in_the_end() -> None:
    network, given = shaken(), torch.randn(2, 10, 75)
    graph, time = network.opinions(given)
    assert not torch.allclose(graph, time)
    found = network(given)
    torch.testing.assert_close(found[:, 0], graph[:, 0])
    torch.testing.assert_close(found[:, 4], 0.75 * graph[:, 4] + 0.25 * time[:, 4])
    assert (time_share().diff() > 0).all() and time_share()[-1] < 0.5


def test_a_continuation_of_the_last_velocity_alone_is_a_straight_line() -> None:
    network = MotionPredictor(TINY).eval()
    member = network.members[0]
    back = torch.linalg.inv(member.velocity_terms)  # type: ignore[arg-type]
    with torch.no_grad():  # frame k is k times the last velocity
        member.continuation.copy_(100 * torch.arange(1, 26)[:, None] * back[-1])  # type: ignore[operator]
    given = torch.cumsum(torch.randn(1, 10, 75), 1)
    want = given[:, -1:] + torch.arange(1, 26)[None, :, None] * (given[:, -1:] - given[:, -2:-1])
    torch.testing.assert_close(network.opinions(given)[0], want, rtol=1e-3, atol=1e-3)


def test_the_default_network_has_fewer_parameters_than_promised() -> None:
    assert count_parameters(MotionPredictor(PredictionParams())) < 200_000


def test_another_number_of_frames_is_refused() -> None:
    with pytest.raises(TypeCheckError, match="windows 10 75"):
        MotionPredictor(TINY)(torch.zeros(1, 9, 75))
