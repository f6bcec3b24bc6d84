"""The subject's humanoid in MuJoCo: inverse kinematics, inverse dynamics, ground reaction, feasibility, execution."""
