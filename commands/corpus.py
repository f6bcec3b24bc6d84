"""A corpus for training: build it from folders of recordings, and look at what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.console import JsonOption, one_thread

app = typer.Typer(no_args_is_help=True, help="One HDF5 of many recordings, for training.")


@app.command(epilog="Example: kinetrace corpus build ../recordings --out corpus.h5")
def build(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR…", help="Folders of recordings; searched below.")],
    out: Annotated[Path, typer.Option(help="The corpus to write.")],
    processes: Annotated[int, typer.Option(min=1, max=64, help="Takes that are read at once.")] = 2,
) -> None:
    """Read every take below the folders into one file of causal states; what is refused is listed with its reason."""
    one_thread()
    from adapters.corpus import takes
    from benchmarks.progress import track
    from kinetrace.report.corpus import corpus_text
    from kinetrace.store.corpus import document, write_corpus
    from schemas.dataset import DatasetParams
    from stages.corpus import corpus, record_all

    params = DatasetParams()
    found = list(takes(folders))
    made = corpus(track(record_all(found, params, processes), "reading takes", len(found)), params)
    write_corpus(out, made)
    about = document(made, str(out))
    typer.echo(corpus_text(about))
    typer.echo(f"\n{out}: {len(about.recordings)} recordings of {len(found)} takes, {out.stat().st_size / 1e6:.0f} MB")


@app.command(epilog="Example: kinetrace corpus info corpus.h5 --json")
def info(
    path: Annotated[Path, typer.Argument(help="A corpus.")],
    as_json: JsonOption = False,
) -> None:
    """Say how many minutes a corpus has of each source, subject, movement and licence, and what was refused."""
    from kinetrace.report.corpus import corpus_minutes, corpus_text
    from kinetrace.store.corpus import read_corpus
    from kinetrace.store.documents import canonical

    _, about = read_corpus(path)
    typer.echo(canonical(corpus_minutes(about)).decode().rstrip() if as_json else corpus_text(about))
