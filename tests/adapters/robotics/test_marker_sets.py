from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from adapters.robotics.marker_sets import GAIT2354, KNOWN, OPENCAP_LAB, RAJAGOPAL, VIDEO_KEYPOINTS, canonical, recognise
from kinetrace.motion.skeletons import NEEDED
from schemas.capture import MarkerMapping
from schemas.errors import MarkerSetError


@given(st.text(alphabet="abcXYZ019", min_size=1), st.text(alphabet=" ._-", max_size=3), st.booleans())
def test_case_punctuation_and_subject_do_not_matter(name: str, noise: str, subject: bool) -> None:
    written = ("Anna B:" if subject else "") + noise + name.swapcase() + noise
    assert canonical(written) == canonical(name)


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
def test_each_set_is_recognised_by_its_own_names_and_by_no_other(known: object) -> None:
    assert recognise(sorted(known.names()), "x") is known  # type: ignore[attr-defined]
    assert recognise(sorted(known.core), "x") is known  # type: ignore[attr-defined]


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
def test_every_core_marker_has_a_role_and_both_sides_are_there(known: object) -> None:
    names = known.names()  # type: ignore[attr-defined]
    assert known.core <= names  # type: ignore[attr-defined]
    for role in known.roles:  # type: ignore[attr-defined]
        if role.startswith("r_"):
            assert "l_" + role[2:] in known.roles  # type: ignore[attr-defined]


def test_the_same_number_of_strangers_is_not_recognised() -> None:
    strangers = [f"M{i}" for i in range(len(OPENCAP_LAB.names()))]
    with pytest.raises(MarkerSetError, match=r"M0, M1.*--mapping with a file such as: joints: \{r_hip"):
        recognise(strangers, "x")


def test_the_mapping_that_a_refusal_shows_is_one_that_is_accepted() -> None:
    with pytest.raises(MarkerSetError) as caught:
        recognise(["M0"], "x")
    shown = yaml.safe_load(caught.value.fix.split("such as: ")[1].split(" (a joint")[0])
    mapping = TypeAdapter(MarkerMapping).validate_json(json.dumps(shown))
    assert set(mapping.joints) == set(NEEDED) - {"pelvis"}
    assert "the pelvis is the middle of the hips" in caught.value.fix


def test_names_are_as_written_in_the_laboratories() -> None:
    assert recognise(["r.ASIS", "L.ASIS", "r.PSIS", "L.PSIS", "r_thigh1", "L_thigh1"], "x") is OPENCAP_LAB
    assert recognise(["s:R.ASIS", "s:L.ASIS", "s:V.Sacral", "s:R.Thigh.Upper", "s:L.Thigh.Upper", "s:R.Shank.Upper",
                      "s:L.Shank.Upper"], "x") is GAIT2354  # fmt: skip
    assert RAJAGOPAL.roles["r_knee_lat"] == "rknee" and VIDEO_KEYPOINTS.roles["r_knee"] == "rknee"
