"""The report as tables in the terminal."""

from typing import TYPE_CHECKING

from headway.report import multiverse, premium as phrases, rulers, tables
from headway.report.asked import stated
from headway.report.story import Bout, Story
from headway.report.words import Words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

MOST = 12
ALL = 1000
WIDEST = 1000
_EVENT_COLUMNS: dict[str, tuple[tuple[int, ...], ...]] = {
    "domain": ((0, 1, 2, 3, 4, 5), (0, 1, 3, 4, 5), (0, 1, 3, 4), (0, 1, 3)),
    "benchmark": ((0, 2, 3, 4, 5, 6, 7), (0, 3, 5, 6, 7), (0, 3, 5, 6), (0, 3, 5), (0, 5)),
}


def render(story: Story, console: "Console", *, lang: str | None = None) -> None:
    """Print the story as tables that fit the width of the console.

    Parameters
    ----------
    console
        Where to print.
    lang
        ``en`` or ``zh``; that of the story when None.
    """
    from rich.text import Text

    words = story.words(lang)
    head = story.headline(words.lang)
    console.print(Text(head.claim, style="bold"))
    console.print(Text(f"{head.basis} {head.others}".strip()))
    console.print(Text(stated(words, story.asked), style="dim"))
    _bout(story.main, words, console)
    if story.rulers is not None:
        table = tables.by_ruler(words, story, story.rulers)
        show(table, console, (0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 4, 5), (0, 1, 2), (0, 1))
        console.print(Text(rulers.summary(words, story.rulers)))
    if story.every is not None:
        console.print()
        console.print(Text(multiverse.sentence(words, story.every.ways)))
        show(multiverse.variance_table(words, story.every.ways), console, (0, 1, 2, 3, 4),
              (0, 1, 2))  # fmt: skip
    if story.agreement is not None:
        show(
            tables.agreement(words, story.agreement), console, (0, 1, 2, 3, 4, 5), (0, 1, 2, 5),
            (0, 1),
        )  # fmt: skip
    if story.second is not None:
        second = story.headline(words.lang, second=True)
        console.print()
        console.print(Text(second.claim, style="bold"))
        console.print(Text(f"{second.basis} {second.others}".strip()))
        show(
            tables.conventions(words, story.second),
            console,
            (0, 1, 2, 3, 7),
            (0, 1, 2, 3),
            (0, 1, 2),
            (0, 1),
        )
    if story.events is not None:
        for kind, columns in _EVENT_COLUMNS.items():
            most = ALL if kind == "domain" else MOST
            show(tables.events(words, story.events, kind), console, *columns, most=most)
    if story.premium is not None:
        said = phrases.verdict(words, story.premium)
        console.print()
        console.print(Text(said.claim, style="bold"))
        console.print(Text(f"{said.figure} {said.caution}"))
        show(phrases.designs(words, story.premium), console, (0, 1, 2, 3, 4, 5), (1, 2, 3, 4),
             (1, 2, 3))  # fmt: skip
    if story.changes is not None and story.spec.since is not None:
        console.print()
        heading = words("page.changes_heading", day=words.day(story.spec.since))
        console.print(Text(heading, style="bold"))
        show(tables.changed(words, story.changes), console, (0, 1, 2, 3))
        show(tables.new_models(words, story), console, (0, 1, 2, 3, 4, 5), (0, 3, 4),
              most=MOST)  # fmt: skip
    show(
        tables.ranking(words, story, most=10), console, (1, 0, 2, 3, 4, 5), (1, 0, 4, 5), (1, 0, 4)
    )
    notes = [words.note(note)[0] for note in story.notes]
    problems = [words("page.not_available", reason=text) for text in story.problems.values()]
    for line in (*notes, *problems):
        console.print(Text(f"· {line}", style="dim"))
    console.print()
    facts = f"{words('page.digest')} {story.data.digest[:12]} · {words('page.seed')} "
    facts += f"{story.spec.seed} · {words('page.draws')} {story.spec.draws}"
    console.print(Text(facts, style="dim"))
    console.print(Text(story.spec.with_options(lang=words.lang).command(), style="dim"))


def _bout(bout: Bout, words: Words, console: "Console") -> None:
    show(
        tables.conventions(words, bout),
        console,
        (0, 1, 2, 3, 6, 7),
        (0, 1, 2, 3),
        (0, 1, 2),
        (0, 1),
    )
    show(tables.years(words, bout), console, (0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 5), (0, 1, 2))
    show(
        tables.records(words, bout), console, (0, 1, 2, 3, 4, 5, 6), (0, 1, 3, 5, 6), (0, 3, 5),
        most=MOST,
    )  # fmt: skip


def show(
    table: tables.Table, console: "Console", *choices: tuple[int, ...], most: int = ALL
) -> None:
    """Print the first choice of columns that fits the console, else the last."""
    from rich.measure import Measurement

    for columns in choices:
        shown = as_rich(table, columns, most)
        room = console.options.update(max_width=WIDEST)
        if Measurement.get(console, room, shown).maximum <= console.width:
            break
    console.print()
    console.print(shown)


def as_rich(
    table: tables.Table, columns: tuple[int, ...] | None = None, most: int = ALL
) -> "RichTable":
    """Return a table for rich, with some of its columns and rows."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    kept = columns or tuple(range(len(table.columns)))
    out = RichTable(
        title=Text(table.caption), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD,
        pad_edge=False,
    )  # fmt: skip
    for k in kept:
        out.add_column(
            Text(table.columns[k]), justify="right" if k in table.numeric else "left",
            overflow="fold",
        )  # fmt: skip
    for position, row in enumerate(table.rows[:most]):
        style = "bold" if position in table.marked else None
        out.add_row(*(Text(row[k].text) for k in kept), style=style)
    if len(table.rows) > most:
        out.add_row(Text(f"… {len(table.rows) - most}"))
    return out
