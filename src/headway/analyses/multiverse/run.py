"""Ask in every way: share the fits, keep what is done, and put the answers together."""

import datetime as dt
import io
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from headway.analyses.evidence import evidence_until
from headway.analyses.multiverse.asking import Answers, Fit, Way, answer
from headway.analyses.multiverse.choices import (
    RULERS,
    MultiverseSpec,
    subsets_of,
)
from headway.analyses.multiverse.cross import Cross, cross
from headway.analyses.multiverse.result import MultiverseResult, gather
from headway.dataset.groups import members
from headway.engines import Engine, Load
from headway.engines.journal import Journal
from headway.engines.local import Local
from headway.engines.processes import Processes
from headway.errors import HeadwayError, UsageError
from headway.foreign.guarding import guarded
from headway.progress import Progress, Silent
from headway.rulers import PublishedRuler, load
from headway.rulers.scale import Ruler

if TYPE_CHECKING:
    from headway.dataset import Dataset

HALF_YEAR = 182
MOST_WAYS = 2_000_000


def multiverse(
    data: "Dataset",
    spec: MultiverseSpec | None = None,
    *,
    rulers: Mapping[str, Ruler] | Sequence[str] | None = None,
    workers: int = 1,
    engine: Callable[[Sequence[Load]], Engine] | None = None,
    resume: Path | str | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> MultiverseResult:
    """Ask how far behind in every way that the choices allow.

    Parameters
    ----------
    data
        The evidence.
    spec
        Which values every choice takes.
    rulers
        Instead of ``spec.rulers``: names, or rulers by name, which are anything with
        ``fit(data, draws=, seed=, workers=) -> Scale``.
    workers
        Processes. The result does not depend on it. More than one needs
        ``if __name__ == "__main__":`` in a script.
    engine
        Makes another engine from the loads of the parts, for example a cluster's; there are
        ``workers`` parts.
    resume
        File to which every finished fit is added; with the same data and options a run that was
        stopped goes on from there.
    progress
        Told about the stages.
    options
        Fields of :class:`MultiverseSpec`.

    Returns
    -------
    MultiverseResult

    Raises
    ------
    UsageError
        For an unknown value of a choice, a group without models, or a resume file of another run.

    Examples
    --------
    >>> import headway
    >>> result = multiverse(headway.load(), rulers={"eci": headway.rulers.eci()}, draws=0,
    ...                     subsets=("all",), weights=("equal",), answers=("daily-12m",))
    >>> result.ways.height
    12
    """
    if rulers is not None and not isinstance(rulers, Mapping):
        options["rulers"] = tuple(rulers)
        rulers = None
    spec = (spec or MultiverseSpec()).with_options(**options)
    progress = progress or Silent()
    if not isinstance(workers, int) or workers < 1:
        raise UsageError(f"workers is {workers!r}; expected a whole number from 1")
    chosen = dict(rulers) if rulers is not None else {name: _ruler(name) for name in spec.rulers}
    if not chosen:
        raise UsageError("rulers is empty; expected one or more")
    for pair in spec.asked.values():
        for group in pair:
            members(data, group)
    last = evidence_until(data)
    days = spec.as_of or (last, last - dt.timedelta(days=HALF_YEAR))
    limit = max(last, data.known_until or last)
    late = [day for day in days if day > limit]
    if late:
        raise UsageError(
            f"as_of is {late[0]}, but the evidence was recorded by {limit}",
            hint="what came later is not known; choose a day up to then",
        )
    subsets = subsets_of(data, spec.subsets)
    bare = [name for name, ruler in chosen.items() if _without_draws(ruler, data, spec)]
    sizes = (spec.asked, chosen, subsets, spec.weights, days, spec.dates, spec.candidates,
             spec.ties, spec.answers)  # fmt: skip
    combinations = prod(len(values) for values in sizes)
    if combinations > MOST_WAYS:
        raise UsageError(
            f"the choices make {combinations:,} combinations; at most {MOST_WAYS:,} are taken",
            hint="leave out some values of a choice",
        )
    crossed = cross(spec, chosen, subsets, [day.isoformat() for day in days], bare)
    fits, places = _fits(crossed, spec, chosen, last)
    identity = {
        "dataset": data.digest,
        "spec": spec.to_dict(),
        "rulers": {name: repr(ruler) for name, ruler in chosen.items()},
        "days": [str(day) for day in days],
        "version": version("headway"),
    }
    answers = _answers(data, fits, workers, engine, resume, identity, progress)
    return gather(data, spec, crossed, answers, places)


def _ruler(name: str) -> Ruler:
    return RULERS[name]() if name in RULERS else load(name)


def _without_draws(ruler: Ruler, data: "Dataset", spec: MultiverseSpec) -> bool:
    """Whether ratings are published in a form that gives no draws; other rulers make their own."""
    if spec.draws == 0 or not isinstance(ruler, PublishedRuler):
        return spec.draws == 0
    try:
        return ruler.fit(data, draws=1).capability.n_draws == 0
    except HeadwayError:
        return True


def _fits(
    crossed: Cross,
    spec: MultiverseSpec,
    rulers: Mapping[str, Ruler],
    last: dt.date,
) -> tuple[list[Fit], list[np.ndarray[Any, np.dtype[np.int64]]]]:
    """Group the ways by the scale that they share; also their positions in the cross."""
    levels = crossed.levels
    asked = crossed.asked
    codes = crossed.codes[asked]
    keys = codes[:, 1:5]
    fits, places = [], []
    for key in np.unique(keys, axis=0):
        mine = np.flatnonzero((keys == key).all(axis=1))
        day = dt.date.fromisoformat(levels["as_of"][key[3]])
        fits.append(
            Fit(
                ruler=rulers[levels["ruler"][key[0]]],
                subset=levels["subset"][key[1]],
                weights=levels["weights"][key[2]],
                as_of=None if day == last else day,
                ways=tuple(_way(spec, levels, codes[k]) for k in mine),
                draws=spec.draws,
                seed=spec.seed,
            )
        )
        places.append(asked[mine])
    return fits, places


def _way(
    spec: MultiverseSpec, levels: Mapping[str, tuple[str, ...]], code: np.ndarray[Any, Any]
) -> Way:
    leader, follower = spec.asked[levels["question"][code[0]]]
    return Way(
        leader=leader,
        follower=follower,
        dates=levels["dates"][code[5]],
        candidates=levels["candidates"][code[6]],
        tie=float(spec.ties[code[7]]),
        answer=levels["answer"][code[8]],
    )


def _answers(
    data: "Dataset",
    fits: Sequence[Fit],
    workers: int,
    engine: Callable[[Sequence[Load]], Engine] | None,
    resume: Path | str | None,
    identity: Mapping[str, Any],
    progress: Progress,
) -> list[Answers]:
    """Answer every fit that the journal does not hold yet, a round of the engine at a time."""
    total = sum(len(fit.ways) for fit in fits)
    progress.stage(f"Asking in {total:,} ways")
    done: dict[int, Answers] = {}
    with nullcontext() if resume is None else Journal(resume, identity) as journal:
        if journal is not None:
            done = dict(_read(record) for record in journal.found)
        left = [k for k in range(len(fits)) if k not in done]
        asked = sum(len(fits[k].ways) for k in done)
        progress.advance(asked, total)
        if not left:
            return [done[k] for k in range(len(fits))]
        parts = min(workers, len(left))
        loads = [partial(_same, data)] * parts
        made = _engine(engine, loads, parts)
        try:
            for at in range(0, len(left), made.n_parts):
                batch = left[at : at + made.n_parts]
                each = [fits[k] for k in batch]
                idle: list[Fit | None] = [None] * (made.n_parts - len(batch))
                found = made.run(_answer, each=[*each, *idle])
                for k, answers in zip(batch, found, strict=False):
                    assert answers is not None
                    done[k] = answers
                    asked += len(fits[k].ways)
                    if journal is not None:
                        journal.add(_written(k, answers))
                progress.advance(asked, total)
        finally:
            made.close()
    return [done[k] for k in range(len(fits))]


def _engine(
    engine: Callable[[Sequence[Load]], Engine] | None, loads: Sequence[Load], workers: int
) -> Engine:
    if engine is not None:
        return engine(loads)
    return Local(loads, 1) if workers == 1 else Processes(loads, workers)


def _same(data: "Dataset") -> "Dataset":
    return data


def _answer(data: "Dataset", fit: Fit | None) -> Answers | None:
    return None if fit is None else answer(data, fit)


def _written(k: int, answers: Answers) -> bytes:
    out = io.BytesIO()
    status = np.frombuffer(json.dumps(answers.status).encode(), dtype=np.uint8)
    np.savez(
        out, fit=np.int64(k), rows=answers.rows, has_draws=answers.has_draws, status=status,
        n=answers.n, censored=answers.censored,
    )  # fmt: skip
    return out.getvalue()


def _read(record: bytes) -> tuple[int, Answers]:
    with (
        guarded("the resume file"),
        np.load(io.BytesIO(record), allow_pickle=False) as stored,
    ):
        return int(stored["fit"]), Answers(
            rows=stored["rows"],
            has_draws=stored["has_draws"],
            status=tuple(json.loads(stored["status"].tobytes())),
            n=stored["n"],
            censored=stored["censored"],
        )
