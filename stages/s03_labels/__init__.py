"""Stage 3 names what happens when: phases and failures as intervals, each with its source and confidence."""
