"""``headway import``: bring the files of a source into a dataset."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
import typer

from headway.cli import output
from headway.cli.effect import effect_of, sentences
from headway.cli.options import Json, day
from headway.cli.progress import Shown
from headway.dataset.import_report import ImportReport, counted
from headway.dataset.importing import ADD, LEAVE, bring
from headway.dataset.matching import Match
from headway.errors import DataError, UsageError
from headway.foreign.tomltext import toml_file, toml_value
from headway.sources import SOURCES, source as source_of
from headway.sources.options import checked_options
from headway.sources.table import columns_of
from headway.sources.table_mapping import TableMapping, as_toml, guess_mapping
from headway.text import shown

app = typer.Typer(add_completion=False, rich_markup_mode=None)

SOME_REFUSED = 1
MOST_SHOWN = 30
COLUMNS = {
    "table": "Table",
    "converted": "Rows",
    "added": "Added",
    "revised": "Revised",
    "unchanged": "Unchanged",
    "superseded": "Superseded",
    "skipped": "Left out",
    "refused": "Refused",
}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.rpartition("=")
    if not (name.strip() and equals and value.strip()):
        raise typer.BadParameter(
            f"{text!r} is not NAME=ID; for example --map 'my model=gpt-5', or NAME={ADD} to add it"
            f" as new, NAME={LEAVE} to leave it out"
        )
    return name.strip(), value.strip()


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not (name.strip() and equals):
        raise typer.BadParameter(f"{text!r} is not NAME=VALUE")
    try:
        read = toml_value(f"value = {value}", "the option")
    except DataError:
        read = {}
    known = read["value"] if set(read) == {"value"} else value
    return name.strip().replace("-", "_"), known


@app.command()
def import_(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help=f"One of {', '.join(SOURCES)}.")],
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files or folders to read.")
    ],
    *,
    into: Annotated[
        Path,
        typer.Option(metavar="DATASET", help="Dataset folder; it is begun when it is not there."),
    ],
    map_: Annotated[
        list[Any] | None,
        typer.Option(
            "--map",
            parser=_pair,
            metavar="NAME=ID",
            help="What a name of the source means; NAME=+ adds it as new, NAME=- leaves its rows"
            " out. May be given more than once.",
        ),
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option(
            metavar="TOML",
            help="A file with a table [names] of such pairs and a table [options] of options of"
            " the source; for the source table, also which column is what.",
        ),
    ] = None,
    option: Annotated[
        list[Any] | None,
        typer.Option(
            parser=_setting,
            metavar="NAME=VALUE",
            help="An option of the source. May be given more than once.",
        ),
    ] = None,
    unmatched: Annotated[
        Literal["refuse", "add", "skip"],
        typer.Option(help="What is done with names that are not known."),
    ] = "refuse",
    start: Annotated[
        Literal["catalog", "empty"],
        typer.Option(help="What a dataset is begun from that is not there."),
    ] = "catalog",
    recorded_on: Annotated[
        date | None,
        typer.Option(
            parser=day,
            metavar="YYYY-MM-DD",
            help="Day of record: for an older vintage, the day on which it was published. Today"
            " without it.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done and write nothing.")
    ] = False,
    covers_until: Annotated[
        date | None,
        typer.Option(
            parser=day,
            metavar="YYYY-MM-DD",
            help="Last day up to which the source covers the field; without it, what its files"
            " say. An answer's evidence reaches to this day, or to its newest model.",
        ),
    ] = None,
    answer: Annotated[
        bool,
        typer.Option(
            "--answer/--no-answer",
            help="Say what the new rows do to the usual answer and to the day of its evidence.",
        ),
    ] = True,
    json: Json = False,
) -> None:
    """Bring the files of a source into a dataset; nothing that is there is overwritten.

    Names of models, benchmarks and organisations are matched to known ones and never guessed;
    on a terminal, unknown ones are asked about. Exit code 0: every row was taken. 1: some rows
    were refused, and the reasons are listed. 2: nothing was done.
    """
    names, options = _from_file(map_file, source)
    names |= dict(map_ or [])
    settings: dict[str, Any] = {
        **checked_options(source, source_of(source), {**options, **dict(option or [])}),
        "unmatched": unmatched,
        "recorded_on": recorded_on,
        "covers_until": covers_until,
        "start": start,
    }
    if _on_a_terminal() and not json:
        if source == "table" and "mapping" not in settings:
            settings["mapping"] = asked_columns(paths[0], typer.prompt, typer.echo)
        if unmatched == "refuse":
            with Shown() as progress:
                trial = bring(
                    source, paths, into, names=names, dry_run=True, progress=progress, **settings
                )
            names |= asked(trial, typer.prompt)
    with Shown() as progress:
        report = bring(
            source, paths, into, names=names, dry_run=dry_run, progress=progress, **settings
        )
    if json:
        said = report.to_dict()
        if answer:
            said["answer"] = effect_of(report)
        output.strict_json(said)
    else:
        _print(report, dry_run=dry_run)
        if answer and (report.changes or report.into.is_dir()):
            output.notes(output.console(), sentences(effect_of(report)))
    if report.refused:
        raise typer.Exit(SOME_REFUSED)


def asked(trial: ImportReport, prompt: Callable[..., Any]) -> dict[str, str]:
    """Ask what each unknown name means, and return the map.

    Parameters
    ----------
    trial
        The report of a dry run.
    prompt
        Asks one question: text, and the default answer.
    """
    names: dict[str, str] = {}
    for one in trial.unmatched:
        answer = str(prompt(_question(one), default="refuse")).strip()
        if answer.isdecimal() and 1 <= int(answer) <= len(one.proposals):
            answer = one.proposals[int(answer) - 1]
        if answer and answer != "refuse":
            names[one.foreign] = answer
    return names


def _question(one: Match) -> str:
    lines = [f"{one.kind} {one.foreign!r} is not known ({counted(one.rows)}). It is"]
    lines += [f"  {number}  {name}" for number, name in enumerate(one.proposals, start=1)]
    lines += [f"  {ADD}  a new one", f"  {LEAVE}  to be left out"]
    return "\n".join([*lines, "Number, sign or id"])


def asked_columns(
    path: Path, prompt: Callable[..., Any], say: Callable[[str], None]
) -> TableMapping:
    """Ask which column of a table is what, where its header leaves that open.

    Parameters
    ----------
    path
        The table.
    prompt
        Asks one question.
    say
        Prints the mapping, to be kept.
    """
    header = columns_of(path)
    mapping = guess_mapping(header)
    missing = mapping.missing()
    for name in missing:
        lines = [f"Which column of {shown(path.name)} is the {name}?"]
        lines += [f"  {number}  {column}" for number, column in enumerate(header, start=1)]
        answer = str(prompt("\n".join([*lines, "Number, or the value of all rows"]))).strip()
        if answer.isdecimal() and 1 <= int(answer) <= len(header):
            column = header[int(answer) - 1]
            mapping = replace(mapping, columns={**mapping.columns, name: column})
        else:
            mapping = replace(mapping, fixed={**mapping.fixed, name: answer})
    if missing:
        say(f"Keep these lines in a file for --map-file:\n\n{as_toml(mapping)}")
    return mapping


def _on_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _from_file(path: Path | None, source: str) -> tuple[dict[str, str], dict[str, Any]]:
    if path is None:
        return {}, {}
    if not path.exists():
        raise DataError(f"{path} cannot be read: there is no such file")
    content = toml_file(path)
    names, options = content.pop("names", {}), content.pop("options", {})
    if content and source != "table":
        raise UsageError(
            f"{path} has {', '.join(repr(name) for name in content)}; expected the tables [names]"
            " and [options]"
        )
    if not isinstance(names, Mapping) or not isinstance(options, Mapping):
        raise UsageError(f"{path}: names and options are tables: [names], [options]")
    bad = [name for name, value in names.items() if not isinstance(value, str)]
    if bad:
        raise UsageError(f"{path}: the name {bad[0]!r} has to lead to an id in quotes")
    return dict(names), dict(options) | ({"mapping": content} if content else {})


def _print(report: ImportReport, *, dry_run: bool) -> None:
    out = output.console()
    output.show(out, report.table, COLUMNS, title=f"{report.source} into {report.into}")
    taken = pl.DataFrame(
        [
            (one.kind, one.foreign, one.id, one.rule)
            for one in report.matches
            if one.id is not None and one.rule in ("spelling", "provider", "snapshot", "added")
        ],
        schema={"kind": pl.String, "name": pl.String, "id": pl.String, "rule": pl.String},
        orient="row",
    )
    if len(taken):
        heads = {"kind": "", "name": "Name", "id": "taken for", "rule": "by"}
        out.print()
        out.print(output.table(taken.head(MOST_SHOWN), heads))
        _more(out, len(taken), "names")
    for title, lines in (
        ("Refused", [_place(row.file, row.line) + row.reason for row in report.refused]),
        ("Left as it is", list(report.differences)),
    ):
        if lines:
            out.print(f"\n{title} ({len(lines)})", style="bold")
            output.notes(out, lines[:MOST_SHOWN])
            _more(out, len(lines), "lines")
    out.print()
    output.notes(out, report.notes)
    if report.changes:
        words = "would be written" if dry_run else "written"
    elif report.into.is_dir():
        words = "nothing new; the dataset is as it was"
    else:
        words = "nothing to write; there is no dataset"
    refusals = "1 refusal" if len(report.refused) == 1 else f"{len(report.refused)} refusals"
    out.print(
        f"{counted(report.read)} read ({report.unread} not understood, {report.left_out} left out),"
        f" {refusals}; {report.into}: {words}.",
        soft_wrap=True,
        markup=False,
    )


def _place(file: str | None, line: int) -> str:
    where = [part for part in (file, f"line {line}" if line else "") if part]
    return f"{' '.join(where)}: " if where else ""


def _more(out: Any, count: int, what: str) -> None:
    if count > MOST_SHOWN:
        out.print(f"  and {count - MOST_SHOWN} more {what}: --json lists them")
