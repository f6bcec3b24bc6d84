"""Stage 6 learns to predict the state ahead in a latent space and says, on a held-out part, what that is worth."""
