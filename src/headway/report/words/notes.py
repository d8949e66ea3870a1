"""Notes of the computations in Chinese, by the pattern of the English sentence."""

import re
from functools import cache

# Every pattern is a whole sentence as some computation writes it; {1} is its first group.
_CHINESE: tuple[tuple[str, str], ...] = (
    (r"ECI-compatible \(refit\)", "与 ECI 兼容的标尺（重新拟合）"),
    (
        r"(\d+) models of (.+?) have no (\w+) date and are left out: (.+?)\.?",
        "{2} 有 {1} 个模型没有相应日期（{3}），未计入：{4}。",
    ),
    (
        r"(\d+) models of (.+?) with fewer than (\d+) scores are left out\.",
        "{2} 有 {1} 个模型的成绩少于 {3} 项，未计入。",
    ),
    (r"The first model of (.+?) is left out\.", "{1} 的第一个模型未计入。"),
    (
        r"(\d+) draws did not reach the tolerance; they are kept as they are\.",
        "有 {1} 次抽样的拟合未达到收敛标准，仍按原样保留。",
    ),
    (
        r"In (\d+) draws the anchors change places; those are undefined\.",
        "有 {1} 次抽样中两个定标模型次序颠倒，这些抽样视为无定义。",
    ),
    (
        r"trend: fewer than 60 days from (\S+) to the last day\.",
        "直线趋势：从 {1} 到最后一日不足 60 天。",
    ),
)


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.DOTALL), text) for pattern, text in _CHINESE)


def translate(text: str, lang: str) -> str | None:
    """Return a note in a language; None where there is no translation.

    >>> translate("The first model of country:CN is left out.", "zh")
    'country:CN 的第一个模型未计入。'
    """
    if lang == "en":
        return text
    for pattern, chinese in _compiled():
        found = pattern.fullmatch(text)
        if found:
            return chinese.format(text, *found.groups())
    return None
