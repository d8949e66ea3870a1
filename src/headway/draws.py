"""Paired draws: uncertainty that travels from the scale to the last number.

A :class:`Draws` is an array whose first dimension is the draw, with named dimensions,
coordinates, a unit and the identity of the draw set. Row ``i`` of two arrays of the same
set belongs to the same resample of the evidence, so differences taken row by row keep
their correlation; mixing two sets raises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from headway.errors import UsageError, did_you_mean
from headway.shortly import of_fields

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Draws:
    """An array of paired draws.

    Parameters
    ----------
    values : float64 array, shape (n_draws, ...)
        NaN where the quantity is not defined in a draw (never in a table: see
        :meth:`interval`, which counts them).
    dims
        Names of the dimensions; the first is ``"draw"``.
    coords
        Labels for every dimension but the first.
    unit
        Unit of the values, for example ``"points"`` or ``"months"``.
    draw_set
        Identity of the resampling: only draws of the same set may be combined.

    Raises
    ------
    UsageError
        When the dimensions, the coordinates and the shape do not agree.

    Examples
    --------
    >>> a = Draws(values=np.array([[1.0, 2.0], [3.0, 5.0]]), dims=("draw", "model"),
    ...           coords={"model": ("x", "y")}, unit="points", draw_set="demo")
    >>> a.sel(model="y").values.tolist()
    [2.0, 5.0]
    >>> (a.sel(model="y") - a.sel(model="x")).values.tolist()
    [1.0, 2.0]
    """

    values: FloatArray
    dims: tuple[str, ...]
    coords: Mapping[str, tuple[str, ...]]
    unit: str
    draw_set: str

    __repr__ = of_fields

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        values.setflags(write=False)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "dims", tuple(self.dims))
        coords = MappingProxyType({name: tuple(labels) for name, labels in self.coords.items()})
        object.__setattr__(self, "coords", coords)
        if not self.dims or self.dims[0] != "draw" or len(self.dims) != values.ndim:
            raise UsageError(
                f"dims {self.dims!r} do not fit an array of shape {values.shape}: "
                "the first dimension is 'draw' and every dimension has a name"
            )
        for axis, name in enumerate(self.dims[1:], start=1):
            if name not in coords or len(coords[name]) != values.shape[axis]:
                raise UsageError(
                    f"dimension {name!r} has {values.shape[axis]} entries but "
                    f"{len(coords.get(name, ()))} labels"
                )

    def __reduce__(self) -> tuple[Any, ...]:
        return (
            _rebuild,
            (np.array(self.values), self.dims, dict(self.coords), self.unit, self.draw_set),
        )

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return int(self.values.shape[0])

    def sel(self, **labels: str | Sequence[str]) -> "Draws":
        """Select by label: one label drops the dimension, a sequence keeps it."""
        out = self
        for name, wanted in labels.items():
            if name not in out.dims[1:]:
                raise UsageError(
                    f"no dimension {name!r} in {out.dims[1:]!r}{did_you_mean(name, out.dims[1:])}"
                )
            axis = out.dims.index(name)
            positions = {label: i for i, label in enumerate(out.coords[name])}
            chosen = [wanted] if isinstance(wanted, str) else list(wanted)
            for label in chosen:
                if label not in positions:
                    raise UsageError(
                        f"no {name} {label!r} among the draws"
                        f"{did_you_mean(label, tuple(positions))}"
                    )
            values = np.take(out.values, [positions[label] for label in chosen], axis=axis)
            dims, coords = out.dims, dict(out.coords)
            if isinstance(wanted, str):
                values = np.squeeze(values, axis=axis)
                dims = tuple(d for d in dims if d != name)
                del coords[name]
            else:
                coords[name] = tuple(chosen)
            out = Draws(
                values=values, dims=dims, coords=coords, unit=out.unit, draw_set=out.draw_set
            )
        return out

    def __sub__(self, other: "Draws") -> "Draws":
        """Difference, draw by draw; both must be of one draw set, unit and shape."""
        if self.draw_set != other.draw_set:
            raise UsageError(
                f"draws of two sets cannot be combined ({self.draw_set!r} and {other.draw_set!r})",
                hint="fit both with one call, so that the draws are paired",
            )
        if self.unit != other.unit or self.dims != other.dims or self.coords != other.coords:
            raise UsageError(
                f"cannot subtract {other.unit} over {other.dims} from {self.unit} over {self.dims}"
            )
        return Draws(
            values=self.values - other.values,
            dims=self.dims,
            coords=self.coords,
            unit=self.unit,
            draw_set=self.draw_set,
        )

    def to_xarray(self, *, name: str = "draws", **attributes: Any) -> Any:
        """Return the draws as an ``xarray.DataArray``, with the unit and the draw set.

        Raises
        ------
        UsageError
            When xarray is not installed.
        """
        from headway.tabular import as_xarray

        coords = {label: list(values) for label, values in self.coords.items()}
        known = {"unit": self.unit, "draw_set": self.draw_set}
        return as_xarray(self.values, self.dims, coords, name=name, attributes=known | attributes)

    def interval(self, level: float = 0.9) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
        """Central interval over draws, ignoring undefined ones, and how many were defined.

        ``low = quantile((1 - level) / 2)``, ``high = quantile((1 + level) / 2)``, linear
        interpolation. Both are NaN where no draw is defined.
        """
        low, high = central_interval(self.values, level)
        return low, high, np.isfinite(self.values).sum(axis=0).astype(np.int64)


def central_interval(values: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Quantiles ``(1 -/+ level) / 2`` over the first axis, ignoring NaN.

    >>> low, high = central_interval(np.arange(101.0), 0.9)
    >>> round(float(low), 9), round(float(high), 9)
    (5.0, 95.0)
    """
    if not 0 < level < 1:
        raise UsageError(f"level must lie between 0 and 1, got {level!r}")
    tail = (1 - level) / 2
    flat = values.reshape(values.shape[0], int(np.prod(values.shape[1:])))
    low = np.full(flat.shape[1], np.nan)
    high = np.full(flat.shape[1], np.nan)
    finite = np.isfinite(flat)
    whole = finite.all(axis=0) & (len(flat) > 0)
    partly = finite.any(axis=0) & ~whole
    for columns, quantile in ((whole, np.quantile), (partly, np.nanquantile)):
        if columns.any():
            low[columns], high[columns] = quantile(flat[:, columns], [tail, 1 - tail], axis=0)
    return low.reshape(values.shape[1:]), high.reshape(values.shape[1:])


def _rebuild(
    values: FloatArray,
    dims: tuple[str, ...],
    coords: dict[str, tuple[str, ...]],
    unit: str,
    draw_set: str,
) -> Draws:
    return Draws(values=values, dims=dims, coords=coords, unit=unit, draw_set=draw_set)
