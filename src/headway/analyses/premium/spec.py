"""The options of the premium, declared once."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Literal, get_args

import numpy as np

from headway.errors import UsageError, did_you_mean
from headway.frontier import DateBasis

Contrast = Literal["access", "reporter"]
Confidence = Literal["any", "high"]
CLASSES: dict[str, tuple[str, ...]] = {
    "access": ("public", "semi_private", "held_out", "unknown"),
    "reporter": ("developer", "competitor", "independent", "benchmark", "unknown"),
}
SINCE = dt.date(2024, 5, 1)


def _option(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


_OF_THE_OTHER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"access": ("developer", "independent"), "reporter": ("public", "private", "confidence")}
)


@dataclass(frozen=True, kw_only=True)
class PremiumSpec:
    """Every choice that moves a premium."""

    leader: str = _option("country:US", "Group that is compared with, such as country:US.")
    follower: str = _option("country:CN", "Group whose premium is measured, such as country:CN.")
    contrast: Contrast = _option(
        "access",
        "access sets public benchmarks against private ones; reporter sets scores reported by "
        "developers against independent ones.",
    )
    public: str = _option("public", "Kinds of item access that count as public, by commas.")
    private: str = _option(
        "held_out,semi_private",
        "Kinds of item access that count as private, by commas; a kind in neither list is left "
        "out.",
    )
    confidence: Confidence = _option(
        "any", "Labels of item access to use: all of them, or only those of high confidence."
    )
    developer: str = _option(
        "developer", "Reporters that count as developers (--contrast reporter), by commas."
    )
    independent: str = _option(
        "independent,benchmark",
        "Reporters that count as independent (--contrast reporter), by commas.",
    )
    since: dt.date = _option(SINCE, "Only models from this day on are compared.")
    date: DateBasis = _option("available", "What dates a model.")
    saturated: float = _option(
        0.8,
        "Benchmarks on which the best model of either group before --since is expected to score "
        "this much are left out; 1 keeps all.",
    )
    fewest: int = _option(2, "A benchmark needs this many models of each group.")
    level: float = _option(0.9, "Level of the intervals.")
    resamples: int = _option(2000, "Resamples of the benchmarks behind the intervals.")
    permutations: int = _option(10_000, "Permutations of the labels behind the p-value.")
    splits: int = _option(100, "Random splits of the leader's organisations, as placebos.")
    seed: int = _option(0, "Seed of resamples, permutations and splits.")

    def __post_init__(self) -> None:
        if self.contrast not in get_args(Contrast):
            raise UsageError(
                f"contrast={self.contrast!r} is not one of {', '.join(get_args(Contrast))}"
                + did_you_mean(str(self.contrast), get_args(Contrast))
            )
        if self.confidence not in get_args(Confidence):
            raise UsageError(
                f"confidence={self.confidence!r} is not one of {', '.join(get_args(Confidence))}"
            )
        if self.date not in get_args(DateBasis):
            raise UsageError(f"date={self.date!r} is not one of {', '.join(get_args(DateBasis))}")
        if not isinstance(self.since, dt.date):
            raise UsageError(f"since is {self.since!r}; expected a date")
        for name, low in (("fewest", 2), ("resamples", 100), ("permutations", 99), ("splits", 0),
                          ("seed", 0)):  # fmt: skip
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= 10**6:
                raise UsageError(
                    f"{name} is {value!r}; expected a whole number from {low} to 1,000,000"
                )
        for name in ("saturated", "level"):
            value = getattr(self, name)
            if not (isinstance(value, int | float) and np.isfinite(value) and 0 < value <= 1):
                raise UsageError(f"{name} is {value!r}; expected a number above 0 and up to 1")
        if self.level == 1:
            raise UsageError("level is 1; expected a number below 1")
        for unused in _OF_THE_OTHER[self.contrast]:
            if getattr(self, unused) != type(self).__dataclass_fields__[unused].default:
                raise UsageError(
                    f"{unused}={getattr(self, unused)!r} would have no effect with the contrast "
                    f"{self.contrast}",
                    hint="choose the other contrast, or leave it out",
                )
        both = [name for name in self.high if name in self.low]
        if both:
            first, second = self.sides
            raise UsageError(f"{both[0]!r} stands in both --{first} and --{second}")

    @property
    def sides(self) -> tuple[str, str]:
        """Names of the two kinds that are set against each other."""
        return ("public", "private") if self.contrast == "access" else ("developer", "independent")

    @property
    def high(self) -> tuple[str, ...]:
        """Labels of the first side: public, or reported by the developer."""
        return self._labels(self.sides[0])

    @property
    def low(self) -> tuple[str, ...]:
        """Labels of the second side: private, or independent."""
        return self._labels(self.sides[1])

    def label(self, kind: str | None) -> float | None:
        """Return 1 for the first side, 0 for the second, None for what is left out."""
        kind = kind or "unknown"
        return 1.0 if kind in self.high else 0.0 if kind in self.low else None

    def with_options(self, **options: Any) -> "PremiumSpec":
        """Return a copy with other options, naming an unknown one."""
        known = [f.name for f in fields(self)]
        for name in options:
            if name not in known:
                raise UsageError(f"unknown option {name!r}{did_you_mean(name, known)}")
        return replace(self, **options)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in values.items()}

    def _labels(self, name: str) -> tuple[str, ...]:
        possible = CLASSES[self.contrast]
        wanted = tuple(
            dict.fromkeys(
                part.strip().replace("-", "_") for part in str(getattr(self, name)).split(",")
            )
        )
        for part in wanted:
            if part not in possible:
                raise UsageError(
                    f"{name}={getattr(self, name)!r}: {part!r} is not one of "
                    f"{', '.join(possible)}{did_you_mean(part, possible)}"
                )
        return wanted
