"""Training: one command a model."""

from __future__ import annotations

import typer

from commands import train_pinn

app = typer.Typer(no_args_is_help=True, help="Train a model on a corpus.")
app.command("pinn", epilog=train_pinn.EPILOG)(train_pinn.train_pinn)
