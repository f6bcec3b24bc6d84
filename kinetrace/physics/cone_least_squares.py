"""Forces inside friction pyramids that best explain a wrench, for many frames at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float

_SETTLED: Final = 1e-11  # of the wrench's size: rounding leaves about 1e-14
_MOST_STEPS: Final = 40
_SHORTEST: Final = 2.0**-12  # a Newton step halved further makes no headway: another solver must look at the frame
_HEADWAY: Final = 1e-4


@dataclass(frozen=True)
class ConeForces:
    """What was found.

    Attributes:
        forces: At each point, inside its pyramid.
        settled: Frames whose optimality conditions hold; the others must be solved in another way.
    """

    forces: Float[np.ndarray, "frames points 3"]
    settled: Bool[np.ndarray, "frames"]


def cone_least_squares(
    wrench: Float[np.ndarray, "frames 6"],
    arms: Float[np.ndarray, "frames points 3"],
    ease: Float[np.ndarray, "frames points"],
    slope: float,
) -> ConeForces:
    """Minimise ½‖wrench − Σ (λ, arm × λ)‖² + ½ Σ ‖λ‖² / ease over λ with |λx|, |λy| <= slope λz, frame by frame.

    The dual has six unknowns a frame, the unexplained wrench y itself: λ = ease · P(f + m × arm) with (f, m) = y and P
    the projection on the pyramid, and y + Σ (λ, arm × λ) = wrench. The left side is the gradient of a strongly convex,
    piecewise quadratic function, so that Newton's method with a line search ends on the exact answer after a few steps
    (Qi & Sun 1993, Math. Program. 58:353); all frames take theirs together.

    Args:
        wrench: Force and moment to explain.
        arms: Points relative to where the moment is taken.
        ease: 1 / cost of each point's force squared; 0 forbids it.
        slope: Of the pyramid's faces.

    Returns:
        Forces, and which frames they are the answer of.
    """
    found = np.zeros(arms.shape)
    settled = np.zeros(len(arms), dtype=bool)
    todo = np.arange(len(arms))
    problem = _Problem(wrench, arms, ease, slope)
    y = problem.unbounded()
    state = problem.at(y)
    for _ in range(_MOST_STEPS):
        done = np.abs(state.gap).max(axis=1) <= _SETTLED * problem.size
        found[todo[done]], settled[todo[done]] = state.forces[done], True
        if done.all():
            break
        if done.any():
            todo, problem, state, y = todo[~done], problem.rows(~done), state.rows(~done), y[~done]
        step = np.linalg.solve(state.slope(problem), -state.gap[..., None])[..., 0]
        downhill = (state.gap * step).sum(axis=1)
        length = np.ones(len(todo))
        following = problem.at(y + step)
        while True:
            worse = following.value > state.value + _HEADWAY * length * downhill
            worse &= np.linalg.norm(following.gap, axis=1) > 0.5 * np.linalg.norm(state.gap, axis=1)
            worse &= length > _SHORTEST
            if not worse.any():
                break
            length[worse] /= 2.0
            following = problem.at(y + length[:, None] * step)
        y, state = y + length[:, None] * step, following
    return ConeForces(found, settled)


@dataclass(frozen=True)
class _State:
    """Forces at some y, and the piece of the pyramid that each stands on."""

    forces: Float[np.ndarray, "frames points 3"]
    gap: Float[np.ndarray, "frames 6"]
    value: Float[np.ndarray, "frames"]
    free: tuple[np.ndarray, np.ndarray, np.ndarray]

    def rows(self, keep: Bool[np.ndarray, "frames"]) -> _State:
        x, y, z = self.free
        return _State(self.forces[keep], self.gap[keep], self.value[keep], (x[keep], y[keep], z[keep]))

    def slope(self, problem: _Problem) -> Float[np.ndarray, "frames 6 6"]:
        """Derivative of the gap: 1 + Σ ease G S Sᵀ Gᵀ with the directions S in which each projection can move."""
        x, y, z = self.free
        ax, ay, az = problem.columns
        root = problem.root
        ways = np.stack((x, y, z, ay * z - az * y, az * x - ax * z, ax * y - ay * x), axis=1) * root[:, None]
        return np.asarray(ways @ np.swapaxes(ways, 1, 2) + np.eye(6))


class _Problem:
    def __init__(
        self,
        wrench: Float[np.ndarray, "frames 6"],
        arms: Float[np.ndarray, "frames points 3"],
        ease: Float[np.ndarray, "frames points"],
        face: float,
    ) -> None:
        self.wrench, self.arms, self.ease, self.face = wrench, arms, ease, face
        self.columns = tuple(np.concatenate((arms[..., i],) * 3, axis=1) for i in range(3))
        self.root = np.concatenate((np.sqrt(ease),) * 3, axis=1)
        self.size = np.maximum(np.abs(wrench).max(axis=1), 1e-3)

    def rows(self, keep: Bool[np.ndarray, "frames"]) -> _Problem:
        return _Problem(self.wrench[keep], self.arms[keep], self.ease[keep], self.face)

    def unbounded(self) -> Float[np.ndarray, "frames 6"]:
        """The y of the same problem without pyramids."""
        one, none = np.ones(self.ease.shape), np.zeros(self.ease.shape)
        free = tuple(np.concatenate([one if i == j else none for j in range(3)], axis=1) for i in range(3))
        slope = _State(self.arms, self.wrench, self.size, (free[0], free[1], free[2])).slope(self)
        return np.asarray(np.linalg.solve(slope, self.wrench[..., None])[..., 0])

    def at(self, y: Float[np.ndarray, "frames 6"]) -> _State:
        """Project and sum."""
        fx, fy, fz, mx, my, mz = (y[:, i, None] for i in range(6))
        ax, ay, az = (self.arms[..., i] for i in range(3))
        pull = fx + my * az - mz * ay, fy + mz * ax - mx * az, fz + mx * ay - my * ax
        near, free = project(*pull, self.face)
        x, up_to, z = (self.ease * part for part in near)
        sums = (x, up_to, z, ay * z - az * up_to, az * x - ax * z, ax * up_to - ay * x)
        ones = np.ones(self.ease.shape[1])  # a product with ones sums short rows faster than sum does
        total = np.stack([part @ ones for part in sums], axis=1)
        spent = (x * near[0] + up_to * near[1] + z * near[2]) @ ones
        value = 0.5 * ((y * y).sum(axis=1) + spent) - (self.wrench * y).sum(axis=1)
        return _State(np.stack((x, up_to, z), axis=-1), y + total - self.wrench, value, free)


def project(
    x: Float[np.ndarray, "*n"], y: Float[np.ndarray, "*n"], z: Float[np.ndarray, "*n"], slope: float
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Give the nearest point of the pyramid |x|, |y| <= slope z, and the directions in which it can move.

    Of the faces x = ± slope z and y = ± slope z the one further out is active first; if its foot is outside the other,
    the edge between both; if that has no positive height, the apex.

    Returns:
        The point's coordinates; then the x, y and z of three orthonormal or zero directions, side by side on the last
        axis: three inside, two on a face, one on an edge, none at the apex.
    """
    a, b = np.abs(x), np.abs(y)
    x_first = a >= b
    outer, inner = np.where(x_first, a, b), np.where(x_first, b, a)
    inside = outer <= slope * z
    face_z = (z + slope * outer) / (1.0 + slope**2)
    on_face = ~inside & (inner <= slope * face_z)
    edge_z = (z + slope * (outer + inner)) / (1.0 + 2.0 * slope**2)
    on_edge = ~inside & ~on_face & (edge_z > 0.0)
    up = np.where(inside, z, np.where(on_face, face_z, np.where(on_edge, edge_z, 0.0)))
    cap = slope * up
    near = (np.clip(x, -cap, cap), np.clip(y, -cap, cap), up)
    # Directions: 1 is along the active face or edge (x inside), 2 the free horizontal one (y inside), 3 is z inside.
    long_face, long_edge = 1.0 / np.sqrt(1.0 + slope**2), 1.0 / np.sqrt(1.0 + 2.0 * slope**2)
    rise = np.where(on_face, long_face, 0.0) + np.where(on_edge, long_edge, 0.0)
    sign_x, sign_y = np.copysign(slope, x), np.copysign(slope, y)
    zero, is_in = np.zeros(np.shape(z)), inside.astype(np.float64)
    first_x = np.where(on_face & ~x_first, 0.0, sign_x * rise) + is_in
    first_y = np.where(on_face & x_first, 0.0, sign_y * rise)
    second_x, second_y = (on_face & ~x_first).astype(np.float64), is_in + (on_face & x_first)
    free = (
        np.concatenate((first_x, second_x, zero), axis=-1),
        np.concatenate((first_y, second_y, zero), axis=-1),
        np.concatenate((rise, zero, is_in), axis=-1),
    )
    return near, free
