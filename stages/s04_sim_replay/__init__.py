"""Stage 4 replays the motion on the subject's own humanoid and says which forces it asks for and how feasible it is."""
