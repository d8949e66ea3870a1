"""What a name says by itself: a day, a size, a version, a kind; and whether that fits a model.

An alias whose day, size or kind is another than that of its model is the name of another model.
"""

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta

__all__ = ["NEAR", "Span", "apart", "contradiction", "named_span"]

NEAR = timedelta(days=31)
Span = tuple[date, date]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_EDGE, _END = r"(?:(?<=[^a-z0-9.])|^)", r"(?![a-z0-9.])"
_DAY = re.compile(rf"{_EDGE}(20[12]\d)-?(\d\d)-?(\d\d){_END}")
_MONTH = re.compile(rf"{_EDGE}({_MONTH_NAME})[- ](20[12]\d){_END}")
_NUMBERED_MONTH = re.compile(rf"{_EDGE}(0[1-9]|1[0-2])-(20[12]\d){_END}")
_SHORT_MONTH = re.compile(rf"(?<=[-_ ])(2[3-9])(0[1-9]|1[0-2]){_END}")
_NO_YEAR = re.compile(rf"(?<=[-_ ])(0[1-9]|1[0-2])-?([0-2]\d|3[01]){_END}")
_DATES = (_DAY, _MONTH, _NUMBERED_MONTH, _SHORT_MONTH, _NO_YEAR)

_SIZE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?) ?b(?![a-z0-9])")
_OTHER_SIZES = re.compile(r"\d+x\d+(?:\.\d+)?b|a?\d+(?:\.\d+)?b|\d+[ke](?![a-z0-9])")
_WORD = re.compile(r"[a-z]+")
# Words that tell models of one family apart; others (chat, base, preview) may be left off a name.
_KINDS = frozenset(
    (
        *("vl", "coder", "math", "codex", "distill", "omni", "audio"),
        *("mini", "nano", "flash", "lite", "pro", "air", "opus", "sonnet", "haiku"),
    )
)
_MODES = ({"thinking", "reasoning", "reasoner"}, {"instruct"})


def named_span(name: str, near: Sequence[date] = ()) -> Span | None:
    """Return the first and the last day that a name may mean, or None when it names none.

    Parameters
    ----------
    name
        The name.
    near
        Days that settle the year of a date without one; the nearest is taken.

    Examples
    --------
    >>> [str(day) for day in named_span("grok-2-2024-08-13")]
    ['2024-08-13', '2024-08-13']
    >>> [str(day) for day in named_span("Grok-2 (Dec 2024)")]
    ['2024-12-01', '2024-12-31']
    >>> [str(day) for day in named_span("gpt-4-0125-preview", [date(2023, 11, 6)])]
    ['2024-01-25', '2024-01-25']
    >>> named_span("Llama-3.1-405B") is None
    True
    """
    text = name.casefold()
    if found := _DAY.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _MONTH.search(text):
        return _month(int(found[2]), _MONTHS.index(found[1][:3]) + 1)
    if found := _NUMBERED_MONTH.search(text):
        return _month(int(found[2]), int(found[1]))
    if found := _SHORT_MONTH.search(text):
        return _month(2000 + int(found[1]), int(found[2]))
    found = _NO_YEAR.search(text)
    if found is None or not near:
        return None
    spans = [
        span
        for year in {day.year + shift for day in near for shift in (-1, 0, 1)}
        if (span := _day(year, int(found[1]), int(found[2]))) is not None
    ]
    return min(spans, key=lambda span: (apart(span, near), span), default=None)


def apart(span: Span, days: Sequence[date]) -> timedelta:
    """Return the time between a span and the nearest of some days."""
    return min(max(span[0] - day, day - span[1], timedelta()) for day in days)


def contradiction(
    alias: str, name: str, days: Sequence[date], *, makers: Collection[str] = ()
) -> str | None:
    """Return why an alias cannot be a name of a model, or None.

    Parameters
    ----------
    alias
        The other name.
    name
        The model's own name. A day in it comes before the days of the model: some sources date
        every snapshot of a family by the first.
    days
        When the model came out: listed, announced, available.
    makers
        Other makers whose name stands before a slash would contradict; lower case.

    Examples
    --------
    >>> contradiction("grok-2-2024-08-13", "Grok-2 (Dec 2024)", [date(2024, 8, 13)])
    'it names the day 2024-08-13, and Grok-2 (Dec 2024) is of 2024-12'
    >>> contradiction("Qwen2.5-VL-72B-Instruct", "Qwen2.5-72B", [date(2024, 9, 19)])
    'it says vl, and Qwen2.5-72B does not'
    >>> contradiction("gpt-4o-2024-08-06", "GPT-4o (Aug 2024)", [date(2024, 5, 13)]) is None
    True
    """
    provider, slash, _ = alias.casefold().rpartition("/")
    if slash and provider in makers:
        return f"it names the maker {provider}"
    own = named_span(name, days)
    span = named_span(alias, [own[0], own[1]] if own else days)
    if span is not None and (own or days):
        gap = apart(span, [own[0], own[1]] if own else days)
        overlap = own is not None and span[0] <= own[1] and own[0] <= span[1]
        if gap > NEAR and not overlap:
            when = (
                f"{own[0]:%Y-%m}" if own else " or ".join(str(day) for day in dict.fromkeys(days))
            )
            return f"it names the day {span[0]}, and {name} is of {when}"
    return _words(_undated(alias.rsplit("/", 1)[-1]), _undated(name), name)


def _words(alias: str, own: str, name: str) -> str | None:
    sizes, theirs = set(_SIZE.findall(alias)), set(_SIZE.findall(own))
    if sizes and theirs and not sizes & theirs:
        return f"it has the size {'/'.join(sorted(sizes))}B, and {name} {'/'.join(sorted(theirs))}B"
    said, known = set(_WORD.findall(alias)), set(_WORD.findall(own))
    for word in sorted((said ^ known) & _KINDS):
        return f"it says {word}, and {name} does not" if word in said else f"it lacks {word}"
    for one, other in (_MODES, _MODES[::-1]):
        if said & one and known & other and not known & one:
            return f"it says {min(said & one)}, and {name} says {min(known & other)}"
    first, second = _version(alias), _version(own)
    if first and second and first != second:
        return f"it is of version {first}, and {name} of {second}"
    return None


def _version(text: str) -> str | None:
    found = re.search(r"\d+", _OTHER_SIZES.sub(" ", text))
    return found[0] if found else None


def _undated(name: str) -> str:
    text = name.casefold()
    for pattern in _DATES:
        text = pattern.sub(" ", text)
    return text


def _day(year: int, month: int, number: int) -> Span | None:
    try:
        one = date(year, month, number)
    except ValueError:
        return None
    return one, one


def _month(year: int, month: int) -> Span:
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)
