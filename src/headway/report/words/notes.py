"""Notes of the computations in Chinese, by the pattern of the English sentence."""

import re
from functools import cache
from typing import TYPE_CHECKING

from headway.report.words.contests import CONTESTS

if TYPE_CHECKING:
    from headway.report.words import Words

# Every pattern is a whole sentence as some computation writes it; {1} is its first group,
# {group1} the same as the name of a group of models, {basis1} as that of a kind of date.
_CHINESE: tuple[tuple[str, str], ...] = (
    (r"ECI-compatible \(refit\)", "与 ECI 兼容的标尺（重新拟合）"),
    (r"Logistic curves \(refit\)", "逻辑曲线标尺（重新拟合）"),
    (
        r"The slope of (.+?) is fixed at 1 in place of that of (.+?): values are not those of "
        r"Epoch's index\.",
        "斜率固定为 1 的测试是 {1}，而不是 {2}：所得数值不是 Epoch 指数的数值。",
    ),
    (
        r"(\S+) draws? (?:is|are) too few for an interval at (\S+)%: it takes at least (\S+)\.",
        "抽样仅 {1} 次，不足以给出 {2}% 区间：至少需要 {3} 次。",
    ),
    (
        r"The spread of (\d+) configurations is the unit here: so few fix it poorly, and intervals "
        r"leave that out\.",
        "标尺以 {1} 种配置的能力离散程度为单位：数量太少，单位本身定得不准，区间未计入这一点。",
    ),
    (r"[Cc]alibrated", "校准标尺"),
    (
        r"The process was stopped after (\d+) steps; the last moved a capability by (\S+) standard "
        r"errors\.",
        "残差过程的拟合在第 {1} 步停止；最后一步仍使某个模型的能力值移动了 {2} 个标准误。",
    ),
    *CONTESTS,
    (
        r"The claim (\S+) speaks of (\S+), after the evidence\.",
        "论断 {1} 说的是 {2}，晚于现有证据。",
    ),
    (
        r"(\d+) draws did not reach the tolerance; they are kept as they are\.",
        "有 {1} 次抽样的拟合未达到收敛标准，仍按原样保留。",
    ),
    (
        r"In (\d+) draws the anchors change places; those are undefined\.",
        "有 {1} 次抽样中两个定标模型次序颠倒，这些抽样视为无定义。",
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
        r"models announced by (\S+); (\d+) models without a day of announcement are left out: "
        r"(.+)",
        "只含截至 {1} 已发布消息的模型；另有 {2} 个模型没有发布日期，未计入：{3}。",
    ),
    (r"as recorded by (\S+)", "只含截至 {1} 已记录的事实。"),
    (
        r"scores were taken as raw: the benchmarks name their ceilings",
        "成绩按原始分数处理：各项测试已给出满分。",
    ),
    (
        r"scores of (\d+) benchmarks without a ceiling were taken as normalised: 0 is chance and 1"
        r" is the best possible",
        "有 {1} 项测试没有给出满分，其成绩按归一化成绩处理：0 为随机水平，1 为最高水平。",
    ),
    (
        r"chance was taken as 0: the benchmarks do not name it",
        "各项测试没有给出随机水平，按 0 处理。",
    ),
    (
        r"raw scores of (.+) are used by no scale: their ceiling is not known",
        "{1} 的满分未知，其原始成绩未用于任何标尺。",
    ),
    (
        r"(.+) of (models|benchmarks) were taken from the columns of scores",
        "表 {2} 中的 {1} 取自表 scores 的各列。",
    ),
    (
        r"attributes of models were taken from the columns (.+) of models",
        "模型的自定义属性取自表 models 的列 {1}。",
    ),
    (
        r"wide: attributes of models were taken from the columns (.+); they make groups such as"
        r" (.+)",
        "宽表的列 {1} 作为模型的自定义属性，可用于分组，例如 {2}。",
    ),
    (
        r"wide: one row per model and one column per benchmark: (.+) \((\d+) benchmarks\)",
        "宽表：每行一个模型，每列一项测试：{1}（共 {2} 项测试）。",
    ),
    (
        r"wide: columns that are no benchmarks are left out: (.+)",
        "宽表中不是测试的列未计入：{1}。",
    ),
    (
        r"wide: the columns (.+) are not used",
        "宽表的列 {1} 未使用。",
    ),
    (
        r"wide: (\d+) cells of (\d+) benchmarks are empty and no scores",
        "宽表中 {2} 项测试共有 {1} 个空单元格，不计为成绩。",
    ),
    (
        r"wide: (\d+) rows have no cell filled and are no scores",
        "宽表中有 {1} 行全空，不计为成绩。",
    ),
    (
        r"scores: several rows say one thing in (\d+) cases, and the best row counts: (.+)",
        "有 {1} 处同一成绩有多行，取最高的一行：{2}。",
    ),
    (
        r"scores: several rows say one thing in (\d+) cases, and the latest row counts: (.+)",
        "有 {1} 处同一成绩有多行，取最新的一行：{2}。",
    ),
    (
        r"scores: several rows say one thing in (\d+) cases, and the mean of the rows counts: (.+)",
        "有 {1} 处同一成绩有多行，取各行的平均值：{2}。",
    ),
    (
        r"scores: (\d+) rows that repeat another are left out",
        "有 {1} 行重复的成绩未计入。",
    ),
    (
        r"responses: several rows say one thing in (\d+) cases, and the best row counts: (.+)",
        "有 {1} 处同一作答有多行，取最高的一行：{2}。",
    ),
    (
        r"responses: several rows say one thing in (\d+) cases, and the mean of the rows counts: "
        r"(.+)",
        "有 {1} 处同一作答有多行，取各行的平均值：{2}。",
    ),
    (
        r"responses: (\d+) rows that repeat another are left out",
        "有 {1} 行重复的作答未计入。",
    ),
    (
        r"scores were taken as normalised: 0 is chance and 1 is the best possible",
        "成绩按归一化成绩处理：0 为随机水平，1 为最高水平。",
    ),
    (
        r"As of (\S+), the anchor (.+?) had no scores: the scale is fixed by (.+?) at (\S+) and "
        r"(.+?) at (\S+) points, their values with all the evidence\.",
        "截至 {1}，定标模型 {2} 尚无成绩：标尺改由 {3}（{4} 分）与 {5}（{6} 分）固定，"
        "这两个数值取自全部证据的拟合。",
    ),
    (
        r"In (\d+) draws a ruler of one side is undefined; those are left out\.",
        "有 {1} 次抽样中一侧的标尺无定义，已略去。",
    ),
    (
        r"two rulers: (\d+) models of (.+?) have at least (\d+) (\w+) and \d+ (\w+) scores, and "
        r"(\d+) are needed for two rulers\.",
        "两把标尺：{group2}一方两类成绩各有至少 {3} 项的模型只有 {1} 个，而需要 {6} 个。",
    ),
    (
        r"two rulers: neither ruler has both groups in its last twelve months\.",
        "两把标尺：最近十二个月内，两把标尺上都缺少其中一方。",
    ),
    (
        r"two rulers: the anchor '(.+?)' has no scores on this ruler, so nothing fixes its "
        r"points\.",
        "两把标尺：定标模型 {1} 在其中一把标尺上没有成绩，无法固定刻度。",
    ),
    (
        r"two rulers: the scores fall apart into (\d+) groups of models that share no benchmark, "
        r"so their capabilities cannot be compared\.",
        "两把标尺：成绩分成互不相连的 {1} 组模型，能力无法比较。",
    ),
    (
        r"(.+?): number of items unknown, so no sampling noise\.",
        "{1}：题数未知，因此没有抽样误差。",
    ),
    (
        r"(\d+) scores state a standard error of 0, which is none: taken as unknown\.",
        "有 {1} 个成绩标明的标准误为 0，这不是误差，按未知处理。",
    ),
    (
        r"(.+?): (\d+) ratings state an error or an interval of 0, which is none: taken as "
        r"unknown\.",
        "{1}：有 {2} 个评分标明的误差或区间为 0，这不是误差，按未知处理。",
    ),
    (
        r"(\d+) published horizons state an interval of 0, which is none: taken as unknown\.",
        "有 {1} 个公布的时间跨度标明的区间为 0，这不是区间，按未知处理。",
    ),
    (
        r"The answers do not tell the models apart: as large differences arise between equal "
        r"models with probability (\S+)\.",
        "这些答案无法区分各模型：能力相同的模型之间出现这样大的差异，概率为 {1}。",
    ),
    (
        r"The spread of abilities is no unit here, because (\d+) configurations would "
        r"fix it themselves: they stand in (\w+), no question is called mis-keyed, and "
        r"the spread's uncertainty is in the intervals\.",
        "此处不能以能力的离散程度为单位，因为只有 {1} 种配置，单位会由它们自身决定：能力改以{unit2}"
        "为单位，不判定任何题目的标准答案有误，离散程度的不确定性已计入区间。",
    ),
    (
        r"The spread of abilities is no unit here, because too little is known of it \(p (\S+)\): "
        r"they stand in (\w+), no question is called mis-keyed, and the spread's uncertainty is "
        r"in the intervals\.",
        "此处不能以能力的离散程度为单位，因为对它所知太少（p 值 {1}）：能力改以{unit2}为单位，"
        "不判定任何题目的标准答案有误，离散程度的不确定性已计入区间。",
    ),
    (
        r"(\d+) models lack a component of (.+?) and are left out; the table 'missing' says "
        r"which\.",
        "有 {1} 个模型缺少{2}的某一项，未计入；详见缺项表。",
    ),
    (
        r"(\d+) models with less than (\S+)% of the weight of (.+?) are left out\.",
        "有 {1} 个模型的成绩在{3}中所占权重不足 {2}%，未计入。",
    ),
    (
        r"(\d+) empty cells of (\d+) models are filled by the rule (\w+)\.",
        "{2} 个模型的 {1} 个空缺已按规则 {3} 补入。",
    ),
    (
        r"Resampling (\d+) benchmarks says little about others: the intervals are too narrow\.",
        "只对 {1} 项测试重抽样，难以推及其他测试：区间偏窄。",
    ),
    (
        r"(\d+) answers to items without a human time are left out\.",
        "有 {1} 个答案所属的题目没有人类用时，未计入。",
    ),
    (
        r"(\d+) answers that failed by a technical error count as missing\.",
        "有 {1} 个因技术故障而失败的答案按缺失处理。",
    ),
    (
        r"(\d+) models have several variants, pooled into one\.",
        "有 {1} 个模型有多个版本，已合并为一个。",
    ),
    (
        r"(\d+) models that tried fewer than (\d+) tasks are left out\.",
        "有 {1} 个模型尝试的任务少于 {2} 个，未计入。",
    ),
    (
        r"(\d+) models have several variants; the best of each counts\.",
        "有 {1} 个模型有多个版本，各取最好的一个。",
    ),
    (
        r"The horizon of (\d+) models lies outside the tasks, which take from (\S+) to (\S+) "
        r"minutes; it is a bound\.",
        "有 {1} 个模型的时间跨度超出任务范围（{2} 至 {3} 分钟），只给出界限。",
    ),
    (
        r"The tasks form (\d+) families only, so intervals say little\.",
        "任务只分为 {1} 组，区间的参考价值有限。",
    ),
    (
        r"Published horizons have no paired draws: those of two models are independent\.",
        "公布的时间跨度没有成对抽样：不同模型的抽样相互独立。",
    ),
    (
        r"(\d+) published horizons are of no model of this dataset and left out\.",
        "有 {1} 个公布的时间跨度不属于本数据集的模型，未计入。",
    ),
    (
        r"(\d+) records whose horizon is only a bound are left out\.",
        "有 {1} 个纪录的时间跨度只有界限，未计入。",
    ),
    (
        r"(\d+) pairs of rulers have draws of two sets, matched at random \(seed (\d+)\)\.",
        "有 {1} 对标尺的抽样不属同一组，已随机配对（种子 {2}）。",
    ),
    (
        r"(.+?): no draws, so the intervals hold the noise of the other ruler only\.",
        "{1}：没有抽样，因此区间只含另一把标尺的噪声。",
    ),
    (
        r"(\d+) pairs of rulers have fewer than (\d+) models in common\.",
        "有 {1} 对标尺的共有模型少于 {2} 个。",
    ),
    (
        r"The rulers rest on different evidence \((.+)\), so they may differ by that as well\.",
        "各标尺所依据的证据不同（{1}），差异也可能由此而来。",
    ),
    (r"(\S+)% time horizon", "{1}% 时间跨度"),
    (r"(\S+)% time horizon \(published\)", "{1}% 时间跨度（已公布）"),
    (r"ECI-compatible \(refit\): (\w+)", "与 ECI 兼容的标尺（重新拟合）：{domain1}"),
    (r"Logistic curves \(refit\): (\w+)", "逻辑曲线标尺（重新拟合）：{domain1}"),
    (
        r"(\d+) models have another id in the later dataset and are compared by name\.",
        "有 {1} 个模型在较新的数据集中标识不同，按名称对应。",
    ),
    (
        r"(\d+) benchmarks have another id in the later dataset and are compared by name\.",
        "有 {1} 项测试在较新的数据集中标识不同，按名称对应。",
    ),
    (
        r"(\d+) organisations have another id in the later dataset and are compared by name\.",
        "有 {1} 家机构在较新的数据集中标识不同，按名称对应。",
    ),
    (r"(\d+) votes without a day are left out\.", "有 {1} 张没有日期的选票未计入。"),
    (
        r"(\d+) votes that both answers are bad are left out\.",
        "有 {1} 张“两个回答都不好”的选票未计入。",
    ),
    (r"(\d+) votes without a domain are left out\.", "有 {1} 张没有领域的选票未计入。"),
    (r"(\d+) votes without a month are left out\.", "有 {1} 张没有日期的选票未计入。"),
    (r"(\d+) votes without a covariate are left out\.", "有 {1} 张缺少协变量的选票未计入。"),
    (
        r"(\d+) votes without a cluster are each taken for one\.",
        "有 {1} 张未标明所属组的选票，各自视为一组。",
    ),
    (
        r"(\d+) votes of a model against itself are left out: they say nothing about its "
        r"strength\.",
        "有 {1} 张模型与自身比较的选票未计入：这类选票不能说明模型的强弱。",
    ),
    (
        r"(\d+) models with fewer than (\d+) votes are left out\.",
        "有 {1} 个模型的选票少于 {2} 张，未计入。",
    ),
    (
        r"The votes bound (\d+) models from one side only \((.+?)\): a normal prior with a "
        r"standard deviation of (\d+) points keeps their ratings finite\.",
        "选票只能从一侧约束 {1} 个模型（{2}）：以标准差为 {3} 分的正态先验使其评分保持有限。",
    ),
    (
        r"In (\d+) draws some model won or lost every vote; a prior bounds those\.",
        "有 {1} 次抽样中出现全胜或全负的模型，这些抽样用先验加以约束。",
    ),
    (
        r"The votes come from (\d+) clusters: with fewer than (\d+) the intervals are too narrow\.",
        "选票来自 {1} 个组：少于 {2} 个组时，区间偏窄。",
    ),
    (r"(.+?): published ratings have no paired draws\.", "{1}：公布的评分没有成对抽样。"),
    (
        r"(.+?): the best variant of each model counts; for (\d+) models it is not the default\.",
        "{1}：每个模型取评分最高的版本；其中 {2} 个模型取的不是默认版本。",
    ),
    (
        r"(.+?): how the errors of the ratings go together was not published; the draws take them "
        r"for independent\.",
        "{1}：评分误差之间的关联未公布，抽样时视为相互独立。",
    ),
    (
        r"(.+?): (\d+) ratings have no error and stand as they are: (.+?)\.",
        "{1}：有 {2} 个评分没有误差，按原值计入：{3}。",
    ),
    (
        r"There is no tie: the default of 1 point is one of points that two anchors fix, and this "
        r"ruler measures in (.+?)\. A tie here names its unit, such as 2 .+\.",
        "没有打平容差：默认的 1 分指由两个定标模型固定的分数，而这把标尺以{unit1}为单位。"
        "如需打平容差，请写明单位。",
    ),
    (
        r"There is no tie: the default of 1 point is for scales on which a point is little, and "
        r"this one is (\S+) points from its lowest to its highest model\. A tie here is asked for, "
        r"such as (\S+)\.",
        "没有打平容差：默认的 1 分适用于 1 分算是很小的标尺，"
        "而这把标尺从最低到最高的模型只有 {1} 分。"
        "如需打平容差，请自行指定，例如 {2}。",
    ),
    (
        r"A tie of (\S+) (.+?) is (\d+)% of the whole scale, from its lowest to its highest "
        r"model\.",
        "打平容差 {1}（{unit2}）相当于整把标尺（从最低到最高的模型）的 {3}%。",
    ),
    (
        r"(\d+) of (\d+) rows \(past_follow_up\) ha(?:ve|s) .+\.",
        "{2} 行中有 {1} 行是限定到某一期限的平均值，而没有一次等待被观察到那么久："
        "仍有等待未结束之处，曲线的最后一个值一直沿用到期限。",
    ),
    (
        r"(\d+) of (\d+) rows \(no_spread\) ha(?:ve|s) .+\.",
        "{2} 行中有 {1} 行的区间没有宽度：几乎每次抽样都得出同一数值，抽样说明不了它有多可靠。",
    ),
    (
        r"(\d+) of (\d+) rows \(outside_interval\) ha(?:ve|s) .+\.",
        "{2} 行中有 {1} 行的估计值在区间之外：抽样的噪声叠加在证据的噪声之上，使最高值偏向一侧，"
        "因此区间描述的只是抽样。",
    ),
    (
        r"(\d+) of (\d+) rows \(short_period\) ha(?:ve|s) .+\.",
        "{2} 行中有 {1} 行，其时段内可以比较的日子不足九成。",
    ),
    (
        r"(\d+) models of (.+?) cannot be used in (\S+) and are left out: (.+?)\.",
        "{group2}一方有 {1} 个模型在 {3} 不能使用，未计入：{4}。",
    ),
    (
        r"Nothing known of the availability of the models of (.+?) differs under the "
        r"options (.+)\.",
        "就已知的可用情况而言，{group1}一方的模型在选项 {2} 下没有变化。",
    ),
    (
        r"The option (\S+) has no effect on (.+)\.",
        "选项 {1} 对 {2} 不起作用。",
    ),
    (
        r"(\d+) models without a variant called default are left out\.",
        "有 {1} 个模型没有默认配置，未计入。",
    ),
    (
        r"(\d+) configurations with fewer than (\d+) answers are left out\.",
        "有 {1} 种配置的作答少于 {2} 次，未计入。",
    ),
    (
        r"(\d+) models have several variants: each model is placed by the one with the highest "
        r"estimate\.",
        "有 {1} 个模型有多种配置：每个模型取估计值最高的一种。",
    ),
    (
        r"(\d+) models and (\d+) questions have nothing right or nothing wrong: only the prior "
        r"keeps their values finite\.",
        "有 {1} 个模型和 {2} 道题全对或全错：其数值仅靠先验保持有限。",
    ),
    (
        r"(\d+) of (\d+) questions look mis-keyed: better models fail them more often \(false "
        r"discovery rate (\d+)%\)\.",
        "{2} 道题中有 {1} 道的标准答案可能有误：能力越强的模型越常答错（错误发现率 {3}%）。",
    ),
    (
        r"(\d+) questions are easier for (.+?), (\d+) for (.+?) than abilities explain \(false "
        r"discovery rate (\d+)%\)\.",
        "就能力而言，有 {1} 道题对{group2}一方偏易，{3} 道题对{group4}一方偏易"
        "（错误发现率 {5}%）。",
    ),
    (
        r"With (\d+) models, the draws leave out what the questions' uncertainty adds\.",
        "模型多达 {1} 个，抽样未计入题目参数的不确定性。",
    ),
    (
        r"Only scores with (.+?) count: (\S+) of (\S+)\.",
        "只计部分成绩（{1}）：{3} 项中的 {2} 项。",
    ),
)

_RANK = re.compile(r" \(rank (\d+)\)")
_COMMA = re.compile(r", (?![^()]*\))")
_MORE = re.compile(r" and (\d+) more$")


def _listed(part: str) -> str:
    named = _COMMA.sub("、", _RANK.sub(r"（第 \1 名）", part))
    return _MORE.sub(r" 等，另有 \1 个", named).replace("） 等", "）等")


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
            groups = [_listed(part) for part in found.groups()]
            parts = {f"group{k}": words.group(part) for k, part in enumerate(found.groups(), 1)}
            parts |= {
                f"basis{k}": words.known("noun", part) for k, part in enumerate(found.groups(), 1)
            }
            parts |= {
                f"unit{k}": words.known("unit", part or "")
                for k, part in enumerate(found.groups(), 1)
            }
            parts |= {
                f"domain{k}": words.known("domain", part)
                for k, part in enumerate(found.groups(), 1)
            }
            return chinese.format(text, *groups, **parts)
    return None
