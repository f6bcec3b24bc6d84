from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from made_corpus import made_corpus
from made_model import FPS, JOINTS, tiny_params, tiny_table

from kinetrace.models.checkpoint import to_bytes
from kinetrace.models.inference import loaded_model
from kinetrace.models.pretrained import Pretrained, load_pretrained
from kinetrace.motion.skeletons import BODY21
from kinetrace.store.corpus import write_corpus
from kinetrace.training.world_model.adapt import adapt
from kinetrace.training.world_model.assessment import learn
from kinetrace.training.world_model.held_out import HORIZONS, judge
from kinetrace.training.world_model.pool import divide, mirrored, pool
from kinetrace.training.world_model.pooled import progress_file, train_pooled
from kinetrace.training.world_model.run import Order, run
from kinetrace.training.world_model.train import CaptureData, Trained
from schemas.dataset import Part, TransitionArrays
from schemas.errors import ArtifactError, ComputeError, ParamsError
from schemas.world_model import WorldModelParams

ARRAYS, ABOUT = made_corpus()
DIVISION = divide(ABOUT, (), ("*/p3/*",))
DATA = pool(ARRAYS, ABOUT, DIVISION.train)
PARAMS = WorldModelParams(max_steps=250, batch_size=16, hidden_dim=16, latent_dim=16)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train_pooled(DATA, PARAMS)


def same(one: Trained, other: Trained) -> bool:
    return all(
        torch.equal(a, b)
        for a, b in zip(one.model.state_dict().values(), other.model.state_dict().values(), strict=True)
    )


def test_a_mirror_image_of_a_mirror_image_is_the_motion() -> None:
    once = mirrored(DATA.states)
    assert torch.equal(mirrored(once), DATA.states)
    assert torch.equal(once[:, BODY21.index("r_knee"), 2], -DATA.states[:, BODY21.index("l_knee"), 2])
    assert torch.equal(once[:, BODY21.index("head"), 1], DATA.states[:, BODY21.index("head"), 1])


def test_no_recording_is_on_both_sides_and_sources_share_by_root() -> None:
    assert set(DIVISION.train) == {0, 1, 2}
    assert DIVISION.held_out == (3,)
    by_source = [float(DATA.chance[DATA.group == g].sum()) for g in (0, 1)]
    assert by_source[0] / by_source[1] == pytest.approx(((60 + 62) / 61) ** 0.5)


@pytest.mark.parametrize(
    ("sources", "held_out", "message"),
    [
        (("attic",), ("*/p3/*",), "--source: expected one of clinic, lab, found attic"),
        ((), ("*/nobody/*",), r"--held-out: expected a pattern that fits"),
        ((), ("*",), "recordings on both sides, found 0 to train on, 4 held out"),
    ],
)
def test_names_that_fit_nothing_are_refused(sources: tuple[str, ...], held_out: tuple[str, ...], message: str) -> None:
    with pytest.raises(ParamsError, match=message):
        divide(ABOUT, sources, held_out)


class KilledError(Exception):
    pass


def killed_at(step: int) -> object:
    def shown(steps: Iterable[int]) -> Iterator[int]:
        for number in steps:
            if number == step:
                raise KilledError
            yield number

    return shown


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path: Path, trained: Trained) -> None:
    with pytest.raises(KilledError):
        train_pooled(DATA, PARAMS, shown=killed_at(170), kept=progress_file(tmp_path, DATA, PARAMS, 100, True))  # type: ignore[arg-type]
    seen: list[int] = []

    def watch(steps: Iterable[int]) -> Iterable[int]:
        for step in steps:
            seen.append(step)
            yield step

    again = train_pooled(DATA, PARAMS, shown=watch, kept=progress_file(tmp_path, DATA, PARAMS, 100, True))
    assert seen[0] == 100
    assert same(again, trained)
    assert again.loss_curve == trained.loss_curve


def test_progress_of_another_run_is_refused(tmp_path: Path) -> None:
    params = PARAMS.model_copy(update={"max_steps": 100})
    train_pooled(DATA, params, kept=progress_file(tmp_path, DATA, params, 100, True))
    other = params.model_copy(update={"learning_rate": 1e-4})
    with pytest.raises(ArtifactError, match="fingerprint: expected a run on the same data, features and parameters"):
        train_pooled(DATA, other, kept=progress_file(tmp_path, DATA, other, 100, True))
    (tmp_path / "progress.pt").write_bytes(b"torn")
    with pytest.raises(ArtifactError, match=r"progress.pt: file: expected the progress of a run"):
        train_pooled(DATA, params, kept=progress_file(tmp_path, DATA, params, 100, True))


def test_it_is_judged_on_those_held_out(trained: Trained) -> None:
    judged = judge(loaded_model(trained.model, trained.config), ARRAYS, ABOUT, DIVISION, DATA)
    assert [s.source for s in judged.sources] == ["lab", "all"]
    assert [row.horizon_frames for row in judged.sources[0].horizons] == list(HORIZONS)
    assert all(row.model_mm < row.zero_velocity_mm for row in judged.sources[0].horizons)


def capture(anchors: int = 110, fps: float = 30.0, trained: int = 70) -> CaptureData:
    part = np.full(anchors, Part.HELD_OUT, dtype=np.uint8)
    part[:trained] = Part.TRAIN
    zeros = np.zeros((anchors, 2), dtype=np.uint8)
    pairs = np.array([(0, 1)], dtype=np.int32)
    states = made_corpus(anchors)[0].states[:anchors]
    table = TransitionArrays(
        time=np.arange(anchors) / fps, states=states, measured=np.ones((anchors, 21), np.uint8), part=part,
        phases=zeros, contacts=zeros, train_pairs=pairs, held_out_pairs=pairs,
    )  # fmt: skip
    return CaptureData(table, BODY21, fps)


def test_adapting_keeps_the_weights_space_and_takes_the_captures_rate(trained: Trained) -> None:
    params = WorldModelParams(adapt_steps=20, batch_size=8)
    known = (trained.model, trained.config, "ab" * 32)
    before = [p.clone() for p in trained.model.parameters()]
    one, other = (adapt(capture(fps=60.0), known, params) for _ in range(2))
    assert same(one, other)
    assert all(torch.equal(a, b) for a, b in zip(before, trained.model.parameters(), strict=True))
    assert not same(one, trained)
    assert one.config.feature_mean == trained.config.feature_mean
    assert (one.config.fps, one.config.trained_fps, one.config.pretrained) == (60.0, 30.0, "ab" * 32)
    assert one.config.params.hidden_dim == 16


def test_no_steps_of_adapting_are_the_weights_themselves(trained: Trained) -> None:
    known = (trained.model, trained.config, "ab" * 32)
    assert same(adapt(capture(), known, WorldModelParams(adapt_steps=0)), trained)


@pytest.mark.parametrize(
    ("changes", "present", "origin"),
    [
        ({}, True, "pretrained weights abababababab adapted in 5 steps"),
        ({}, False, "this copy of Kinetrace came without"),
        ({"pretrained": False}, True, "`pretrained: false`"),
        ({"recipe": "seed"}, True, "the seed's recipe has no pretrained weights"),
        ({"delta": "frames"}, True, "no pretrained weights of that delta"),
    ],
)
def test_where_the_weights_began_is_said(
    trained: Trained, changes: dict[str, object], present: bool, origin: str
) -> None:
    params = WorldModelParams.model_validate({"adapt_steps": 5, "max_steps": 5, "latent_dim": 16, **changes})
    known = Pretrained(trained.model, trained.config, "ab" * 32) if present else None
    assert origin in learn(capture(), params, known).origin


def test_half_a_second_is_too_short_to_adapt_to(trained: Trained) -> None:
    known = Pretrained(trained.model, trained.config, "ab" * 32)
    learnt = learn(capture(trained=15), WorldModelParams(latent_dim=16), known)
    assert learnt.origin == "pretrained weights abababababab as they are: 0.5 s to train on, adapting needs 2"
    assert same(learnt.trained, trained)


def test_a_capture_without_arms_is_trained_from_scratch(trained: Trained) -> None:
    known = Pretrained(trained.model, trained.config, "ab" * 32)
    learnt = learn(CaptureData(tiny_table(), JOINTS, FPS), tiny_params(latent_dim=16), known)
    assert "trained from scratch: pretrained weights need spine, thorax" in learnt.origin
    assert learnt.trained.config.pretrained is None


def test_weights_of_other_bytes_are_refused(tmp_path: Path, trained: Trained) -> None:
    path = tmp_path / "world_model.pt"
    assert load_pretrained(path) is None
    path.write_bytes(to_bytes(trained.model, trained.config, trained.loss_curve))
    with pytest.raises(ArtifactError, match=r"content: expected sha256 0000.*Install Kinetrace again"):
        load_pretrained(path, "0" * 64)


def test_running_out_of_memory_is_a_refusal_with_what_would_fit() -> None:
    from kinetrace.training.world_model.device import enough_memory

    with (
        pytest.raises(ComputeError, match=r"memory: expected room .* Lower `batch_size` \(now 64\)"),
        enough_memory(64),
    ):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
    with pytest.raises(RuntimeError, match="another fault"), enough_memory(64):
        raise RuntimeError("another fault")


def test_the_command_writes_weights_and_a_card_that_name_each_other(tmp_path: Path) -> None:
    import hashlib

    params = PARAMS.model_copy(update={"max_steps": 5})
    order = Order(tmp_path / "corpus.h5", tmp_path / "out", (), ("*/p3/*",), False, 100)
    card = run(order, params, ARRAYS, ABOUT, lambda steps: steps)
    assert card is not None
    weights = tmp_path / "out" / "world_model.pt"
    assert card.sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()
    assert load_pretrained(weights, card.sha256) is not None
    with pytest.raises(ParamsError, match="Hold people out"):
        run(Order(tmp_path / "c.h5", tmp_path / "o", (), (), False, 100), params, ARRAYS, ABOUT, lambda steps: steps)


TWO = """
import sys, torch
from pathlib import Path
from made_corpus import made_corpus
from kinetrace.training.world_model.distributed import processes
from kinetrace.training.world_model.pool import divide, pool
from kinetrace.training.world_model.pooled import train_pooled
from schemas.world_model import WorldModelParams
arrays, about = made_corpus()
data = pool(arrays, about, divide(about, (), ("*/p3/*",)).train)
params = WorldModelParams(max_steps=30, batch_size=16, hidden_dim=16, latent_dim=16)
with processes("cpu") as group:
    assert group.count == 2
    found = train_pooled(data, params, processes=group)
    torch.save([p.detach() for p in found.model.parameters()], Path(sys.argv[1]) / f"{group.rank}.pt")
    torch.save(torch.tensor(found.loss_curve), Path(sys.argv[1]) / f"loss{group.rank}.pt")
"""


def test_two_processes_on_their_own_draws_keep_one_model(tmp_path: Path, project: Path) -> None:
    paths = (project, project / "tests", Path(__file__).parent)
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, paths)), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(29_500 + os.getpid() % 1000), "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    running = [
        subprocess.Popen([sys.executable, "-c", TWO, str(tmp_path)], env=environment | {"RANK": str(rank)})
        for rank in range(2)
    ]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    one, other = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
    seen = [torch.load(tmp_path / f"loss{rank}.pt", weights_only=True) for rank in range(2)]
    assert not torch.equal(seen[0], seen[1])


def test_a_corpus_on_disk_goes_through_the_command(tmp_path: Path) -> None:
    from typer import Typer
    from typer.testing import CliRunner

    from commands.train_world_model import train_world_model

    write_corpus(tmp_path / "corpus.h5", ARRAYS)
    app = Typer()
    app.command()(train_world_model)
    options = ["--corpus", str(tmp_path / "corpus.h5"), "--out", str(tmp_path / "out"), "--steps", "3", "--json"]
    small = ["--batch-size", "8", "--hidden-dim", "8"]
    done = CliRunner().invoke(app, [*options, *small, "--held-out", "*/p3/*", "--arm", "anti_collapse=ema"])
    assert done.exit_code == 0, done.output
    assert '"anti_collapse":"ema"' in done.output
    wrong = CliRunner().invoke(app, [*options, "--held-out", "*/p3/*", "--arm", "colour=red"])
    assert "recipe, anti_collapse, frame, delta, target=VALUE" in str(wrong.exception)


def test_a_whitened_latent_decodes_to_the_same_forecasts(trained: Trained) -> None:
    import copy

    from kinetrace.models.principal import whiten

    model = copy.deepcopy(trained.model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    before = loaded_model(copy.deepcopy(model), trained.config)
    x = torch.from_numpy(before.features(ARRAYS.states))
    whiten(model, x)
    after = loaded_model(model, trained.config)
    states = ARRAYS.states[:40]
    assert np.abs(after.forecast(states, 5) - before.forecast(states, 5)).max() < 1e-3
    z = after.encode(ARRAYS.states)
    assert np.abs(z.mean(axis=0)).max() < 0.05
    assert np.abs(z.std(axis=0) - 1).max() < 0.05 or (z.std(axis=0) < 1.05).all()
    pair = [m.read_action(m.encode(states), m.encode(states + 0.01)) for m in (before, after)]
    assert np.abs(pair[0] - pair[1]).max() < 1e-2
