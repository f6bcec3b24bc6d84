"""Stage 7: which motions lie near the recorded one, which reach a goal, and which of them physics allows."""
