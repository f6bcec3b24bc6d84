"""Training: one command a model."""

from __future__ import annotations

import typer

from commands import train_cmu, train_corrector, train_lifter, train_pinn, train_uncertainty, train_world_model

app = typer.Typer(no_args_is_help=True, help="Train a model.")
app.command("world-model", epilog=train_world_model.EPILOG)(train_world_model.train_world_model)
app.command("uncertainty", epilog=train_uncertainty.EPILOG)(train_uncertainty.train_uncertainty)
app.command("pinn", epilog=train_pinn.EPILOG)(train_pinn.train_pinn)
app.command("lifter", epilog=train_lifter.EPILOG)(train_lifter.train_lifter)
app.command("corrector", epilog=train_corrector.EPILOG)(train_corrector.train_corrector)
app.command("cmu-prediction", epilog=train_cmu.EPILOG)(train_cmu.train_cmu)
