"""Acceleration of a fixed-point iteration."""

import numpy as np

from headway.draws import FloatArray


class Anderson:
    """Anderson's acceleration of a fixed-point iteration, which falls back to plain steps."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self.points: list[FloatArray] = []
        self.images: list[FloatArray] = []
        self.last = np.inf

    def step(self, x: FloatArray, image: FloatArray) -> FloatArray:
        """Return the next point, given one and what the iteration makes of it."""
        size = float(np.linalg.norm(image - x))
        if size > 2 * self.last:
            self.points, self.images = [], []
        self.last = size
        self.points.append(x)
        self.images.append(image)
        del self.points[: -self.memory], self.images[: -self.memory]
        if len(self.points) < 2:
            return image
        residuals = np.array(self.images) - np.array(self.points)
        change = np.diff(residuals, axis=0).T
        gamma = np.linalg.lstsq(change, residuals[-1], rcond=1e-10)[0]
        mixed: FloatArray = image - np.diff(np.array(self.images), axis=0).T @ gamma
        return mixed
