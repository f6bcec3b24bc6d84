"""Training the lifter: mocap on bodies of many proportions, seen by random cameras through a pose network's errors."""
