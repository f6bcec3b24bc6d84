"""Training: one command a model."""

from __future__ import annotations

import typer

from commands import train_cmu, train_pinn, train_world_model

app = typer.Typer(no_args_is_help=True, help="Train a model.")
app.command("world-model", epilog=train_world_model.EPILOG)(train_world_model.train_world_model)
app.command("pinn", epilog=train_pinn.EPILOG)(train_pinn.train_pinn)
app.command("cmu-prediction", epilog=train_cmu.EPILOG)(train_cmu.train_cmu)
