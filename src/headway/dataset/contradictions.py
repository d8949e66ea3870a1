"""Statements that cannot all be right, or that one would not expect together."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from headway.dataset.dataset import Dataset
from headway.dataset.findings import Finding, Severity
from headway.dataset.matching import MODEL_DATES, words_of
from headway.dataset.name_facts import contradiction
from headway.dataset.tables import TABLES
from headway.sources.prices import LEAST

DISAGREEMENT = 0.05
JUMP = 0.25
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_SETTINGS: tuple[tuple[Severity, str, str, str], ...] = (
    ("warning", "versions of the task", r"(?:^|, )task (?:version )?([^,]+)", "1"),
    ("note", "numbers of examples in the question", r"(?:^|, )(\d+)-shot", "0"),
    ("note", "numbers of questions asked", r"(?:^|, )(limit [^,]+)", "all"),
    ("note", "precisions of the weights", r"(?:^|, )(\d-bit|quantized [^,]+)", "full"),
)
_DATED = ("announced_on", "available_on", "weights_on", "listed_on")
_CELL = ("model", "variant", "benchmark")
_DAYS: tuple[tuple[Severity, str, str, str], ...] = (
    ("error", "recorded_on", "evaluated on {late}, after it was recorded on {early}", "late"),
    ("warning", "announced_on", "evaluated on {early}, before the model was announced on {late}",
     "early"),
    ("warning", "released_on", "evaluated on {early}, before the benchmark was released on {late}",
     "early"),
)  # fmt: skip


def contradicting_dates(dataset: Dataset) -> Iterator[Finding]:
    """Dates of models in an order that cannot be."""
    for late, words in (("available_on", "available"), ("weights_on", "weights")):
        rows = dataset.models.filter(pl.col(late) < pl.col("announced_on"))
        for name, first, second in rows.select("model", "announced_on", late).iter_rows():
            said = f"{words} on {second}, before it was announced on {first}"
            yield Finding("error", "models", name, said)
    closed = dataset.models.filter(~pl.col("open_weights") & pl.col("weights_on").is_not_null())
    for name, day in closed.select("model", "weights_on").iter_rows():
        yield Finding("error", "models", name, f"weights_on is {day} and open_weights is false")


def overlapping_intervals(dataset: Dataset) -> Iterator[Finding]:
    """Two prices of one model, provider and mode on one day, and the like.

    An interval without a first day has always been there, and one without a last day lasts. One
    that ends on the day on which it begins was withdrawn and holds on no day.
    """
    for name in ("prices", "availability"):
        table = TABLES[name]
        thing = [column for column in table.key if column != "from"]
        rows = (
            dataset.table(name)
            .with_columns(
                pl.col("from").fill_null(date.min).alias("first"),
                pl.col("until").fill_null(date.max).alias("last"),
            )
            .filter(pl.col("first") < pl.col("last"))
            .sort(*thing, "first", "last")
            .with_columns(
                pl.col("first").shift(-1).over(thing).alias("next"),
                pl.col("from").shift(-1).over(thing).alias("again"),
            )
            .filter(pl.col("next") < pl.col("last"))
        )
        for row in rows.iter_rows(named=True):
            what = " / ".join(str(row[column]) for column in thing[1:])
            until = "open" if row["until"] is None else f"until {row['until']}"
            said = (
                f"{what}: the interval from {row['from'] or 'the first day known'} is {until}, and"
                f" another begins on {row['again'] or 'the first day known'}"
            )
            yield Finding("error", name, row[thing[0]], said)


def prices_per_token(dataset: Dataset) -> Iterator[Finding]:
    """Prices so low that they may be for a token, and not for a million."""
    amounts = [name for name in TABLES["prices"].names if name.endswith("_usd_per_mtok")]
    low = pl.any_horizontal(
        pl.col(name).is_between(0, LEAST, closed="none").fill_null(value=False) for name in amounts
    )
    rows = dataset.prices.filter(low)
    for model, provider in rows.select("model", "provider").unique().sort(pl.all()).iter_rows():
        said = f"{provider}: a price below {LEAST} US dollars per million tokens: is it per token?"
        yield Finding("warning", "prices", model, said)


def contradicting_evaluations(dataset: Dataset) -> Iterator[Finding]:
    """Evaluations before the model or the benchmark was there, or after they were recorded."""
    dated = (
        dataset.scores.filter(pl.col("evaluated_on").is_not_null())
        .select("model", "benchmark", "evaluated_on", "recorded_on")
        .join(dataset.models.select("model", "announced_on"), on="model", how="left")
        .join(dataset.benchmarks.select("benchmark", "released_on"), on="benchmark", how="left")
    )
    for severity, other, words, side in _DAYS:
        evaluated, against = pl.col("evaluated_on"), pl.col(other)
        wrong = dated.filter(evaluated > against if side == "late" else evaluated < against)
        for model, benchmark, day, limit in (
            wrong.select("model", "benchmark", "evaluated_on", other).unique().sort(pl.all())
        ).iter_rows():
            early, late = (limit, day) if side == "late" else (day, limit)
            said = f"{benchmark}: {words.format(early=early, late=late)}"
            yield Finding(severity, "scores", model, said)


def disagreeing(dataset: Dataset) -> Iterator[Finding]:
    """Scores of one model, variant and benchmark that differ between reports or sources."""
    spread = (
        dataset.normalised_scores()
        .group_by(_CELL)
        .agg(
            pl.col("performance").min().alias("low"),
            pl.col("performance").max().alias("high"),
            pl.len().alias("n"),
            pl.col("source").n_unique().alias("sources"),
        )
        .filter((pl.col("n") > 1) & (pl.col("high") - pl.col("low") > DISAGREEMENT))
    )
    for model, variant, benchmark, low, high, n, sources in spread.iter_rows():
        where = f" from {sources} sources" if sources > 1 else ""
        words = f"{n} reports{where} of {benchmark} ({variant}) run from {low:.3f} to {high:.3f}"
        yield Finding("warning", "scores", model, words)


def implausible_jumps(dataset: Dataset) -> Iterator[Finding]:
    """Corrections that move a score by more than 0.25 of the range of the benchmark."""
    history = dataset.history("scores")
    corrected = history.filter(pl.col("revision") > 0)
    if corrected.is_empty():
        return
    bounds = dataset.benchmarks.select("benchmark", "chance", "ceiling")
    key = ("model", "variant", "benchmark", "reporter", "source")
    span = (
        pl.when(pl.col("scale") == "normalised")
        .then(1.0)
        .otherwise(pl.col("ceiling") - pl.col("chance").fill_null(0))
    )
    moved = (
        history.join(corrected.select(key).unique(), on=key, how="semi")
        .join(bounds, on="benchmark", how="left")
        .sort(*key, "revision")
        .with_columns(
            before=pl.col("score").shift(1).over(key), was=pl.col("scale").shift(1).over(key)
        )
        .filter(
            (pl.col("scale") == pl.col("was"))
            & ((pl.col("score") - pl.col("before")).abs() > JUMP * span)
        )
    )
    for model, benchmark, before, score, day in moved.select(
        "model", "benchmark", "before", "score", "recorded_on"
    ).iter_rows():
        words = f"{benchmark} went from {before:.3g} to {score:.3g} on {day}"
        yield Finding("warning", "scores", model, words)


def variants_out_of_order(dataset: Dataset) -> Iterator[Finding]:
    """Models that did better with less effort, by one source on one benchmark."""
    rank = {name: place for place, name in enumerate(EFFORTS)}
    known = (
        dataset.normalised_scores()
        .filter(pl.col("variant").is_in(EFFORTS) & pl.col("performance").is_not_null())
        .with_columns(effort=pl.col("variant").replace_strict(rank, return_dtype=pl.Int64))
        .select("model", "benchmark", "source", "reporter", "variant", "effort", "performance")
    )
    same = ["model", "benchmark", "source", "reporter"]
    pairs = known.join(known, on=same, suffix="_more").filter(
        (pl.col("effort") < pl.col("effort_more"))
        & (pl.col("performance") - pl.col("performance_more") > DISAGREEMENT)
    )
    columns = ("model", "benchmark", "variant", "performance", "variant_more", "performance_more")
    for model, benchmark, less, high, more, low in pairs.select(columns).sort(columns).iter_rows():
        words = f"{benchmark}: {high:.3f} with effort {less} and {low:.3f} with {more}"
        yield Finding("note", "scores", model, words)


def contradicting_aliases(dataset: Dataset) -> Iterator[Finding]:
    """Aliases of models that name another day, size, kind or maker than that of their model."""
    facts = {row["model"]: row for row in dataset.models.iter_rows(named=True)}
    makers = {
        str(text).casefold()
        for pair in dataset.organisations.select("organisation", "name").iter_rows()
        for text in pair
        if text
    }
    called = dict(dataset.organisations.select("organisation", "name").iter_rows())
    for kind, alias, model in dataset.aliases.select("kind", "alias", "id").iter_rows():
        row = facts.get(model) if kind == "model" else None
        if row is None:
            continue
        days = [row[column] for column in MODEL_DATES if row[column] is not None]
        own = {part for column in ("organisation", "partners") for part in
               (row[column] or "").split(";")}  # fmt: skip
        own |= {str(called.get(part) or part) for part in own}
        others = makers - {part.strip().casefold() for part in own}
        said = contradiction(alias, row["name"] or model, days, makers=others)
        if said:
            yield Finding("warning", "aliases", alias, f"cannot be a name of {model}: {said}")


def several_settings(dataset: Dataset) -> Iterator[Finding]:
    """Benchmarks whose scores come from several versions of the task, or numbers of examples."""
    run_by = dataset.scores.select("benchmark", "variant", "harness", "source")
    both = pl.concat_str(["variant", "harness"], separator=", ", ignore_nulls=True)
    for severity, what, pattern, unsaid in _SETTINGS:
        told = run_by.with_columns(setting=both.str.extract(pattern, 1).str.strip_suffix(".0"))
        harnesses = pl.col("setting").is_not_null().any().over("benchmark", "source")
        each = (
            told.filter(harnesses)
            .with_columns(pl.col("setting").fill_null(unsaid))
            .group_by("benchmark")
            .agg(pl.col("setting").unique().sort())
            .filter(pl.col("setting").list.len() > 1)
            .sort("benchmark")
        )
        for benchmark, settings in each.iter_rows():
            words = f"has scores of several {what}: {', '.join(settings[:6])}"
            yield Finding(severity, "benchmarks", benchmark, words)


def same_name(dataset: Dataset) -> Iterator[Finding]:
    """Models or benchmarks whose names differ in spelling alone: perhaps one entered twice."""
    for table, key in (("models", "model"), ("benchmarks", "benchmark")):
        first: dict[str, str] = {}
        for entity, name in dataset.table(table).select(key, "name").iter_rows():
            words = words_of(name or entity)
            other = first.setdefault(words, entity)
            if words and other != entity:
                yield Finding("warning", table, entity, f"has the name of {other} but for spelling")


def contradicting_coverage(dataset: Dataset) -> Iterator[Finding]:
    """Sources that cover days after they were read or recorded, or fewer than their models took."""
    known = dataset.known_until
    stated = dataset.sources.filter(pl.col("covers_until").is_not_null())
    for name, until, read in stated.select("source", "covers_until", "retrieved_on").iter_rows():
        if read is not None and until > read:
            said = f"covers the field until {until}, after it was read on {read}"
            yield Finding("error", "sources", name, said)
        elif known is not None and until > known:
            said = f"covers the field until {until}, after the newest row was recorded on {known}"
            yield Finding("error", "sources", name, said)

    came = pl.max_horizontal(*_DATED)
    late = (
        pl.concat(dataset.table(name).select("model", "source") for name in ("scores", "ratings"))
        .unique()
        .join(dataset.models.select("model", came=came), on="model")
        .join(stated.select("source", "covers_until"), on="source")
        .filter(pl.col("came") > pl.col("covers_until"))
        .group_by("source", "covers_until")
        .agg(pl.len(), pl.col("model").sort_by("came", "model").last(), pl.col("came").max())
        .sort("source")
    )
    for name, until, n, model, day in late.iter_rows():
        said = (
            f"covers the field until {until}, but {n} of the models that it measured came later,"
            f" the last of them {model} on {day}"
        )
        yield Finding("warning", "sources", name, said)


def ahead_of_time(dataset: Dataset) -> Iterator[Finding]:
    """Models that came after all that is recorded about anything."""
    known = dataset.known_until
    dated = dataset.models.select("model", day=pl.max_horizontal(*_DATED))
    for name, day in dated.filter(pl.col("day") > pl.lit(known, dtype=pl.Date)).iter_rows():
        said = f"is dated {day}, after the newest row was recorded on {known}"
        yield Finding("warning", "models", name, said)
