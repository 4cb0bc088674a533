"""Steps of a descent: moved in place, in parts, coordinates go where the plain step takes them."""

import numpy as np
import pytest

from solver.strides import Stride


@pytest.mark.parametrize("together", [100_000, 400])
def test_coordinates_moved_in_place_go_where_a_step_takes_them(monkeypatch, together):
    """After several steps they differ from the plain ones by what their groups moved besides, and by nothing else."""
    monkeypatch.setattr("solver.strides.TOGETHER", together)
    draw = np.random.default_rng(7)
    one, other, group = Stride.of(1_000), Stride.of(1_000), draw.integers(0, 30, 1_000).astype(np.int32)
    plain, moved = np.zeros(1_000), np.zeros(1_000)
    for step in range(1, 6):
        slope, more = draw.integers(-1, 2, 1_000).astype(np.float64), draw.normal(size=30)
        plain += one.step(slope, 0.1 / step) + more[group]
        other.move(moved, slope, 0.1 / step, more, group)
    assert np.ptp(plain) > 1.0
    assert np.allclose(plain, moved, rtol=1e-12, atol=1e-12)
