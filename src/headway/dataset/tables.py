"""The tables of a dataset, declared once.

Every row states one fact. It carries the source of the fact, the day on which it was recorded,
and a revision: 0 for the first statement, one more for each correction. Nothing is overwritten;
the row with the highest revision of a key is the current one.
"""

from headway.dataset.kinds import (
    amount as _amount,
    count as _count,
    country as _country,
    date as _date,
    enum as _enum,
    flag as _flag,
    identity as _id,
    number as _number,
    prose as _prose,
    reference as _reference,
    text as _text,
    url as _url,
)
from headway.dataset.schema import Column, Table

SCHEMA_VERSION = 1

_CONFIDENCE = ("high", "medium", "low")
_RECORDED = (
    _date("recorded_on", "Day on which the row entered the dataset", required=True),
    Column(
        name="revision",
        kind="integer",
        description="0 for the first statement of a fact, one more for each correction",
        required=True,
        minimum=0,
        default=0,
    ),
    _prose("reason", "Why the row corrects the earlier one; empty at revision 0"),
)
_BOOKKEEPING = (
    _reference("source", "sources", "Where the row comes from", required=True),
    *_RECORDED,
)
BOOKKEEPING = tuple(column.name for column in _RECORDED)

SOURCES = Table(
    name="sources",
    description="Where facts come from",
    key=("source",),
    always=True,
    columns=(
        _id("source", "Id of the source"),
        _prose("title", "Title as published"),
        _text("publisher", "Who published it"),
        _url("url", "Address"),
        _prose("licence", "Licence of the source"),
        _date("retrieved_on", "Day on which it was read"),
        _date(
            "covers_until",
            "Last day up to which it covers the field, as it says itself; empty when it says none",
        ),
        *_RECORDED,
    ),
)

ORGANISATIONS = Table(
    name="organisations",
    description="Who makes models",
    key=("organisation",),
    always=True,
    columns=(
        _id("organisation", "Id of the organisation"),
        _text("name", "Name as published"),
        _country("country", "Country it is counted for; empty when there is no single one"),
        _country("headquarters_country", "Country of its seat"),
        _enum(
            "kind",
            ("lab", "company", "university", "government", "community", "unknown"),
            "What kind of organisation it is",
            default="unknown",
        ),
        _text("name_zh", "Chinese name"),
        _count("founded", "Year of foundation"),
        _text("parent", "Organisation that owns it"),
        *_BOOKKEEPING,
    ),
)

MODELS = Table(
    name="models",
    description="Models as released",
    key=("model",),
    always=True,
    columns=(
        _id("model", "Id of the model"),
        _text("name", "Name as published"),
        _reference("organisation", "organisations", "Organisation named first"),
        _reference("partners", "organisations", "Other organisations, separated by ;", many=True),
        _country("country", "Country of the organisation"),
        _text("family", "Family of models it belongs to"),
        _date("listed_on", "Date in the publisher's index, uncorrected"),
        _date("announced_on", "Day of the announcement"),
        _date(
            "available_on",
            "First day on which the public could use it; empty when never or unknown",
        ),
        _date("weights_on", "First day on which the weights could be downloaded"),
        _flag("open_weights", "Whether the weights can be downloaded; empty when unknown"),
        _enum(
            "licence_class",
            ("unrestricted", "restricted", "non_commercial", "closed", "unreleased", "unknown"),
            "What the licence of the weights allows",
            default="unknown",
        ),
        _enum(
            "access",
            ("api", "hosted", "weights", "unreleased", "unknown"),
            "The widest way in which the public could use it",
            default="unknown",
        ),
        _amount("parameters", "number", "Number of parameters"),
        _amount("active_parameters", "number", "Parameters used per token"),
        _prose("architecture", "Architecture in words"),
        _enum("confidence", _CONFIDENCE, "How sure a corrected row is", required=False),
        _url("evidence_url", "Evidence for a corrected row"),
        *_BOOKKEEPING,
    ),
)

AVAILABILITY = Table(
    name="availability",
    description="Intervals in which a model could be used; a model without a row is available"
    " from available_on",
    key=("model", "region", "from"),
    always=True,
    columns=(
        _reference("model", "models", "Model", required=True),
        Column(
            name="region",
            kind="string",
            description="Country (ISO 3166), or world",
            required=True,
            pattern=r"[A-Z]{2}|world",
            default="world",
            expects="two capital letters such as CN (ISO 3166), or world",
        ),
        _date("from", "First day of the interval", required=True),
        _date("until", "First day after the interval; empty when it lasts"),
        _prose("withdrawn_because", "Why the interval ended"),
        _url("evidence_url", "Evidence"),
        *_BOOKKEEPING,
    ),
)

ATTRIBUTES = Table(
    name="attributes",
    description="Free attributes of models, such as the team that made them; each value is a group",
    key=("model", "attribute"),
    columns=(
        _reference("model", "models", "Model", required=True),
        Column(
            name="attribute",
            kind="string",
            description="Name of the attribute",
            required=True,
            pattern=r"[^\s:+|!](?:[^:+|!]*[^\s:+|!])?",
            expects="text without : + | ! and without spaces at either end",
        ),
        _id("value", "Value of the attribute"),
        *_BOOKKEEPING,
    ),
)

BENCHMARKS = Table(
    name="benchmarks",
    description="Tests",
    key=("benchmark",),
    always=True,
    columns=(
        _id("benchmark", "Id of the benchmark"),
        _text("name", "Name as published"),
        _text("domain", "Main domain"),
        _prose("domains", "All domains, separated by ;"),
        _enum(
            "item_access",
            ("public", "semi_private", "held_out", "unknown"),
            "Who can see the items",
            default="unknown",
        ),
        _enum("access_confidence", _CONFIDENCE, "How sure item_access is", required=False),
        _prose("access_evidence", "What item_access rests on"),
        _url("access_evidence_url", "Evidence for item_access"),
        _date("released_on", "Day of release"),
        _enum(
            "released_precision",
            ("day", "month"),
            "Whether released_on is a day, or the first of its month",
            required=False,
        ),
        _count("n_items", "Number of items"),
        _number("chance", "Raw score of guessing, in the unit of the benchmark"),
        _number("ceiling", "Best possible raw score, in the unit of the benchmark"),
        _text("unit", "What a raw score measures"),
        _enum(
            "scorer",
            ("exact", "tests", "judge", "simulation", "human", "unknown"),
            "What decides whether an answer is right",
            default="unknown",
        ),
        _prose("maintainer", "Who keeps it"),
        _country("maintainer_country", "Country of the maintainer"),
        _url("url", "Page of the benchmark"),
        _reference("superseded_by", "benchmarks", "Later version of the same benchmark"),
        *_BOOKKEEPING,
    ),
)

SCORES = Table(
    name="scores",
    description="Reported scores",
    key=("model", "variant", "benchmark", "reporter", "source"),
    always=True,
    columns=(
        _reference("model", "models", "Model", required=True),
        _id("variant", "Effort or mode; default when none is named", default="default"),
        _text("version", "Version of the model as the source writes it"),
        _reference("benchmark", "benchmarks", "Benchmark", required=True),
        Column(
            name="score",
            kind="number",
            description="The score",
            required=True,
            expects="a number (normalised: between -1 and 1; raw: between 0 and the ceiling)",
        ),
        _enum(
            "scale",
            ("raw", "normalised"),
            "normalised: (raw - chance) / (ceiling - chance)",
        ),
        _amount("stderr", "number", "Standard error of the score"),
        _count("n", "Number of items or attempts behind the score"),
        _enum(
            "reporter",
            ("independent", "benchmark", "developer", "competitor", "unknown"),
            "Who reported it: a third party, the benchmark's maintainer, the model's developer,"
            " another developer",
            default="unknown",
        ),
        _prose("reported_in", "Where the source took it from"),
        _flag("optimized", "Whether the model was tuned for the benchmark, as the source says"),
        _text("harness", "Software that ran it"),
        _date("evaluated_on", "Day of the evaluation"),
        _amount("cost_usd", "decimal", "Cost of the run in US dollars"),
        _count("input_tokens", "Tokens read"),
        _count("output_tokens", "Tokens written"),
        _amount("seconds", "number", "Duration of the run"),
        *_BOOKKEEPING,
    ),
)

RATINGS = Table(
    name="ratings",
    description="Published ratings",
    key=("board", "model", "variant", "as_of"),
    always=True,
    columns=(
        _id("board", "Who rates"),
        _reference("model", "models", "Model", required=True),
        _id(
            "variant",
            "Effort or mode, or the name of one of several entries; default when none is named",
            default="default",
        ),
        _number("rating", "Rating", required=True),
        _amount("stderr", "number", "Standard error of the rating"),
        _number("low", "Lower end of the interval"),
        _number("high", "Upper end of the interval"),
        Column(
            name="level",
            kind="number",
            description="Level of the interval",
            minimum=0,
            maximum=1,
        ),
        _count("votes", "Votes behind the rating"),
        _date("as_of", "Day of publication", required=True),
        *_BOOKKEEPING,
    ),
)

PRICES = Table(
    name="prices",
    description="List prices from a date",
    key=("model", "provider", "mode", "from"),
    always=True,
    columns=(
        _reference("model", "models", "Model", required=True),
        _id("provider", "Who sells it"),
        _id("mode", "Kind of service, such as batch", default="default"),
        _date("from", "First day of the price; empty when it is the first one known"),
        _date("until", "First day after the price; empty when it lasts"),
        _amount("input_usd_per_mtok", "decimal", "US dollars per million tokens read"),
        _amount("output_usd_per_mtok", "decimal", "US dollars per million tokens written"),
        _amount("cached_input_usd_per_mtok", "decimal", "The same for tokens read from cache"),
        *_BOOKKEEPING,
    ),
)

RESPONSES = Table(
    name="responses",
    description="Single questions answered",
    key=("model", "variant", "benchmark", "item", "epoch"),
    form="parquet",
    columns=(
        _reference("model", "models", "Model", required=True),
        _id("variant", "Effort or mode", default="default"),
        _reference("benchmark", "benchmarks", "Benchmark", required=True),
        _id("item", "Id of the question"),
        Column(
            name="epoch",
            kind="integer",
            description="Which attempt it was, counted from 1",
            required=True,
            minimum=1,
            default=1,
        ),
        _number("score", "1 when right, 0 when wrong, between for partial credit", required=True),
        _count("input_tokens", "Tokens read"),
        _count("output_tokens", "Tokens written"),
        _amount("cost_usd", "decimal", "Cost in US dollars"),
        _amount("seconds", "number", "Duration"),
        _prose("error", "Why there is no answer"),
        *_BOOKKEEPING,
    ),
)

ITEMS = Table(
    name="items",
    description="Facts about single questions",
    key=("benchmark", "item"),
    columns=(
        _reference("benchmark", "benchmarks", "Benchmark", required=True),
        _id("item", "Id of the question, as in the table responses"),
        _amount("human_minutes", "number", "Minutes that it takes a skilled human"),
        _text("family", "Group of similar questions that it belongs to"),
        *_BOOKKEEPING,
    ),
)

VOTES = Table(
    name="votes",
    description="Single preferences between two answers",
    key=("vote",),
    form="parquet",
    columns=(
        _id("vote", "Id of the vote"),
        _reference("model_a", "models", "First model", required=True),
        _reference("model_b", "models", "Second model", required=True),
        _enum("outcome", ("a", "b", "tie", "both_bad"), "Which answer was preferred"),
        _text("domain", "Domain of the question"),
        _date("voted_at", "Day of the vote"),
        _prose("covariates", "Further attributes as JSON; those of either answer end in _a and _b"),
        *_BOOKKEEPING,
    ),
)

INDICATORS = Table(
    name="indicators",
    description="Other dated numbers",
    key=("indicator", "subject", "date"),
    columns=(
        _id("indicator", "What is measured"),
        _id("subject", "Of whom"),
        _date("date", "Day", required=True),
        _number("value", "Value", required=True),
        _number("low", "Lower end of the interval"),
        _number("high", "Upper end of the interval"),
        _text("unit", "Unit"),
        *_BOOKKEEPING,
    ),
)

CLAIMS = Table(
    name="claims",
    description="What somebody said",
    key=("claim",),
    columns=(
        _id("claim", "Id of the claim"),
        _text("said_by", "Who said it"),
        _date("said_on", "When"),
        _prose("statement", "The statement in English"),
        _prose("statement_zh", "The statement in Chinese"),
        _url("url", "Where it was said"),
        _prose("test", "How it can be checked, as JSON"),
        _date("due", "When it can be checked"),
        *_BOOKKEEPING,
    ),
)

ALIASES = Table(
    name="aliases",
    description="Other names of models, benchmarks and organisations",
    key=("kind", "alias"),
    always=True,
    columns=(
        _enum("kind", ("model", "benchmark", "organisation"), "What the alias is a name of"),
        _id("alias", "The name as a source writes it"),
        _id("id", "Id in the table of that kind"),
        *_BOOKKEEPING,
    ),
)
ALIASED = {"model": "models", "benchmark": "benchmarks", "organisation": "organisations"}

EVIDENCE = ("scores", "responses", "votes", "ratings")
"""Tables any one of which is enough to measure by."""

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        SOURCES,
        ORGANISATIONS,
        MODELS,
        ATTRIBUTES,
        AVAILABILITY,
        BENCHMARKS,
        ALIASES,
        SCORES,
        RATINGS,
        PRICES,
        RESPONSES,
        ITEMS,
        VOTES,
        INDICATORS,
        CLAIMS,
    )
}
