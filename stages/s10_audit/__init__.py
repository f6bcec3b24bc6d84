"""Stage 10: says whether every file of stages 0 to 9 is intact, complete, linked and current."""
