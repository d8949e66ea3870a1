"""Notes of the computations in Chinese, by the pattern of the English sentence."""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headway.report.words import Words

# Every pattern is a whole sentence as some computation writes it; {1} is its first group,
# {group1} the same as the name of a group of models, {basis1} as that of a kind of date.
_CHINESE: tuple[tuple[str, str], ...] = (
    (r"ECI-compatible \(refit\)", "与 ECI 兼容的标尺（重新拟合）"),
    (r"Calibrated", "校准标尺"),
    (
        r"The process was stopped after (\d+) steps; the last moved a capability by (\S+) logits\.",
        "残差过程的拟合在第 {1} 步停止；最后一步仍使某个模型的能力值移动了 {2} 个对数几率单位。",
    ),
    (
        r"(\d+) models of (.+?) have no (\w+) date and are left out: (.+?)\.?",
        "{group2}一方有 {1} 个模型没有{basis3}，未计入：{4}。",
    ),
    (
        r"(\d+) models of (.+?) with fewer than (\d+) scores are left out\.",
        "{group2}一方有 {1} 个模型的成绩少于 {3} 项，未计入。",
    ),
    (r"The first model of (.+?) is left out\.", "{group1}一方的第一个模型未计入。"),
    (
        r"(\d+) draws did not reach the tolerance; they are kept as they are\.",
        "有 {1} 次抽样的拟合未达到收敛标准，仍按原样保留。",
    ),
    (
        r"In (\d+) draws the anchors change places; those are undefined\.",
        "有 {1} 次抽样中两个定标模型次序颠倒，这些抽样视为无定义。",
    ),
    (
        r"thresholds: (\d+) thresholds that the leader's first measured model had already passed "
        r"are left out\.",
        "单项测试的分数线：领先方首个受测模型早已越过的 {1} 条分数线未计入。",
    ),
    (
        r"(\d+) raw scores are left out: their benchmark has no known chance or ceiling\.",
        "有 {1} 个原始成绩未计入：所属测试的随机水平或满分未知。",
    ),
    (
        r"(\d+) models with fewer than (\d+) scores are left out\.",
        "有 {1} 个模型的成绩少于 {2} 项，未计入。",
    ),
    (r"models announced by (\S+)", "只含截至 {1} 已发布消息的模型。"),
    (
        r"models announced by (\S+); (\d+) models without a day of announcement are left out",
        "只含截至 {1} 已发布消息的模型；另有 {2} 个模型没有发布日期，未计入。",
    ),
    (r"as recorded by (\S+)", "只含截至 {1} 已记录的事实。"),
    (
        r"scores were taken as raw: the benchmarks name their ceilings",
        "成绩按原始分数处理：各测试已给出满分",
    ),
    (
        r"scores were taken as normalised: 0 is chance and 1 is the best possible",
        "成绩按归一化分数处理：0 为随机水平，1 为最高水平",
    ),
    (
        r"As of (\S+), the anchor (.+?) had no scores: the scale is fixed by (.+?) at (\S+) and "
        r"(.+?) at (\S+) points, their values with all the evidence\.",
        "截至 {1}，定标模型 {2} 尚无成绩：标尺改由 {3}（{4} 分）与 {5}（{6} 分）固定，"
        "这两个数值取自全部证据的拟合。",
    ),
    (
        r"trend: fewer than 60 days from (\S+) to the last day\.",
        "直线趋势：从 {1} 到最后一日不足 60 天。",
    ),
)


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.DOTALL), text) for pattern, text in _CHINESE)


def translate(text: str, words: "Words") -> str | None:
    """Return a note in a language; None where there is no translation.

    >>> from headway.report.words import Words
    >>> translate("The first model of country:CN is left out.", Words("zh"))
    '中国一方的第一个模型未计入。'
    """
    if words.lang == "en":
        return text
    for pattern, chinese in _compiled():
        found = pattern.fullmatch(text)
        if found:
            parts = {f"group{k}": words.group(part) for k, part in enumerate(found.groups(), 1)}
            parts |= {
                f"basis{k}": words.known("noun", part) for k, part in enumerate(found.groups(), 1)
            }
            return chinese.format(text, *found.groups(), **parts)
    return None
