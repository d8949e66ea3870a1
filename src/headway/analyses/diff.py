"""What changed between two vintages of the evidence, and what that did to ranks and to the lag."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl

from headway.analyses.asked import of_data, of_question
from headway.analyses.contest import LagSpec, last_day
from headway.analyses.conventions import OPTIONS
from headway.analyses.diff_scores import counted, renamed_ids, score_changes
from headway.analyses.evidence import evidence_day
from headway.analyses.lag import HEADLINE, compare
from headway.analyses.result import Finding, Result, tidy
from headway.dataset import TABLES, Dataset
from headway.dataset.matching import Kind
from headway.dataset.tables import ALIASED, BOOKKEEPING
from headway.errors import NotIdentified, UsageError
from headway.progress import Progress, Silent
from headway.rulers.scores.logistic import LogisticRuler

if TYPE_CHECKING:
    from headway.draws import FloatArray
    from headway.rulers.scale import Ruler, Scale

Facts = Literal["own", "later"]
_ENTITIES = ("models", "benchmarks", "organisations")
_CHANGES = {
    "table": pl.String,
    "entity": pl.String,
    "column": pl.String,
    "before": pl.String,
    "after": pl.String,
}


def diff(
    before: Dataset,
    after: Dataset,
    *,
    spec: LagSpec | None = None,
    ruler: "Ruler | None" = None,
    facts: Facts = "own",
    progress: Progress | None = None,
) -> Result:
    r"""Compare two datasets: entities, scores, ranks, and the lag of one group behind another.

    The lag L depends on the evidence E and on the last day D. The change between vintages 0 and
    1 is taken apart as

    .. math:: L(E_1, D_1) - L(E_0, D_0) =
        \underbrace{L(E_1, D_0) - L(E_0, D_0)}_{\text{of the evidence}}
        + \underbrace{L(E_1, D_1) - L(E_1, D_0)}_{\text{of the time}}

    Parameters
    ----------
    before, after
        The earlier and the later dataset.
    spec
        The contest; ``until`` is set to the day of each evidence.
    ruler
        The ruler, fitted to both.
    facts
        Whether the models of the earlier one have their own countries and dates, or those of
        the later one, so that only scores differ.
    progress
        Told about the fits.

    Returns
    -------
    Result
        ``table``: the lag ``before``, ``same_day`` (later evidence on the earlier day), ``after``,
        ``of_evidence`` and ``of_time`` as entities. The change of time is paired, draw by draw;
        that of the evidence joins two fits, whose draws are not paired, so it has no interval
        (status ``not_paired``). ``details``: ``counts``, ``models``, ``benchmarks``,
        ``score_changes``, ``scores`` (see :mod:`headway.analyses.diff_scores`), ``attributes`` and
        ``ranks``. What has another id in the later dataset is compared under that one.

    Examples
    --------
    >>> import headway
    >>> data = headway.load()
    >>> same = diff(data, data, ruler=LogisticRuler(draws=0))
    >>> same.details["counts"]["revised"].sum()
    0
    """
    spec = spec or LagSpec()
    ruler = LogisticRuler() if ruler is None else ruler
    progress = progress or Silent()
    earlier = _with_later_facts(before, after) if facts == "later" else before
    renamed = {ALIASED[kind]: renamed_ids(before, after, kind) for kind in get_args(Kind)}
    scores = score_changes(
        before, after, models=renamed["models"], benchmarks=renamed["benchmarks"]
    )
    details = {
        "counts": _counts(before, after, scores, renamed),
        "models": _entities("models", before, after, renamed["models"]),
        "benchmarks": _entities("benchmarks", before, after, renamed["benchmarks"]),
        "score_changes": counted(scores),
        "scores": scores,
        "attributes": _attributes(before, after, renamed),
    }
    notes = [
        f"{len(ids)} {name} have another id in the later dataset and are compared by name."
        for name, ids in renamed.items()
        if ids
    ]
    asked = of_data(after, spec.date)
    try:
        scales = tuple(ruler.fit(data, progress=progress) for data in (earlier, after))
    except (NotIdentified, UsageError) as error:
        notes.append(f"ranks and lag could not be compared: {error.message}.")
        table = tidy(spec.convention, [], spec.level)
    else:
        details["ranks"] = _ranks(scales[0], scales[1], renamed["models"])
        table = lags(scales[0], scales[1], spec, notes)
        asked = of_question(scales[1], spec, tied="tie" in OPTIONS[spec.convention])
        asked |= {"conventions": [spec.convention], "before": of_question(scales[0], spec)}
    return Result(
        table=table,
        spec=spec.to_dict() | {"facts": facts, "before": before.digest},
        dataset=after.digest,
        details=details,
        notes=tuple(dict.fromkeys(notes)),
        asked=asked,
    )


def _with_later_facts(before: Dataset, after: Dataset) -> Dataset:
    models = before.tables["models"].select("model").unique()
    later = after.tables["models"].join(models, on="model", how="semi")
    gone = before.tables["models"].join(later, on="model", how="anti")
    tables = dict(before.tables)
    tables["models"] = pl.concat([later, gone]).sort(TABLES["models"].row_key)
    tables["organisations"] = after.tables["organisations"]
    note = "countries and dates of models are those of the later dataset"
    return replace(before, tables=tables, notes=(*before.notes, note))


def _entities(
    name: str, before: Dataset, after: Dataset, renamed: Mapping[str, str]
) -> pl.DataFrame:
    """Models or benchmarks that are in only one of the two."""
    key = TABLES[name].key[0]
    attributes = ["name", *(c for c in ("organisation", "country", "announced_on") if
                            c in TABLES[name].names)]  # fmt: skip
    parts = []
    old = _under_later_ids(before.table(name), key, renamed)
    new = after.table(name)
    for change, data, here, there in (("new", after, new, old), ("gone", before, old, new)):
        rows = here.join(there, on=key, how="anti")
        counts = data.scores.group_by(key).agg(pl.len().cast(pl.Int64).alias("scores"))
        parts.append(
            rows.select(pl.lit(change).alias("change"), key, *attributes)
            .join(counts, on=key, how="left")
            .with_columns(pl.col("scores").fill_null(0))
        )
    return pl.concat(parts).sort("change", key, descending=[True, False])


def _under_later_ids(frame: pl.DataFrame, key: str, renamed: Mapping[str, str]) -> pl.DataFrame:
    return frame.with_columns(pl.col(key).replace(dict(renamed))) if renamed else frame


def _with_later_ids(
    data: Dataset, name: str, renamed: Mapping[str, Mapping[str, str]]
) -> pl.DataFrame:
    frame = _under_later_ids(data.table(name), TABLES[name].key[0], renamed[name])
    if name != "models":
        return frame
    return _under_later_ids(frame, "organisation", renamed["organisations"])


def _attributes(
    before: Dataset, after: Dataset, renamed: Mapping[str, Mapping[str, str]]
) -> pl.DataFrame:
    """Attributes of models, benchmarks and organisations that are stated otherwise now."""
    rows: list[tuple[str, str, str, str | None, str | None]] = []
    for name in _ENTITIES:
        key = TABLES[name].key[0]
        columns = [c for c in TABLES[name].names if c not in (key, "source", *BOOKKEEPING)]
        old = _with_later_ids(before, name, renamed)
        both = after.table(name).join(old, on=key, suffix="_before")
        for column in columns:
            other = both.filter(pl.col(column).ne_missing(pl.col(f"{column}_before")))
            rows += [
                (name, entity, column, _text(old), _text(new))
                for entity, old, new in other.select(key, f"{column}_before", column).iter_rows()
            ]
    return pl.DataFrame(rows, schema=_CHANGES, orient="row").sort("table", "entity", "column")


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _counts(
    before: Dataset,
    after: Dataset,
    scores: pl.DataFrame,
    renamed: Mapping[str, Mapping[str, str]],
) -> pl.DataFrame:
    rows = []
    of_scores = dict(scores.group_by("change").len().iter_rows())
    for name in (*_ENTITIES, "scores"):
        key = list(TABLES[name].key)
        old, new = before.table(name), after.table(name)
        if name == "scores":
            came, went = of_scores.get("new", 0), of_scores.get("gone", 0)
            changed = of_scores.get("revised", 0) + of_scores.get("changed", 0)
        else:
            old = _with_later_ids(before, name, renamed)
            came = new.join(old, on=key, how="anti").height
            went = old.join(new, on=key, how="anti").height
            values = [c for c in TABLES[name].names if c not in (*key, "source", *BOOKKEEPING)]
            both = new.join(old, on=key, suffix="_before")
            differs = pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_before")) for c in values)
            changed = both.filter(differs).height
        rows.append(
            {
                "table": name,
                "before": old.height,
                "after": new.height,
                "new": came,
                "gone": went,
                "revised": changed,
            }
        )
    return pl.DataFrame(rows)


def _ranks(before: "Scale", after: "Scale", renamed: Mapping[str, str]) -> pl.DataFrame:
    """Ranks among the models on both scales, and how far each moved up."""
    new = (
        after.rank()
        .drop_nulls("rank")
        .select("entity", "name", "organisation", "country", after="estimate")
    )
    old = _under_later_ids(
        before.rank().drop_nulls("rank").select("entity", before="estimate"), "entity", renamed
    )
    both = new.join(old, on="entity", how="inner")
    placed = both.with_columns(
        pl.col(side).rank("ordinal", descending=True).cast(pl.Int64).alias(f"rank_{side}")
        for side in ("before", "after")
    )
    return placed.select(
        pl.col("entity").alias("model"),
        "name",
        "country",
        "rank_before",
        "rank_after",
        (pl.col("rank_before") - pl.col("rank_after")).alias("moved_up"),
        pl.col("before").alias("estimate_before"),
        pl.col("after").alias("estimate_after"),
        (pl.col("after") - pl.col("before")).alias("moved_points"),
    ).sort(pl.col("moved_up").abs(), "rank_after", descending=[True, False])


def lags(before: "Scale", after: "Scale", spec: LagSpec, notes: list[str]) -> pl.DataFrame:
    """Measure the lag before and after, and what of the change is of evidence and what of time.

    Parameters
    ----------
    notes
        Gets what a reader has to know.
    """
    first, last = evidence_day(before, spec.date), last_day(after, spec)
    measured: dict[str, Mapping[tuple[str, ...], FloatArray]] = {}
    rows: dict[str, dict[str, Any]] = {}
    for entity, scale, day in (
        ("before", before, first),
        ("same_day", after, first),
        ("after", after, last),
    ):
        asked = spec.with_options(until=day)
        try:
            result = compare(scale, asked, (spec.convention,))
        except UsageError as error:
            notes.append(f"{entity} ({day}): {error.message}.")
            continue
        rows[entity] = result.headline(spec.convention) | {"entity": entity}
        measured[entity] = result.draws
        notes.extend(result.notes)
    unit = next((row["unit"] for row in rows.values()), "months")
    period, entity, quantity = HEADLINE[spec.convention]
    made = list(rows.values())
    if {"before", "same_day"} <= set(rows):
        made.append(_unpaired(rows["before"], rows["same_day"]))
        notes.append(
            "The change of the evidence compares two fits, whose draws are not paired, so it has"
            " no interval; the change of time is paired within the later fit."
        )
    if {"same_day", "after"} <= set(rows):
        old, new = rows["same_day"], rows["after"]
        key = (spec.convention, period, entity, quantity)
        then, now = measured["same_day"].get(key), measured["after"].get(key)
        if then is not None and now is not None and None not in (old["estimate"], new["estimate"]):
            change = np.concatenate([[new["estimate"] - old["estimate"]], now - then])
            one = Finding(
                period=period, entity="of_time", quantity=quantity, rows=change, unit=unit, n=1
            )
            made += tidy(spec.convention, [one], spec.level).to_dicts()
    notes.append(f"The earlier evidence is of {first}, the later of {last}.")
    return pl.DataFrame(made, schema=tidy(spec.convention, [], spec.level).schema)


def _unpaired(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    known = old["estimate"] is not None and new["estimate"] is not None
    return old | {
        "entity": "of_evidence",
        "estimate": new["estimate"] - old["estimate"] if known else None,
        "low": None,
        "high": None,
        "status": "not_paired" if known else "not_defined",
    }
