"""The PINN encoder: positions and their derivatives on 17 joints become tokens and a cleaner motion."""
