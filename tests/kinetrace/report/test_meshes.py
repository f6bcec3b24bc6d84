import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from kinetrace.report.meshes import Mesh, arrow, ball, disc, rod, rotation_from_y

coordinate = st.floats(-10.0, 10.0)


def volume(mesh: Mesh) -> float:
    corners = mesh.vertices[mesh.faces].astype(float)
    return float(np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6.0)


@given(st.tuples(coordinate, coordinate, coordinate).filter(lambda v: np.linalg.norm(v) > 1e-3))
def test_the_rotation_turns_y_along_the_direction(direction: tuple[float, float, float]) -> None:
    vector = np.array([direction])
    quaternion = rotation_from_y(vector)
    turned = Rotation.from_quat(quaternion, scalar_first=True).apply([0.0, 1.0, 0.0])
    assert np.allclose(turned, vector / np.linalg.norm(vector), atol=1e-3)


def test_y_itself_needs_no_turn_and_its_opposite_half_a_turn() -> None:
    quaternions = rotation_from_y(np.array([[0.0, 2.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 0.0]]))
    assert np.allclose(quaternions[0], (1, 0, 0, 0))
    assert np.allclose(Rotation.from_quat(quaternions[1], scalar_first=True).apply([0.0, 1.0, 0.0]), (0, -1, 0))
    assert np.allclose(quaternions[2], (1, 0, 0, 0))


@pytest.mark.parametrize(("mesh", "expected"), [(ball(), 4.19), (rod(), 3.14), (disc(), 0.0314)])
def test_shapes_are_closed_with_faces_outward_and_nearly_the_true_volume(mesh: Mesh, expected: float) -> None:
    assert 0.75 * expected < volume(mesh) < expected


def test_every_edge_of_an_arrow_is_shared_by_two_faces_in_opposite_directions() -> None:
    edges: dict[tuple[int, int], int] = {}
    for a, b, c in arrow().faces.tolist():
        for edge in ((a, b), (b, c), (c, a)):
            edges[edge] = edges.get(edge, 0) + 1
    assert set(edges.values()) == {1}
    assert all((b, a) in edges for a, b in edges)
