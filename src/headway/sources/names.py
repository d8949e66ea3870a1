"""Names as sources write them: ids made of them, and the variant that hides in their end."""

import re
import unicodedata

from headway.bounds import NAME_LENGTH

__all__ = ["DEFAULT", "slug", "split_variant"]

DEFAULT = "default"

_WORDS = r"none|minimal|low|medium|high|xhigh|max|unknown"
_UNDERSCORE = re.compile(
    rf"(?P<base>.+?)_(?P<variant>(?:{_WORDS}|thinking|promax|prounknown|\d+k))", re.IGNORECASE
)
_BRACKET = re.compile(
    rf"(?P<base>.+?) ?\((?P<variant>(?:{_WORDS}|\d+k)(?: (?:thinking|reasoning|effort))?"
    r"|(?:thinking|reasoning)(?:[ -]+(?:"
    rf"{_WORDS}|\d+k))?|non-?thinking|no thinking|pro max)\)",
    re.IGNORECASE,
)
# Qwen Max and Codex Max are models, not efforts.
_DASH = re.compile(
    r"(?!.*(?:qwen|codex).*-max$)(?P<base>.*\d.*?)-"
    r"(?P<variant>(?:no-)?thinking(?:-\d+k)?|(?:minimal|low|medium|high|xhigh|max)(?:-\d+k)?)",
    re.IGNORECASE,
)
_HARNESS = re.compile(r"(?P<base>.+?) ?\((?P<harness>\w+-harness)\)", re.IGNORECASE)
_FILLING = re.compile(r"\b(?:thinking|reasoning|effort)\b")


def slug(name: str) -> str:
    """Return the id of a name: lower case letters, digits and single hyphens.

    Parameters
    ----------
    name
        A name as published.

    Returns
    -------
    str
        The id; empty when the name has neither letters nor digits of the Latin alphabet.

    Examples
    --------
    >>> slug("Claude 3.5 Sonnet (October 2024)")
    'claude-3-5-sonnet-october-2024'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def split_variant(name: str, *, dashes: bool = False) -> tuple[str, str]:
    """Split a name into the model and its variant, which is an effort or a mode.

    Recognised are an effort, a thinking budget or ``thinking`` after the last underscore or in
    brackets at the end. Sizes (``Qwen-1_8B``), dates and words after a hyphen
    (``gpt-5.1-codex-max``) belong to the model.

    Parameters
    ----------
    name
        A name as the source writes it.
    dashes
        Whether ``-thinking``, ``-thinking-32k``, ``-high`` and the like at the end, and the harness
        of an agent in brackets, are variants too. Some models are named so (Kimi K2 Thinking),
        others are one model in two modes: the source decides.

    Returns
    -------
    tuple of str
        The name without its end, and the variant in lower case with budgets as ``16K``;
        ``default`` when there is none.

    Examples
    --------
    >>> split_variant("gpt-5-2025-08-07_high")
    ('gpt-5-2025-08-07', 'high')
    >>> split_variant("claude-opus-4-20250514_16k")
    ('claude-opus-4-20250514', '16K')
    >>> split_variant("GPT-5.5 (xHigh)")
    ('GPT-5.5', 'xhigh')
    >>> split_variant("claude-opus-4-6-thinking", dashes=True)
    ('claude-opus-4-6', 'thinking')
    >>> split_variant("gpt-5.4-high (codex-harness)", dashes=True)
    ('gpt-5.4', 'high codex-harness')
    >>> split_variant("Qwen-1_8B")
    ('Qwen-1_8B', 'default')
    """
    if len(name) > NAME_LENGTH:
        return name, DEFAULT
    harness = _HARNESS.fullmatch(name) if dashes else None
    if harness is not None:
        base, variant = split_variant(harness["base"].rstrip(), dashes=True)
        of = harness["harness"].lower()
        return base, of if variant == DEFAULT else f"{variant} {of}"
    for pattern in (_UNDERSCORE, _BRACKET, *((_DASH,) if dashes else ())):
        match = pattern.fullmatch(name)
        if match is not None:
            return match["base"].rstrip(), _variant(match["variant"].lower())
    return name, DEFAULT


def _variant(text: str) -> str:
    if text in ("non-thinking", "nonthinking", "no thinking", "no-thinking"):
        return "none"
    if text in ("promax", "pro max", "prounknown"):
        return f"pro-{text.removeprefix('pro').strip()}"
    rest = _FILLING.sub(" ", text).strip(" -")
    if not rest:
        return "thinking"
    return rest.upper() if rest[0].isdigit() else rest
