"""A trained world model for those who plan with it: numpy in, numpy out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.checkpoint import from_file
from kinetrace.models.features import ROOT, View, feature_map
from kinetrace.models.networks import ActionReader
from kinetrace.models.pose_angles import pose_angles
from kinetrace.models.standardiser import Standardiser
from kinetrace.models.world_model import WorldModel
from schemas.errors import ComputeError
from schemas.world_model import WorldModelConfig

Array = np.ndarray


@dataclass(frozen=True)
class LoadedModel:
    """The networks with everything around them: joints, rate, feature view and standardisation.

    A latent decodes relative to an anchor whose state is known: x = x_anchor + D(z) - D(z_anchor), so that what the
    decoder cannot express of a pose is kept, and the anchor's own latent gives the anchor back exactly.
    """

    network: WorldModel
    config: WorldModelConfig
    view: View
    standardiser: Standardiser

    @property
    def joints(self) -> tuple[str, ...]:
        """The joints of every state, in order."""
        return self.config.joints

    @property
    def fps(self) -> float:
        """Anchors a second of the data it was trained on."""
        return self.config.fps

    @property
    def latent_std(self) -> Float[Array, "latent"]:
        """Spread of the training part's latents, a value a dimension."""
        return np.array(self.config.latent_std, dtype=np.float32)

    def features(self, states: Float[Array, "anchors joints 9"]) -> Float[Array, "anchors features"]:
        """Give the standardised features of causal states: what the encoder sees."""
        return self._features(states).numpy()

    @torch.no_grad()
    def encode(self, states: Float[Array, "anchors joints 9"]) -> Float[Array, "anchors latent"]:
        """Give the latents of causal states [p v a], aligned world frame, joints as in `joints`."""
        return self._encode(self._features(states)).numpy()

    @property
    def actions(self) -> int:
        """Coefficients of an action; 0: the model knows none."""
        return self.network.inverse.basis.shape[1] if isinstance(self.network.inverse, ActionReader) else 0

    @torch.no_grad()
    def predict(
        self, z: Float[Array, "n latent"], dt_s: Float[Array, "n"], action: Float[Array, "n actions"] | None = None
    ) -> Float[Array, "n latent"]:
        """Predict latents `dt_s` seconds ahead (0 or more), of a person who does what `action` says.

        Args:
            z: Latents now.
            dt_s: Steps [s].
            action: Coefficients of the change of pose over the step, as `action_between` gives them; None: whatever is
                most likely.
        """
        told = None if action is None else torch.cat((_tensor(action), torch.ones(len(z), 1)), dim=1)
        ahead: Tensor = self.network.predictor(_tensor(z), _tensor(dt_s), told)
        return ahead.numpy()

    @torch.no_grad()
    def action_between(
        self, states: Float[Array, "n joints 9"], ahead: Float[Array, "n joints 9"]
    ) -> Float[Array, "n actions"]:
        """Give the action whose pose change is that from one state to another: a goal, or "knee + 5 deg", as an action."""
        now, then = (pose_angles(_tensor(one)[..., :3], self.joints) for one in (states, ahead))
        coefficients: Tensor = self._reader.coefficients(then - now)
        return coefficients.numpy()

    @torch.no_grad()
    def read_action(self, z: Float[Array, "n latent"], ahead: Float[Array, "n latent"]) -> Float[Array, "n actions"]:
        """Guess the action that leads from one latent to another (inverse dynamics)."""
        coefficients: Tensor = self._reader(_tensor(z), _tensor(ahead))
        return coefficients.numpy()

    @torch.no_grad()
    def encode_target(self, states: Float[Array, "anchors joints 9"]) -> Float[Array, "anchors latent"]:
        """Give the target encoder's latents: what the predictor was taught to reach."""
        z: Tensor = self.network.target_encoder(self._features(states))
        return z.numpy()

    def forecast(self, states: Float[Array, "anchors joints 9"], steps: int) -> Float[Array, "anchors steps joints 3"]:
        """Forecast the joints at each of the next frames, every frame straight from the anchor's latent.

        Args:
            states: Causal states of the anchors.
            steps: Frames ahead.

        Returns:
            Positions 1..steps frames ahead, aligned world frame [m].
        """
        z = self.encode(states)
        path = [self.predict(z, np.full(len(z), k / self.fps, dtype=np.float32)) for k in range(1, steps + 1)]
        return self.decode_path(np.stack(path, axis=1), z, states, 1 / self.fps)

    @torch.no_grad()
    def decode_path(
        self,
        path: Float[Array, "n steps latent"],
        z_anchor: Float[Array, "n latent"],
        anchor_states: Float[Array, "n joints 9"],
        step_s: float,
    ) -> Float[Array, "n steps joints 3"]:
        """Place a path of latents in the world.

        Args:
            path: Latents at 1..steps equal steps after the anchor.
            z_anchor: Latent of the anchor.
            anchor_states: Causal states of the anchor.
            step_s: Length of one step [s].

        Returns:
            Joint positions, aligned world frame [m].
        """
        times = step_s * torch.arange(1, path.shape[1] + 1).expand(len(path), -1)
        return self._decode(_tensor(path), z_anchor, anchor_states, times).numpy()

    @torch.no_grad()
    def decode_world(
        self,
        z_pred: Float[Array, "n latent"],
        z_anchor: Float[Array, "n latent"],
        anchor_states: Float[Array, "n joints 9"],
        dt_s: Float[Array, "n"],
    ) -> Float[Array, "n joints 3"]:
        """Place single latents in the world, `dt_s` seconds after their anchors.

        Args:
            z_pred: Latents ahead.
            z_anchor: Latents of the anchors.
            anchor_states: Causal states of the anchors.
            dt_s: Time from anchor to latent [s].

        Returns:
            Joint positions, aligned world frame [m].
        """
        return self._decode(_tensor(z_pred)[:, None], z_anchor, anchor_states, _tensor(dt_s)[:, None])[:, 0].numpy()

    @torch.no_grad()
    def reencoding_gap(
        self,
        z: Float[Array, "n latent"],
        z_anchor: Float[Array, "n latent"],
        anchor_states: Float[Array, "n joints 9"],
    ) -> Float[Array, "n"]:
        """Say how far a latent is from being one that a pose could have: |enc(x) - z| over the latent's spread.

        x is the decoded state relative to the anchor, as in `decode_path`. The anchor's own latent has no gap.

        Args:
            z: Latents to judge.
            z_anchor: Latents of their anchors.
            anchor_states: Causal states of the anchors.

        Returns:
            Distance over the root mean square distance of training latents from their mean; 1 is far.
        """
        now = torch.zeros(len(z), 1)
        decoded = self._decoded_features(_tensor(z)[:, None], z_anchor, anchor_states, now)[:, 0]
        gap = torch.linalg.vector_norm(self._encode(decoded) - _tensor(z), dim=1)
        spread = torch.linalg.vector_norm(_tensor(self.latent_std))
        relative: Array = (gap / spread.clamp_min(1e-12)).numpy()
        return relative

    def _features(self, states: Float[Array, "n joints 9"]) -> Float[Tensor, "n features"]:
        return self.standardiser.apply(self.view.extract(_tensor(states)))

    def _encode(self, x: Float[Tensor, "n features"]) -> Float[Tensor, "n latent"]:
        z: Tensor = self.network.encoder(x)
        return z

    def _decoded_features(
        self,
        path: Float[Tensor, "n steps latent"],
        z_anchor: Array,
        anchor_states: Array,
        dt_s: Float[Tensor, "n steps"],
    ) -> Float[Tensor, "n steps features"]:
        steps = path.shape[1]
        known, start = (v[:, None].expand(-1, steps, -1) for v in (self._features(anchor_states), _tensor(z_anchor)))
        return self.network.features_ahead(known, start, path, dt_s)

    def _decode(
        self,
        path: Float[Tensor, "n steps latent"],
        z_anchor: Array,
        anchor_states: Array,
        dt_s: Float[Tensor, "n steps"],
    ) -> Float[Tensor, "n steps joints 3"]:
        features = self.standardiser.undo(self._decoded_features(path, z_anchor, anchor_states, dt_s))
        states, start = _tensor(anchor_states), _tensor(z_anchor)[:, None].expand(*path.shape)
        placed = self.view.place(features, self.network.travel(start, path, dt_s))
        root, yaw = states[:, self._root, :3], self.view.yaw(states)
        steps = path.shape[1]
        return self.view.to_world(placed, root[:, None].expand(-1, steps, -1), yaw[:, None].expand(-1, steps))

    @property
    def _reader(self) -> ActionReader:
        if not isinstance(self.network.inverse, ActionReader):
            raise ComputeError(
                where="world model", field="actions", expected="a model with actions",
                found=f"recipe {self.config.recipe}, frame {self.config.params.arm.frame}",
                fix="Train with `world_model.recipe: kinetrace` and `frame: heading`.",
            )  # fmt: skip
        return self.network.inverse

    @property
    def _root(self) -> int:
        return self.joints.index(ROOT) if ROOT in self.joints else 0


def load(path: Path, sha256: str | None = None) -> LoadedModel:
    """Load a checkpoint for planning.

    Args:
        path: A `checkpoint.pt` of stage 6.
        sha256: Its digest in stage 6's manifest, checked before it is loaded; None where no manifest speaks of it.

    Returns:
        The model on the CPU; dropout is off, so equal inputs give equal outputs.

    Raises:
        ArtifactError: The file is missing or is not such a checkpoint.
    """
    network, config = from_file(path, sha256)
    return loaded_model(network, config)


def loaded_model(network: WorldModel, config: WorldModelConfig) -> LoadedModel:
    """Wrap networks that are in memory."""
    standardiser = Standardiser(torch.tensor(config.feature_mean), torch.tensor(config.feature_scale))
    return LoadedModel(network.eval(), config, feature_map(config.params.arm.frame, config.joints), standardiser)


def _tensor(array: Array) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))
