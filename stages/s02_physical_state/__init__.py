"""Stage 2 turns aligned positions into physical state: derivatives, angles, centre of mass, contacts, phases and events."""
