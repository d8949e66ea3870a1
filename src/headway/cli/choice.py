"""The choice of a ruler, shared by every command that needs a scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headway import __version__
from headway.analyses.conventions import require_effect
from headway.analyses.lag import LagSpec
from headway.errors import DataError, UsageError, did_you_mean
from headway.foreign.tomltext import toml_value
from headway.progress import Progress
from headway.rulers import LogisticRuler, PublishedRuler, Scale
from headway.rulers.files.chosen import ChosenRuler
from headway.rulers.files.contents import RulerFile
from headway.rulers.files.kinds import KINDS, Kind
from headway.rulers.files.reading import find, from_dict, shelved

if TYPE_CHECKING:
    from headway.dataset import Dataset

RulerName = Annotated[
    str,
    typer.Option(
        "--ruler",
        metavar="KIND|NAME|FILE",
        help="What measures: a kind of ruler with options from here (eci fits the scores, "
        "published takes a board's ratings as they are, single is the score on one "
        "--benchmark), a ruler of the shelf, or a ruler file; `headway ruler list` has them.",
    ),
]
Further = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="NAME=VALUE",
        help="A further option of the kind; `headway ruler new --kind KIND` explains them.",
    ),
]

NAMES = {"benchmarks": "--benchmark", "weights": "--weight", "anchors": "--anchor"}
LEAVE_OUT = (
    "options.name",
    *(f"board.{field.name}" for field in fields(PublishedRuler) if field.name != "board"),
)
_PLACES: Mapping[str, tuple[str, ...]] = {
    "benchmarks": ("benchmarks", "include"),
    "weights": ("weights",),
    "anchors": ("anchors",),
    "min_scores": ("models", "min_scores"),
    "duplicates": ("scores", "effort"),
    "draws": ("draws", "number"),
    "seed": ("draws", "seed"),
    "level": ("draws", "level"),
}
_ANYWHERE = ("draws", "seed", "level")
# Also options of other parts of a command, so that they have an effect on any ruler.
_SHARED = ("seed", "level")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A ruler with what the command line says about its draws.

    Parameters
    ----------
    ruler
        The ruler.
    draws, seed
        In place of the ruler's own; None for those.
    """

    ruler: ChosenRuler
    draws: int | None = None
    seed: int | None = None

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Scale:
        """Fit the ruler."""
        return self.ruler.fit(
            data,
            draws=self.draws if draws is None else draws,
            seed=self.seed if seed is None else seed,
            workers=workers,
            progress=progress,
        )

    def made(
        self, command: str, data: "Dataset", scale: Scale | None, options: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Record of how a result was made, enough to make it again: see ``--refit``."""
        return {
            "headway": __version__,
            "command": command,
            "ruler": self.ruler.file.to_dict(),
            "ruler_digest": self.ruler.file.digest,
            "level": self.ruler.level,
            "draws": self.draws if scale is None else scale.capability.n_draws,
            "seed": self.seed if scale is None else scale.seed,
            "options": dict(options),
            "dataset": {"digest": data.digest, "origin": data.origin},
        }


def chosen(
    context: typer.Context,
    ruler: str,
    options: LogisticRuler,
    board: PublishedRuler,
    further: Sequence[str] | None,
) -> Choice:
    """Return the ruler that was asked for, refusing options that it would ignore."""
    given = given_options(context)
    values: dict[str, Any] = {
        field.name: getattr(options, field.name)
        for field in fields(LogisticRuler)
        if field.name in given
    }
    if "board" in given:
        values["board"] = board.board
    try:
        file = find(ruler)
    except UsageError as error:
        raise UsageError(
            f"--ruler {ruler}: {error.message}", hint=error.hint, details=error.details
        ) from None
    if ruler in KINDS and ruler not in shelved():
        return Choice(ruler=ChosenRuler(file=_bare(KINDS[ruler], values, further or ())))
    return _fixed(file, values, further or ())


def given_options(context: typer.Context) -> set[str]:
    """Names of the parameters that stand on the command line."""
    return {
        name
        for name in context.params
        if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"
    }


def require_lag_options(
    context: typer.Context, questions: Sequence[str], *, called: str | None = None
) -> None:
    """Refuse options of a lag on the command line that no question asked depends on.

    ``questions`` are keys of :data:`headway.analyses.conventions.OPTIONS`. The seed is also that
    of the ruler's draws, so it is never refused here.
    """
    names = [field.name for field in fields(LagSpec) if field.name != "seed"]
    given = given_options(context)
    require_effect({name: _flag(name) for name in names if name in given}, questions, called=called)


def _fixed(file: RulerFile, values: Mapping[str, Any], further: Sequence[str]) -> Choice:
    """A ruler whose content is fixed by its file: only its draws may be set from outside."""
    wrong = [_flag(name) for name in values if name not in _ANYWHERE]
    wrong += ["--option"] if further else []
    if wrong:
        raise UsageError(
            f"{' and '.join(wrong)} would change the ruler {file.name!r}, which its file fixes",
            hint=f"`headway ruler new MY.toml --from {file.name}` begins one of your own",
        )
    sections = file.of_kind.sections
    _refuse(
        [
            name for name in _ANYWHERE
            if name in values and name not in _SHARED and ".".join(_PLACES[name]) not in sections
        ]
    )  # fmt: skip
    level = values.get("level") if "draws.level" in sections else None
    return Choice(
        ruler=replace(ChosenRuler(file=file), level=level),
        draws=values.get("draws"), seed=values.get("seed"),
    )  # fmt: skip


def _bare(kind: Kind, values: Mapping[str, Any], further: Sequence[str]) -> RulerFile:
    """A ruler of a kind with the options of the command line."""
    own = [option.name for option in kind.options]
    content: dict[str, Any] = {"name": kind.name, "kind": kind.name}
    unused = []
    for name, value in values.items():
        path = _PLACES.get(name, ("options", name))
        section = path[0] if path[0] == "benchmarks" else ".".join(path)
        if path[0] == "options" and name in own:
            content.setdefault("options", {})[name] = value
        elif path[0] != "options" and section in kind.sections:
            place = content
            for part in path[:-1]:
                place = place.setdefault(part, {})
            place[path[-1]] = list(value) if isinstance(value, tuple) else value
        elif name not in _SHARED:
            unused.append(name)
    _refuse(unused)
    for text in further:
        name, value = _pair(text)
        if name.partition(".")[0] not in own:
            raise UsageError(
                f"--option {name}: a ruler of kind {kind.name} has no such option"
                f"{did_you_mean(name, own)}",
                hint=f"it has {', '.join(own) or 'none'}",
            )
        place = content.setdefault("options", {})
        *parts, last = name.split(".")
        for part in parts:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise UsageError(f"--option {name}: {part} is a value, not a table of options")
        place[last] = value
    return from_dict(content, where=f"--ruler {kind.name}")


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    name, value = name.strip(), value.strip()
    if not (name and equals):
        raise UsageError(f"--option {text!r} is not NAME=VALUE")
    try:
        read = toml_value(f"value = {value}", "the option")
    except DataError:
        return name, value
    return name, read["value"] if set(read) == {"value"} else value


def _refuse(names: Sequence[str]) -> None:
    if names:
        raise UsageError(
            f"{' and '.join(_flag(name) for name in names)} would have no effect on this ruler",
            hint="leave out what it does not use, or choose another --ruler",
        )


def _flag(name: str) -> str:
    return NAMES.get(name, f"--{name.replace('_', '-')}")
