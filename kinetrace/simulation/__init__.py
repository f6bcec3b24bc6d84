"""Made captures with exact truth: the person, the movement, the sensors."""
