"""Ctrl-C, also where a library swallows it."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Self


class Interrupts:
    """A context in which an interrupt from the keyboard is remembered, and raised as usual.

    An exception in a callback of native code or in a finaliser is printed and forgotten; a
    command that was interrupted there would end as if nothing had been.
    """

    def __init__(self) -> None:
        self.seen = False
        self._installed = False

    def __enter__(self) -> Self:
        usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if usual and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._interrupt)
            self._installed = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.seen = True
        signal.default_int_handler(number, frame)
