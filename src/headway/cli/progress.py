"""Progress on standard error: a bar on a terminal, one line per stage elsewhere."""

from contextlib import suppress
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress as Bars,
    TextColumn,
    TimeElapsedColumn,
)

from headway.text import shown


class Shown:
    """A :class:`headway.progress.Progress` for people; use it as a context manager.

    Parameters
    ----------
    console
        Where to show it; None for standard error.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._bars: Bars | None = None
        self._said: set[str] = set()
        if self._console.is_terminal:
            self._bars = Bars(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=self._console,
                transient=True,
            )

    def __enter__(self) -> Self:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars:
            self._bars.stop()

    def stage(self, text: str) -> None:
        """Say what begins now."""
        text = shown(text)
        if self._bars:
            for task in self._bars.task_ids:
                self._bars.remove_task(task)
            self._bars.add_task(text, total=None)
        elif text not in self._said:
            self._said.add(text)
            # Progress that cannot be written, as on a full disk, is dropped.
            with suppress(OSError):
                self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def advance(self, done: int, total: int) -> None:
        """Move the bar of the present stage."""
        if self._bars and self._bars.task_ids:
            self._bars.update(self._bars.task_ids[-1], completed=done, total=total)
