from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from kinetrace.report.reconstruction import SHOWN_S, reconstruction_html

FPS = 30.0


def page(frames: int = 20, title: str = "made", **changed: Any) -> str:
    random = np.random.default_rng(0)
    recorded = random.uniform(0, 1.8, (frames, 17, 3)).astype(np.float32)
    visible = np.ones((frames, 17), dtype=bool)
    visible[3, 5] = False
    inputs: dict[str, Any] = {
        "shown": recorded + np.float32(0.01), "visible": visible, "cleaned": recorded, "recorded": recorded,
        "facts": (("Encoder", "12 weights"),),
    }  # fmt: skip
    return reconstruction_html(title, FPS, **(inputs | changed))


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r"const data = (\{.*\});", html)
    assert found is not None
    data: dict[str, Any] = json.loads(found.group(1))
    return data


def test_all_three_motions_are_there_in_millimetres_and_hidden_samples_are_not_drawn() -> None:
    data = data_of(page())
    assert [layer["name"] for layer in data["layers"]] == ["recorded", "input", "reconstruction"]
    recorded, shown, _ = (layer["points"] for layer in data["layers"])
    assert shown[3][5] is None and recorded[3][5] is not None
    assert abs(shown[0][0][0] - recorded[0][0][0] - 10) <= 1
    assert len(data["bones"]) == 16


def test_it_asks_nothing_of_the_network_and_is_the_same_twice() -> None:
    html = page()
    assert not re.search(r"(src|href)=|https?://|@import|fetch\(", html)
    assert html == page()


def test_a_title_cannot_become_markup() -> None:
    assert "<script>alert" not in page(title="<script>alert(1)</script>")


def test_a_long_recording_is_cut() -> None:
    assert len(data_of(page(frames=700))["layers"][0]["points"]) == int(SHOWN_S * FPS)


def test_facts_and_curves_stand_on_the_page() -> None:
    html = page()
    assert "12 weights" in html and "Right knee flexion" in html
    assert html.count('<svg class="trace"') == 3
