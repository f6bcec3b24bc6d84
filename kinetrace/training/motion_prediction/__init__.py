"""Training the predictor of the CMU protocol: windows, loss, steps, and progress that resumes."""
