"""Stage 1: the motion stands in one world: X forward, Y up, Z right, the floor at Y = 0."""
