"""Text from elsewhere: which characters a name may have, and how the others are shown.

Control characters, line separators and marks that turn the direction of writing act on a
terminal, a page or the reader's eye instead of being read.
"""

import re

# C0, DEL and C1 but for tab and line feed; soft and zero-width marks; marks of direction;
# separators of lines; halves of surrogate pairs; the byte order mark; tags.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def is_plain(text: str) -> bool:
    r"""Whether no character of a text acts on what shows it (line feeds and tabs are allowed).

    Examples
    --------
    >>> is_plain("GPT-5 模型"), is_plain("a\x1b[2J"), is_plain("a\u202eb")
    (True, False, False)
    """
    return _ACTING.search(text) is None


def shown(text: str) -> str:
    r"""Return a text with every character that would act as its escape.

    Examples
    --------
    >>> print(shown("a\x1b[2J\u202eb"))
    a\x1b[2J\u202eb
    """
    return _ACTING.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
