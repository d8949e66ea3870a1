"""What groups, countries and rulers are called."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headway.report.words import Words

COUNTRIES: dict[str, tuple[str, str]] = {
    "AE": ("United Arab Emirates", "阿联酋"),
    "AU": ("Australia", "澳大利亚"),
    "CA": ("Canada", "加拿大"),
    "CH": ("Switzerland", "瑞士"),
    "CN": ("China", "中国"),
    "DE": ("Germany", "德国"),
    "ES": ("Spain", "西班牙"),
    "FR": ("France", "法国"),
    "GB": ("United Kingdom", "英国"),
    "HK": ("Hong Kong", "香港"),
    "IL": ("Israel", "以色列"),
    "IN": ("India", "印度"),
    "IT": ("Italy", "意大利"),
    "JP": ("Japan", "日本"),
    "KR": ("South Korea", "韩国"),
    "NL": ("Netherlands", "荷兰"),
    "RU": ("Russia", "俄罗斯"),
    "SA": ("Saudi Arabia", "沙特阿拉伯"),
    "SE": ("Sweden", "瑞典"),
    "SG": ("Singapore", "新加坡"),
    "TW": ("Taiwan", "台湾"),
    "US": ("United States", "美国"),
}
_ARTICLE = frozenset({"AE", "GB", "NL", "US"})


def country(code: str, lang: str) -> str:
    """Name of a country; the code itself where no name is known.

    >>> country("CN", "zh"), country("XX", "en")
    ('中国', 'XX')
    """
    pair = COUNTRIES.get(code.upper())
    return code if pair is None else pair[1 if lang == "zh" else 0]


def name(words: "Words", group: str) -> str:
    """Short name of a group, for a label."""
    terms = [term.strip() for term in group.split("+")]
    if len(terms) == 1 and terms[0] in ("open", "closed", "all"):
        return words(f"group.{terms[0]}")
    return words("group.and").join(_term(words, term) for term in terms)


def best(words: "Words", group: str) -> str:
    """Subject of a sentence about the best models of a group."""
    return _phrase(words, group, "best")


def those(words: "Words", group: str) -> str:
    """Object of a comparison with the best models of a group."""
    return _phrase(words, group, "those")


def names(words: "Words", leader: str, follower: str) -> dict[str, str]:
    """Names of both sides: as labels, within a sentence, and at its beginning."""
    sides = {"leader": leader, "follower": follower}
    out = {role: name(words, group) for role, group in sides.items()}
    for role, group in sides.items():
        within = _phrase(words, group, "in")
        out[f"{role}_in"] = within
        out[f"{role}_cap"] = within[:1].upper() + within[1:]
    return out


def inside(words: "Words", phrase: str) -> str:
    """Return a phrase as it reads within a sentence."""
    if words.lang == "en" and phrase.startswith("The "):
        return "the " + phrase[4:]
    return phrase


def _phrase(words: "Words", group: str, form: str) -> str:
    plain = group.strip()
    if plain in ("open", "closed"):
        return words(f"group.{form}_{plain}")
    attribute, _, code = plain.partition(":")
    if attribute == "country" and code.upper() in COUNTRIES:
        called = country(code, words.lang)
        if words.lang == "en":
            article = "" if code.upper() not in _ARTICLE else "The " if form == "best" else "the "
            called = article + called
            if form != "in":
                called += "’" if called.endswith("s") else "’s"
        return words(f"group.{form}_country", possessive=called)
    return words(f"group.{form}_generic", name=name(words, group))


def _term(words: "Words", term: str) -> str:
    if term.startswith("!"):
        return words("group.not", name=_term(words, term[1:].strip()))
    if term in ("open", "closed"):
        return words(f"group.{term}_inside")
    if term == "all":
        return words("group.all")
    attribute, _, values = term.partition(":")
    parts = [value.strip() for value in values.split("|")]
    if attribute == "country":
        parts = [country(part, words.lang) for part in parts]
    joined = words("group.or").join(parts)
    if attribute in ("family", "licence_class", "access", "model"):
        return words(f"group.{attribute}", name=joined)
    return joined
