from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from made_swaying import swaying

from kinetrace.motion.skeletons import INDEX
from kinetrace.report.repair_page import repair_html

KNEE = INDEX["l_knee"]


def page(frames: int = 90, title: str = "made", first: int = 30) -> str:
    recorded = swaying(frames)
    there = np.ones(recorded.shape[:2], dtype=bool)
    there[:, INDEX["head"]] = False
    hidden = np.zeros_like(there)
    hidden[first : first + 15, KNEE] = True
    repaired = recorded + 0.01 * hidden[..., None]
    return repair_html(title, 60.0, recorded, there, hidden, repaired, (("Off", "10 mm"),))


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r"const data = (\{.*\});", html)
    assert found is not None
    data: dict[str, Any] = json.loads(found.group(1))
    return data


def test_recorded_hidden_and_repaired_are_there_and_what_was_not_recorded_is_not_drawn() -> None:
    recorded, hidden, repaired = (layer["points"] for layer in data_of(page())["layers"])
    assert recorded[35][INDEX["head"]] is None and hidden[35][KNEE] is not None and hidden[20][KNEE] is None
    assert abs(repaired[35][KNEE][0] - recorded[35][KNEE][0] - 10) <= 1 and repaired[20] == recorded[20]


def test_of_a_long_recording_the_stretch_around_the_gap_is_shown() -> None:
    layers = data_of(page(frames=2000, first=1800))["layers"]
    assert len(layers[0]["points"]) == 720
    assert any(row[KNEE] is not None for row in layers[1]["points"])


def test_it_asks_nothing_of_the_network_and_is_the_same_twice() -> None:
    html = page()
    assert not re.search(r"(src|href)=|https?://|@import|fetch\(", html) and html == page()
    assert "l knee, height" in html


def test_a_title_cannot_become_markup() -> None:
    assert "<script>alert" not in page(title="<script>alert(1)</script>")


def test_nothing_hidden_is_nothing_to_show() -> None:
    recorded = swaying(20)
    none = np.zeros((20, 21), dtype=bool)
    with pytest.raises(IndexError, match="out of bounds"):
        repair_html("x", 60.0, recorded, ~none, none, recorded, ())
