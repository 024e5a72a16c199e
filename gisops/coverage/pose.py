"""Where does each camera stand and which way does it look? Cameras and presets as poses in UTM metres.

Azimuths of the inventory count from true north; the plane's north differs from it by the meridian's convergence (0.8
degrees at Karachi), which is taken off here once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sin
from typing import TYPE_CHECKING

import numpy as np

from gisops.coverage.optics import TARGET_HEIGHT_M, Optics
from gisops.geo.project import to_utm42
from gisops.model.inventory import Camera, Preset

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Pose", "poses_of"]

_NORTHWARD_DEG = 1e-4


@dataclass(frozen=True, slots=True)
class Pose:
    """One camera, looking one way.

    Parameters
    ----------
    camera
        Number of the camera in the order they were given; presets of one camera share it.
    x, y
        Easting and northing, metres.
    heading
        Direction of view in the plane, radians counter-clockwise from east.
    height_m
        Of the camera above ground.
    optics
        What it sees there.
    role
        Of the camera.
    """

    camera: int
    x: float
    y: float
    heading: float
    height_m: float
    optics: Optics
    role: str

    def to_local(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Turn easting and northing into metres forward and to the left."""
        dx, dy, c, s = x - self.x, y - self.y, cos(self.heading), sin(self.heading)
        return dx * c + dy * s, dy * c - dx * s

    def to_plane(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn ``(n, 2)`` metres forward and to the left into easting and northing."""
        c, s = cos(self.heading), sin(self.heading)
        x, y = points[:, 0], points[:, 1]
        return np.column_stack([x * c - y * s + self.x, x * s + y * c + self.y])


def poses_of(
    cameras: Sequence[Camera], presets: Iterable[Preset] = (), target_height_m: float = TARGET_HEIGHT_M
) -> list[Pose]:
    """Give the poses of cameras: the recorded one, and one more for each preset of a PTZ camera.

    Parameters
    ----------
    cameras
        Their order numbers them.
    presets
        Of any cameras; those of other cameras are passed over.
    target_height_m
        Height above ground at which things are looked at.

    Returns
    -------
    list of Pose
        In the order of the cameras.

    Raises
    ------
    GeometryError
        If a camera stands outside the zone.
    """
    if not cameras:
        return []
    lon, lat = np.array([c.lon for c in cameras]), np.array([c.lat for c in cameras])
    x, y = to_utm42(lon, lat)
    north_x, north_y = to_utm42(lon, lat + _NORTHWARD_DEG)
    north = np.arctan2(north_y - y, north_x - x)
    tours: dict[str, list[Preset]] = {}
    for preset in presets:
        tours.setdefault(preset.camera_id, []).append(preset)
    poses = []
    for number, camera in enumerate(cameras):
        looks = [(camera.azimuth_deg, camera.tilt_deg, camera.hfov_deg)]
        looks += [(p.azimuth_deg, p.tilt_deg, p.hfov_deg) for p in tours.get(camera.id, ())]
        for azimuth, tilt, hfov in dict.fromkeys(looks):
            optics = Optics(
                hfov, tilt, camera.height_m - target_height_m, camera.sensor_width_px, camera.sensor_height_px
            )
            heading = (float(north[number]) - radians(azimuth)) % (2.0 * pi)
            poses.append(
                Pose(number, float(x[number]), float(y[number]), heading, camera.height_m, optics, camera.role)
            )
    return poses
