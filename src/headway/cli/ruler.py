"""The choice of a ruler, shared by the commands that need a scale."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer

from headway.errors import UsageError
from headway.rulers import LogisticRuler, PublishedRuler, SingleRuler

Ruler = Annotated[
    Literal["eci", "published", "single"],
    typer.Option(
        help="eci fits the scores; published takes a board's ratings as they are; single is "
        "the score on one --benchmark."
    ),
]

NAMES = {"benchmarks": "--benchmark", "weights": "--weight", "anchors": "--anchor"}


def chosen(
    ruler: str, options: LogisticRuler, board: PublishedRuler
) -> LogisticRuler | PublishedRuler | SingleRuler:
    """Return the ruler that was asked for, refusing options that it would ignore."""
    if ruler == "published":
        _refuse(options, but=())
        return board
    if board != PublishedRuler():
        raise UsageError(f"--board has no meaning for --ruler {ruler}")
    if ruler == "eci":
        return options
    common = ("benchmarks", "duplicates", "level", "draws", "seed")
    _refuse(options, but=common)
    if options.benchmarks is None or len(options.benchmarks) != 1:
        raise UsageError(
            "--ruler single needs exactly one --benchmark",
            hint="for example --ruler single --benchmark gpqa-diamond",
        )
    shared: dict[str, Any] = {name: getattr(options, name) for name in common[1:]}
    return SingleRuler(benchmark=options.benchmarks[0], **shared)


def _refuse(options: LogisticRuler, *, but: tuple[str, ...]) -> None:
    # Seed and level are also options of other parts of a command.
    plain, allowed = asdict(LogisticRuler()), {*but, "seed", "level"}
    given = [
        NAMES.get(name, f"--{name.replace('_', '-')}")
        for name, value in asdict(options).items()
        if name not in allowed and value != plain[name]
    ]
    if given:
        raise UsageError(
            f"{' and '.join(given)} would have no effect on this ruler",
            hint="leave out what it does not use, or take --ruler eci",
        )
