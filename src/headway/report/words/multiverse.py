"""The words of the multiverse: every way to ask, in English and Chinese."""

from typing import TYPE_CHECKING

from headway.errors import UsageError

if TYPE_CHECKING:
    from headway.report.words import Words

ENGLISH: dict[str, str] = {
    "choice.ruler": "Ruler",
    "choice.subset": "Benchmarks",
    "choice.weights": "Weights",
    "choice.as_of": "Asked on",
    "choice.dates": "Dates",
    "choice.candidates": "Who can lead",
    "choice.tie": "Tie",
    "choice.answer": "How it is counted",
    "moves.ruler": "whose ruler is used",
    "moves.subset": "which benchmarks count",
    "moves.weights": "how benchmarks are weighed",
    "moves.as_of": "the day on which one asks",
    "moves.dates": "what dates a model",
    "moves.candidates": "which models may hold a frontier",
    "moves.tie": "what counts as a tie",
    "moves.answer": "how the lag is counted",
    "scale.eci": "refit, all models",
    "scale.eci-4": "refit, four scores or more",
    "scale.calibrated": "calibrated fit, all models",
    "scale.published": "published index",
    "subset.all": "all",
    "subset.public": "public only",
    "subset.private": "not public only",
    "subset.unsaturated": "without saturated ones",
    "subset.independent": "independent scores only",
    "subset.without": "without: {domain}",
    "weights.equal": "every score the same",
    "weights.domain": "every domain the same",
    "candidates.records": "records",
    "candidates.all": "any model in a draw",
    "candidates.fewest": "{rule}, {n} scores or more",
    "tie.points": "{tie} points",
    "tie.one": "1 point",
    "answer.daily-12m": "days: last 12 months",
    "answer.daily-year": "days: this year",
    "answer.daily-all": "days: all",
    "answer.daily-first-dropped": "days: without first models",
    "answer.daily-now": "days: the last one",
    "answer.significant-12m": "beyond noise: 12 months",
    "answer.significant-year": "beyond noise: this year",
    "answer.levels-12m": "levels: last 12 months",
    "answer.levels-all": "levels: all",
    "answer.records-12m": "records: last 12 months",
    "answer.records-all": "records: all",
    "answer.records-latest": "records: the latest",
    "answer.match-median": "waits: median",
    "answer.match-mean": "waits: mean to 24 months",
    "answer.trend-2023": "lines since July 2023",
    "answer.trend-2025": "lines since January 2025",
    "answer.named-latest": "age of the nearest record",
    "answer.thresholds-now": "test thresholds: now",
    "answer.thresholds-12m": "test thresholds: 12 months",
    "multiverse.behind": "{best} are between {low} and {high} months behind {those} in {level}% "
    "of the {count} ways to ask",
    "multiverse.mixed": "{best} are anywhere from {low} months ahead of {those} to {high} months "
    "behind in {level}% of the {count} ways to ask",
    "multiverse.ahead": "{best} are between {low} and {high} months ahead of {those} in {level}% "
    "of the {count} ways to ask",
    "multiverse.moves": "; what moves it most is {choice}.",
    "multiverse.still": ".",
    "multiverse.none": "None of the ways to ask has an answer.",
    "multiverse.shares": "The median is {median} months; {behind}% of the ways say behind, {even}% "
    "level, {ahead}% ahead. With the noise of the scales, the range is {low} to {high} months.",
    "multiverse.counted": "{combinations} combinations of choices: {answered} ways with an "
    "answer, {same} that give the same number as another, {meaningless} without meaning, "
    "{unanswered} that the evidence cannot answer.",
    "multiverse.factorial": "Shares on the {cells} combinations of the full factorial part; "
    "{filled} empty cells were filled from the main effects; left out: {left_out}.",
    "multiverse.nothing": "nothing",
    "multiverse.variance": "What moves the answer",
    "multiverse.choice": "Choice",
    "multiverse.alone": "Alone",
    "multiverse.total": "With interactions",
    "multiverse.smallest": "Lowest median",
    "multiverse.largest": "Highest median",
    "multiverse.figures": "Published figures among the ways to ask, on the day of each",
    "multiverse.said": "Said by",
    "multiverse.figure": "Figure (months)",
    "multiverse.percentile": "Ways below it",
    "multiverse.near": "Ways near it",
    "multiverse.own": "By its own choices",
    "multiverse.often": "Given most often by",
    "multiverse.near_note": "Near: within half a month of the figure, or inside the published "
    "range. By its own choices: what this evidence gives under the choices that the publisher "
    "states, with the range over the choices that it does not state.",
    "multiverse.ways_title": "Every way to ask: {follower_in} behind {leader_in}",
    "multiverse.ways_note": "Above: the {count} ways in the order of their answer, evenly thinned "
    "to what the width can show, with {level}% intervals; the band holds the central {level}% of "
    "the ways and the line is their median. Below: the choices of each way. Right: the median of "
    "all ways with this choice. Percentages: share of the spread, interactions included.",
    "multiverse.ways_text": "Of {count} ways to ask, the median says {median} months; {level}% lie "
    "between {low} and {high}. {parts}",
    "multiverse.part": "{choice}: from {low} ({first}) to {high} ({last}).",
    "multiverse.median": "median",
    "multiverse.middle": "Median of the ways",
    "multiverse.heading": "Every way to ask",
    "multiverse.lead": "One number hides the choices behind it. Here the question is asked in "
    "every combination of a reduced set of choices; headway multiverse asks in all.",
    "page.nav_multiverse": "Every way",
}

CHINESE: dict[str, str] = {
    "choice.ruler": "标尺",
    "choice.subset": "测试",
    "choice.weights": "权重",
    "choice.as_of": "提问日期",
    "choice.dates": "日期依据",
    "choice.candidates": "谁能领先",
    "choice.tie": "打平容差",
    "choice.answer": "如何计算",
    "moves.ruler": "用谁的标尺",
    "moves.subset": "计入哪些测试",
    "moves.weights": "各项测试如何加权",
    "moves.as_of": "在哪一天提问",
    "moves.dates": "模型日期以什么为准",
    "moves.candidates": "哪些模型可以占据前沿",
    "moves.tie": "相差多少算打平",
    "moves.answer": "落后时间如何计算",
    "scale.eci": "重新拟合，全部模型",
    "scale.eci-4": "重新拟合，至少四项成绩",
    "scale.calibrated": "校准拟合，全部模型",
    "scale.published": "公布的指数",
    "subset.all": "全部",
    "subset.public": "只用公开的",
    "subset.private": "只用非公开的",
    "subset.unsaturated": "不含已饱和的",
    "subset.independent": "只用独立成绩",
    "subset.without": "不含{domain}",
    "weights.equal": "每项成绩相同",
    "weights.domain": "每个领域相同",
    "candidates.records": "纪录",
    "candidates.all": "抽样中的任一模型",
    "candidates.fewest": "{rule}，至少 {n} 项成绩",
    "tie.points": "{tie} 分",
    "tie.one": "1 分",
    "answer.daily-12m": "逐日：最近 12 个月",
    "answer.daily-year": "逐日：本年",
    "answer.daily-all": "逐日：全部日期",
    "answer.daily-first-dropped": "逐日：不计最初的模型",
    "answer.daily-now": "逐日：最后一日",
    "answer.significant-12m": "超出噪声：12 个月",
    "answer.significant-year": "超出噪声：本年",
    "answer.levels-12m": "逐级：最近 12 个月",
    "answer.levels-all": "逐级：全部",
    "answer.records-12m": "纪录：最近 12 个月",
    "answer.records-all": "纪录：全部",
    "answer.records-latest": "纪录：最近一次",
    "answer.match-median": "追平时间：中位数",
    "answer.match-mean": "追平时间：24 个月内均值",
    "answer.trend-2023": "直线：自 2023 年 7 月",
    "answer.trend-2025": "直线：自 2025 年 1 月",
    "answer.named-latest": "最接近纪录的年龄",
    "answer.thresholds-now": "分数线：目前",
    "answer.thresholds-12m": "分数线：12 个月",
    "multiverse.behind": "在 {count} 种问法的 {level}% 中，{best}落后{those} {low} 至 {high} 个月",
    "multiverse.mixed": "在 {count} 种问法的 {level}% 中，{best}相对于{those}从领先 {low} 个月到"
    "落后 {high} 个月不等",
    "multiverse.ahead": "在 {count} 种问法的 {level}% 中，{best}领先{those} {low} 至 {high} 个月",
    "multiverse.moves": "；影响最大的是{choice}。",
    "multiverse.still": "。",
    "multiverse.none": "所有问法都没有答案。",
    "multiverse.shares": "中位数为 {median} 个月；{behind}% 的问法显示落后，{even}% 显示持平，"
    "{ahead}% 显示领先。计入标尺的噪声后，范围为 {low} 至 {high} 个月。",
    "multiverse.counted": "各种选择共有 {combinations} 种组合：{answered} 种问法有答案，{same} 种"
    "与另一种数值相同，{meaningless} 种没有意义，{unanswered} 种现有证据无法回答。",
    "multiverse.factorial": "占比按完整析因部分的 {cells} 种组合计算；{filled} 个空格按主效应填"
    "补；未计入：{left_out}。",
    "multiverse.nothing": "无",
    "multiverse.variance": "什么影响答案",
    "multiverse.choice": "选择",
    "multiverse.alone": "单独",
    "multiverse.total": "含交互作用",
    "multiverse.smallest": "中位数最低",
    "multiverse.largest": "中位数最高",
    "multiverse.figures": "已公布的数字在各种问法中的位置（按各自的日期）",
    "multiverse.said": "出自",
    "multiverse.figure": "数字（月）",
    "multiverse.percentile": "低于它的问法",
    "multiverse.near": "接近它的问法",
    "multiverse.own": "按其自身的选择",
    "multiverse.often": "最常得出它的算法",
    "multiverse.near_note": "接近：与该数字相差不超过半个月，或落在公布的范围之内。按其自身的选择："
    "在发布者说明的选择之下，这份证据给出的结果，并附未说明的选择造成的范围。",
    "multiverse.ways_title": "每一种问法：{follower_in}落后{leader_in}",
    "multiverse.ways_note": "上图：{count} 种问法按答案排列，并按图宽均匀抽取，附 {level}% 区间；"
    "色带包含居中的 {level}% 问法，横线为中位数。下图：每种问法的选择。右侧：采用该选择的全部问法"
    "的中位数。百分数：对差异的解释比例，含交互作用。",
    "multiverse.ways_text": "在 {count} 种问法中，中位数为 {median} 个月；{level}% 介于 {low} 与 "
    "{high} 之间。{parts}",
    "multiverse.part": "{choice}：从 {low}（{first}）到 {high}（{last}）。",
    "multiverse.median": "中位数",
    "multiverse.middle": "问法中位数",
    "multiverse.heading": "每一种问法",
    "multiverse.lead": "单一数字掩盖了背后的选择。这里用一组精简的选择，把问题按每种组合各问一遍；"
    "完整的组合可用命令行另行计算。",
    "page.nav_multiverse": "各种问法",
}


def value(words: "Words", choice: str, raw: str) -> str:
    """Name of a value of a choice; a ruler or a domain without one keeps its own.

    >>> from headway.report.words import Words
    >>> value(Words("en"), "subset", "without-math"), value(Words("zh"), "tie", "1")
    ('without: Mathematics', '1 分')
    """
    if choice == "tie":
        return words("tie.one") if raw == "1" else words("tie.points", tie=raw)
    if choice == "as_of":
        return raw
    if choice == "dates":
        return words.known("noun", raw)
    if choice == "ruler":
        return words(f"scale.{raw}") if words.has(f"scale.{raw}") else raw
    if choice == "candidates":
        rule, _, fewest = raw.partition("-")
        name = words(f"candidates.{rule}")
        return words("candidates.fewest", rule=name, n=fewest) if fewest else name
    if choice == "subset" and raw.startswith("without-"):
        domain = words.known("domain", raw.removeprefix("without-"))
        return words("subset.without", domain=domain)
    if choice not in ("subset", "weights", "answer"):
        raise UsageError(f"{choice!r} is no choice")
    return words.known(choice, raw)
