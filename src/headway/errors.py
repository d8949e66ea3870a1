"""The errors that Headway raises on purpose, each with a way out.

Every one of them carries a message for the user, an optional hint that says what to do
next, and optional details (one line per problem). The command line prints these and exits
with code 2; it never prints a traceback for them.
"""

from collections.abc import Sequence
from difflib import get_close_matches

from headway.bounds import NAME_LENGTH


class HeadwayError(Exception):
    """Base class: what was wrong, the single problems, and what to do about it.

    Parameters
    ----------
    message
        One sentence: what was wrong, with the value that was given.
    hint
        One sentence: what to do next, or None.
    details
        The single problems, one line each (for example one per wrong cell).
    """

    def __init__(
        self, message: str, *, hint: str | None = None, details: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = tuple(details)

    def __str__(self) -> str:
        lines = [self.message, *(f"  - {line}" for line in self.details)]
        if self.hint:
            lines.append(f"Hint: {self.hint}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.hint, self.details))


class DataError(HeadwayError):
    """The data are wrong or cannot be read: the message says where."""


class UsageError(HeadwayError):
    """The call or an option is wrong: the message says what would be right."""


class NotIdentified(HeadwayError):
    """The data do not determine the quantity asked for: the message says what would."""


class NotConverged(HeadwayError):
    """A fit did not reach its tolerance."""


def _rebuild(
    kind: type[HeadwayError], message: str, hint: str | None, details: tuple[str, ...]
) -> HeadwayError:
    return kind(message, hint=hint, details=details)


def did_you_mean(value: str, possible: Sequence[str], *, most: int = 3) -> str:
    """Return ``" (did you mean 'a' or 'b'?)"``, or an empty string when nothing is near.

    >>> did_you_mean("contry", ["country", "open", "organisation"])
    " (did you mean 'country'?)"
    >>> did_you_mean("zzz", ["country"])
    ''
    """
    if len(value) > NAME_LENGTH:
        return ""
    folded = {item.casefold(): item for item in possible if len(item) <= NAME_LENGTH}
    near = get_close_matches(value.casefold(), folded, n=most, cutoff=0.6)
    if not near:
        return ""
    return f" (did you mean {' or '.join(repr(folded[item]) for item in near)}?)"
