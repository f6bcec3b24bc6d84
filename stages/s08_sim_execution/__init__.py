"""Stage 8: which planned motions a body with mass, limited torques and real floor contact can carry out."""
