"""Which characters a name or a text may have, and how any text is shown."""

import re
import unicodedata

from headway.bounds import NAME_LENGTH, TEXT_LENGTH

__all__ = [
    "NOT_IN_TEXT",
    "NOT_PLAIN",
    "agreeing",
    "fault",
    "fault_of_name",
    "fault_of_text",
    "is_plain",
    "shown",
    "without_controls",
]

# Controls and separators of lines; marks of direction; what is invisible but for the joiners that
# words and emoji need; the fillers of a byte order mark, of annotations and tags; what is no
# character. XML and terminals lack the first and the last of them.
_RANGES = (
    *((0x00, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C), (0x180E, 0x180E)),
    *((0x200B, 0x200B), (0x200E, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F)),
    *((0xFDD0, 0xFDEF), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xFFFE, 0xFFFF)),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE007F)),
    *((plane << 16 | 0xFFFE, plane << 16 | 0xFFFF) for plane in range(1, 17)),
)


def _class(*left_out: int) -> str:
    parts = []
    for first, last in _RANGES:
        start = first
        for one in sorted(one for one in left_out if first <= one <= last):
            parts += [(start, one - 1)] if one > start else []
            start = one + 1
        parts += [(start, last)] if start <= last else []
    return "[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in parts) + "]"


NOT_PLAIN = _class()
"""The characters that no name has, as a class of a regular expression (Python's and Polars')."""

NOT_IN_TEXT = _class(ord("\t"), ord("\n"), ord("\r"))
"""The same for texts, which may have tabs and ends of lines."""

_NOT_PLAIN = re.compile(NOT_PLAIN[:-1] + "\ud800-\udfff]")
_NOT_IN_TEXT = re.compile(NOT_IN_TEXT[:-1] + "\ud800-\udfff]")
_SHORT = 80


_THINGS = (
    "models|scores|benchmarks|organisations|rows|cells|ratings|votes|answers|draws|questions|"
    "configurations|pairs|records|thresholds|days|columns|tasks|clusters|horizons|aliases"
)
_ONE = re.compile(
    rf"(?<![\w.,:-])1 ((?:raw |empty |published )?)({_THINGS})\b"
    r"(?:( of \S+)? (are|have|were|do|look|lack|state)\b)?"
)
_OF_ONE = {"are": "is", "have": "has", "were": "was", "do": "does"}


def agreeing(sentence: str) -> str:
    """Return a sentence about a count, with words in the singular where the count is 1.

    >>> agreeing("1 models of open with fewer than 4 scores are left out.")
    '1 model of open with fewer than 4 scores is left out.'
    >>> agreeing("In 1 draws the anchors change places; those are undefined.")
    'In 1 draw the anchors change places; those are undefined.'
    >>> agreeing("1 pairs of rulers have fewer than 10 models in common.")
    '1 pair of rulers has fewer than 10 models in common.'
    """
    said = _ONE.sub(_single, sentence)
    if said != sentence and said.startswith("1 "):
        return said.replace("are left out", "is left out", 1)
    return said


def _single(found: re.Match[str]) -> str:
    kind, things, of, verb = found.groups()
    said = f"1 {kind}{things[: -2 if things == 'aliases' else -1]}{of or ''}"
    return said if verb is None else f"{said} {_OF_ONE.get(verb, verb + 's')}"


def is_plain(text: str, *, lines: bool = False) -> bool:
    r"""Whether a text has only characters that can be seen, or that words need.

    Controls, escapes, marks of direction (U+202E and its kind), invisible characters and half
    characters are not plain.

    Parameters
    ----------
    text
        Any text.
    lines
        Whether tabs and line feeds are plain.

    Examples
    --------
    >>> is_plain("模型 GPT-5"), is_plain("GPT\x1b[2J"), is_plain("GPT\u202e5")
    (True, False, False)
    >>> is_plain("a\nb"), is_plain("a\nb", lines=True)
    (False, True)
    """
    return (_NOT_IN_TEXT if lines else _NOT_PLAIN).search(text) is None


def fault_of_name(text: str) -> str | None:
    r"""Say why a text cannot be a name; None when it can.

    Examples
    --------
    >>> fault_of_name("GPT-5"), fault_of_name("a\x07b")
    (None, 'has the character U+0007 (control), which cannot be seen')
    """
    return fault(text, most=NAME_LENGTH)


def fault_of_text(text: str) -> str | None:
    """Say why a text cannot be one of a dataset; None when it can."""
    return fault(text, most=TEXT_LENGTH, lines=True)


def fault(text: str, *, most: int, lines: bool = False) -> str | None:
    """Say why a text is too long or not :func:`is_plain`; None when it is neither."""
    if len(text) > most:
        return f"has {len(text):,} characters; at most {most:,} are allowed"
    found = (_NOT_IN_TEXT if lines else _NOT_PLAIN).search(text)
    if found is None:
        return None
    name = unicodedata.name(found[0], "control").lower()
    return f"has the character U+{ord(found[0]):04X} ({name}), which cannot be seen"


def shown(text: str, *, most: int | None = None) -> str:
    r"""Return a text as it can be printed anywhere: what is not plain is escaped.

    Parameters
    ----------
    text
        Any text.
    most
        Characters to keep; what is cut is said with a dot triple.

    Examples
    --------
    >>> shown("GPT\x1b[2J\u202e5")
    'GPT\\x1b[2J\\u202e5'
    """
    made = _NOT_PLAIN.sub(_escaped, text)
    return made if most is None or len(made) <= most else f"{made[: most - 1]}…"


def without_controls(text: str) -> str:
    r"""Return a text of several lines with what is not plain escaped; lines and tabs stay."""
    return _NOT_IN_TEXT.sub(_escaped, text)


def _escaped(found: "re.Match[str]") -> str:
    return found[0].encode("unicode_escape").decode("ascii")
