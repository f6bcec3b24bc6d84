"""Drawing without a screen: one EGL context in which colour and depth are drawn, whatever MUJOCO_GL says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from jaxtyping import Float, UInt8

from schemas.errors import UsageError

MAX_SHAPES: Final = 2000
SAMPLES: Final = 4
"""Samples a pixel of the colour image."""
_FIX: Final = "Install it (Debian: apt-get install libegl1 libgl1), or simulate without --rgbd."


class Drawer:
    """Draws one model from one of its cameras; made by `drawer`."""

    def __init__(self, model: Any, camera: str) -> None:
        """Take hold of the model; the context must be current."""
        import mujoco

        self._mujoco, self._model = mujoco, model
        self._smooth, self._exact = self._open(SAMPLES), self._open(0)
        self._scene = mujoco.MjvScene(model, MAX_SHAPES)
        for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION):
            self._scene.flags[flag] = 0
        self._option, self._camera = mujoco.MjvOption(), mujoco.MjvCamera()
        self._camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._camera.fixedcamid = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_CAMERA, camera)

    def _open(self, samples: int) -> Any:
        """Open a buffer; depth of several samples a pixel would be that of one of them, off the pixel's middle."""
        m = self._mujoco
        self._model.vis.quality.offsamples = samples
        context = m.MjrContext(self._model, m.mjtFontScale.mjFONTSCALE_100.value)
        context.readDepthMap = m.mjtDepthMap.mjDEPTH_ZEROFAR
        return context

    def update(self, data: Any) -> None:
        """Take the places of everything."""
        m = self._mujoco
        m.mjv_updateScene(self._model, data, self._option, None, self._camera, m.mjtCatBit.mjCAT_ALL.value, self._scene)

    def _render(self, rectangle: Any, context: Any) -> None:
        self._mujoco.mjr_setBuffer(self._mujoco.mjtFramebuffer.mjFB_OFFSCREEN.value, context)
        self._mujoco.mjr_render(rectangle, self._scene, context)

    def colour(self, width: int, height: int) -> UInt8[np.ndarray, "height width 3"]:
        """Draw what the camera sees."""
        rectangle, out = self._mujoco.MjrRect(0, 0, width, height), np.empty((height, width, 3), dtype=np.uint8)
        self._render(rectangle, self._smooth)
        self._mujoco.mjr_readPixels(out, None, rectangle, self._smooth)
        return np.ascontiguousarray(out[::-1])

    def depth(self, width: int, height: int) -> Float[np.ndarray, "height width"]:
        """Give the depth along the optical axis [m]; what MuJoCo reads is 1 at its near and 0 at its far plane."""
        rectangle, out = self._mujoco.MjrRect(0, 0, width, height), np.empty((height, width), dtype=np.float32)
        self._render(rectangle, self._exact)
        self._mujoco.mjr_readPixels(None, out, rectangle, self._exact)
        extent, planes = self._model.stat.extent, self._model.vis.map
        near, far = planes.znear * extent, planes.zfar * extent
        return np.asarray(near * far / (near + out[::-1].astype(np.float64) * (far - near)))

    def free(self) -> None:
        """Give the graphics memory back."""
        self._smooth.free()
        self._exact.free()


@contextmanager
def drawer(model: Any, camera: str) -> Iterator[Drawer]:
    """Open a context and close it again.

    Raises:
        UsageError: This machine has no OpenGL that draws without a screen.
    """
    try:
        from mujoco.egl import GLContext

        context = GLContext(0, 0)
    except Exception as error:  # the libraries below raise whatever they like
        found = str(error).strip()[:120] or type(error).__name__
        raise UsageError(
            where="simulate", field="rgbd", expected="OpenGL without a screen (EGL)", found=found, fix=_FIX
        ) from None
    context.make_current()
    drawing = Drawer(model, camera)
    try:
        yield drawing
    finally:
        drawing.free()
        context.free()
