"""How long work tells its caller where it stands."""

from typing import Protocol


class Progress(Protocol):
    """Receives the stage of a long computation and how far it has come."""

    def stage(self, text: str) -> None:
        """Say what begins now, in one short sentence."""

    def advance(self, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` units of the present stage are finished."""


class Silent:
    """A progress that says nothing: the library's default."""

    def stage(self, text: str) -> None:
        """Ignore the stage."""

    def advance(self, done: int, total: int) -> None:
        """Ignore the advance."""
