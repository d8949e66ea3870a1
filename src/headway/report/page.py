"""The report as one HTML page that needs nothing else."""

import base64
import hashlib
import json
import re
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from headway.analyses.premium import PremiumResult
from headway.errors import DataError
from headway.outputs import replaced
from headway.report import drawing, multiverse, premium as phrases, rulers, tables
from headway.report.asked import stated
from headway.report.charts.frame import MEDIUM, NARROW, WIDE, Look
from headway.report.figures import Figure, figures
from headway.report.palette import DARK, FONT, LIGHT
from headway.report.story import Story
from headway.report.words import Words

SIZES = {"wide": WIDE, "medium": MEDIUM, "narrow": NARROW}


def page(story: Story, *, lang: str | None = None) -> str:
    """Return the report as a self-contained HTML page.

    The page loads nothing: the chart library, the charts' data, styles and scripts are in it,
    and its content security policy forbids any request.

    Parameters
    ----------
    story
        What to say.
    lang
        ``en`` or ``zh``; that of the story when None.
    """
    from altair.utils.schemapi import debug_mode
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    lang = lang or story.spec.lang
    words = story.words(lang)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=False, lstrip_blocks=False
    )
    environment.globals["w"] = words
    look = Look(lang=lang, theme="page", title=False)
    # Altair checks every part of a chart against its schema, which the tests have it do once.
    with debug_mode(False):
        drawn = {name: _drawn(figure, look) for name, figure in figures(story, look).items()}
    early, script, library = _file("early.js"), _file("page.js"), chart_library()
    context = _context(story, words) | {
        "figures": {
            "domains": None, "benchmarks": None, "second_frontiers": None,
            "second_conventions": None, "rulers": None, "agreement": None, "movers": None,
            "multiverse": None, "premium": None, "premium_benchmarks": None,
        } | drawn,
        "css": Markup(_styles()),
        "early": Markup(early),
        "script": Markup(script),
        "library": Markup(library),
        "policy": _policy([early, library, script]),
    }  # fmt: skip
    return environment.from_string(_file("page.html.j2")).render(context)


@cache
def chart_library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, kept beside the package once it is made."""
    kept = Path(__file__).with_name("__pycache__") / f"vega-{version('vl-convert-python')}.js"
    try:
        return kept.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return _keep(kept, _bundle())


def _bundle() -> str:
    import vl_convert

    # Its type stub asks for an argument that the library itself makes optional.
    bundle: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _keep(path: Path, text: str) -> str:
    """Write a file where that is possible, and return its text."""
    with suppress(DataError), replaced(path) as file:
        file.write_bytes(text.encode())
    return text


def static_svg(spec: dict[str, Any], name: str) -> str:
    """Draw a chart as SVG that can stand in a page beside others."""
    drawn = re.sub(r"\b(clip\d+)\b", rf"{name}-\1", drawing.svg(spec, f"the chart {name}"))
    return re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", drawn, count=1)


def _drawn(figure: Figure, look: Look) -> dict[str, Any]:
    from markupsafe import Markup

    specs = {
        size: figure.draw(look.at(width)).to_dict(validate=False) for size, width in SIZES.items()
    }
    text = json.dumps(specs, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return {
        "id": figure.name,
        "title": figure.title,
        "note": figure.note,
        "description": figure.description,
        "svg": Markup(static_svg(specs["medium"], figure.name)),
        "specs": Markup(text.replace("<", "\\u003c")),
    }


def _context(story: Story, words: Words) -> dict[str, Any]:
    from headway import __version__

    spec = story.spec
    notes = [words.note(note) for note in story.notes]
    second = None
    if story.second is not None:
        names = words.names(story.second.spec.leader, story.second.spec.follower)
        second = {
            "heading": words("page.second_heading", **names),
            "headline": story.headline(words.lang, second=True),
        }
    asked = [words("page.as_of", day=words.day(spec.as_of))] if spec.as_of else []
    if spec.known_on:
        asked.append(words("page.known_on", day=words.day(spec.known_on)))
    return {
        "lang": words.lang,
        "version": __version__,
        "headline": story.headline(words.lang),
        "gap": _gap(story, words),
        "asked": " ".join(asked),
        "day": words.day(story.last_day),
        "stated": stated(words, story.asked),
        "since": words.day(spec.since) if spec.since else "",
        "stop": "。" if words.lang == "zh" else ".",
        "second": second,
        "contents": _contents(story, words),
        "tables": _tables(story, words) | _premium_tables(story, words),
        "premium": None if story.premium is None else _premium(story.premium, words),
        "unknown": {
            f"{kind}s": ""
            if story.events is None
            else tables.unknown_events(words, story.events, kind)
            for kind in ("domain", "benchmark")
        },
        "rulers": _rulers(story, words),
        "every": _every(story, words),
        "scale": _scale(story, words),
        "published": _published(story, words),
        "method": _method(story, words),
        "notes": [text for text, known in notes if known],
        "foreign": [text for text, known in notes if not known],
        "problems": [words("page.not_available", reason=text) for text in story.problems.values()],
        "command": spec.with_options(lang=words.lang).command(),
        "facts": [
            (words("page.digest"), story.data.digest),
            (words("page.draws"), str(spec.draws)),
            (words("page.seed"), str(spec.seed)),
            (words("page.draw_set"), story.scale.capability.draw_set),
            (words("page.version"), __version__),
        ],
        "credits": _credits(story, words),
    }


def _contents(story: Story, words: Words) -> list[tuple[str, str]]:
    wanted = [
        ("frontiers", "frontiers", True),
        ("time", "time", True),
        ("conventions", "conventions", True),
        ("rulers", "rulers", story.rulers is not None),
        ("multiverse", "multiverse", story.every is not None),
        ("years", "years", True),
        ("second", "second", story.second is not None),
        ("tests", "tests", story.events is not None),
        ("premium", "premium", story.premium is not None),
        ("changes", "changes", story.changes is not None),
        ("scale", "scale", True),
        ("method", "method", True),
        ("limits", "limits", True),
        ("reproduce", "reproduce", True),
    ]
    names = {}
    if story.second is not None:
        names = words.names(story.second.spec.leader, story.second.spec.follower)
    return [(anchor, words(f"page.nav_{key}", **names)) for anchor, key, shown in wanted if shown]


def _tables(story: Story, words: Words) -> dict[str, tables.Table | None]:
    main, second = story.main, story.second
    out: dict[str, tables.Table | None] = {
        "records": tables.records(words, main),
        "conventions": tables.conventions(words, main),
        "years": tables.years(words, main),
        "ranking": tables.ranking(words, story),
        "sources": tables.sources(words, story),
        "published": tables.published(words, story) if story.published.height else None,
        "second_conventions": None, "second_years": None, "domains": None, "benchmarks": None,
        "rulers": None, "agreement": None, "movers": None, "multiverse": None, "figures": None,
        "changed": None, "new_models": None, "new_facts": None,
    }  # fmt: skip
    if second is not None:
        out["second_conventions"] = tables.conventions(words, second)
        out["second_years"] = tables.years(words, second)
    if story.every is not None:
        out["multiverse"] = multiverse.variance_table(words, story.every.ways)
        if story.every.figures.table.height:
            out["figures"] = multiverse.figures_table(words, story.every.figures)
    if story.rulers is not None:
        out["rulers"] = tables.by_ruler(words, story, story.rulers)
    if story.agreement is not None:
        out["agreement"] = tables.agreement(words, story.agreement)
        out["movers"] = tables.movers(words, story.agreement)
    if story.events is not None:
        for kind in ("domain", "benchmark"):
            out[f"{kind}s"] = tables.events(words, story.events, kind)
    if story.changes is not None:
        out["changed"] = tables.changed(words, story.changes)
        out["new_models"] = tables.new_models(words, story)
        out["new_facts"] = tables.new_facts(words, story)
    return out


def _premium_tables(story: Story, words: Words) -> dict[str, tables.Table | None]:
    names = ("designs", "placebos", "variants", "benchmarks")
    if story.premium is None:
        return {f"premium_{name}": None for name in names}
    made = (phrases.designs, phrases.placebos, phrases.variants, phrases.benchmarks)
    return {
        f"premium_{name}": table(words, story.premium)
        for name, table in zip(names, made, strict=True)
    }


def _premium(result: PremiumResult, words: Words) -> dict[str, Any]:
    return {
        "lead": words("premium.lead", **phrases.names(words, result)),
        "verdict": phrases.verdict(words, result),
    }


def _gap(story: Story, words: Words) -> str:
    if "gap" not in story.main.compared.conventions:
        return ""
    row = story.main.compared.headline("gap")
    if row["estimate"] is None:
        return ""
    text = words.amount(words.number(row["estimate"]), story.scale.unit)
    if row["low"] is not None:
        between = words.between(row["low"], row["high"])
        text += f"（{between}）" if words.lang == "zh" else f" ({between})"
    return words("headline.gap", gap=text)


def _every(story: Story, words: Words) -> dict[str, Any]:
    """What the section on all ways to ask says beside its chart and tables."""
    if story.every is None:
        return {"claim": "", "say": []}
    ways = story.every.ways
    return {
        "claim": multiverse.sentence(words, ways),
        "say": multiverse.lines(words, ways, ways.question()),
    }


def _rulers(story: Story, words: Words) -> dict[str, Any]:
    """What the section on rulers says beside its chart and table."""
    if story.rulers is None:
        return {"say": [], "commands": [], "agree": ""}
    say = [
        rulers.summary(words, story.rulers),
        rulers.without_tie(words, story.rulers),
        rulers.silent(words, story.rulers),
    ]
    return {
        "say": [text for text in say if text],
        "agree": ""
        if story.agreement is None
        else rulers.agreement_summary(words, story.agreement),
        "commands": ["headway ruler check coding", "headway ruler new my-ruler.toml --from coding"],
    }


def _scale(story: Story, words: Words) -> dict[str, str]:
    scale = story.scale
    facts = scale.diagnostics
    name = rulers.ruler_name(words, scale)
    if story.spec.ruler == "eci":
        lead = words(
            "page.scale_lead", models=f"{len(scale.models):,}", benchmarks=facts["n_benchmarks"],
            cells=f"{facts['n_cells']:,}", ruler=name,
        )  # fmt: skip
    else:
        lead = words("page.ruler_fitted", ruler=name, models=f"{len(scale.models):,}")
        file = scale.spec.get("file") or {}
        space = "" if words.lang == "zh" else " "
        if file.get("benchmarks"):
            lead += space + words("page.ruler_benchmarks", count=len(file["benchmarks"]))
        if file.get("note"):
            lead += space + file["note"][words.lang]
    anchors = scale.spec.get("anchors")
    if not anchors or len(anchors) != 2:
        return {"lead": lead, "anchors": ""}
    named = dict(story.data.models.select("model", "name").iter_rows())
    (first, low), (second, high) = dict(anchors).items()
    return {
        "lead": lead,
        "anchors": words(
            "page.ruler_anchored", first=named.get(first) or first, first_points=f"{low:g}",
            second=named.get(second) or second, second_points=f"{high:g}",
        ),
    }  # fmt: skip


def _published(story: Story, words: Words) -> str:
    table = story.published
    if table.is_empty():
        return ""
    away = table.select(pl.col("difference").abs())["difference"]
    return words(
        "page.published_lead", board=table["board"][0], day=words.day(table["as_of"][0]),
        count=table.height, median=words.number(float(away.quantile(0.5) or 0.0), 3),
        largest=words.number(float(table["difference"].abs().to_numpy().max()), 2),
    )  # fmt: skip


def _method(story: Story, words: Words) -> list[str]:
    spec = story.spec
    return [
        words("page.method_frontier", date=words(f"basis.{spec.date}")),
        words("page.method_lag", tie=_tie(story, words)),
        words("page.method_draws", draws=spec.draws, seed=spec.seed, level=words.level(spec.level)),
    ]


def _tie(story: Story, words: Words) -> str:
    asked = story.main.compared.spec
    unit = str(asked["tie_unit"])
    return words.amount(f"{asked['tie']:g}", unit)


def _credits(story: Story, words: Words) -> list[str]:
    return [
        words(
            "page.licence_line", title=row["title"] or row["source"],
            publisher=row["publisher"] or "–",
            licence=row["licence"] or words("page.licence_unknown"),
        )
        for row in story.data.sources.to_dicts()
    ]  # fmt: skip


def _styles() -> str:
    return (
        _file("page.css")
        .replace("@LIGHT@", LIGHT.variables())
        .replace("@DARK@", DARK.variables())
        .replace("@FONT@", FONT)
    )


def _policy(scripts: list[str]) -> str:
    hashes = " ".join(
        "'sha256-" + base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() + "'"
        for s in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _file(name: str) -> str:
    return (files("headway.report") / "templates" / name).read_text(encoding="utf-8")
