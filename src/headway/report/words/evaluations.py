"""The words of predicted scores and of what to evaluate next, in English and Chinese."""

ENGLISH: dict[str, str] = {
    "status.predicted": "predicted",
    "status.observed": "has a score",
    "quantity.score": "score",
    "quantity.expected_width": "expected width of the interval",
    "predict.empty": "Predicted scores where a model has none",
    "predict.observed": "Predictions where a model has a score",
    "predict.all": "Predicted scores, with and without a score",
    "predict.column_score": "Predicted score",
    "predict.column_n": "Its scores",
    "predict.unit": "Scores are percent of the way from chance to the ceiling of the benchmark.",
    "predict.interval": "The interval is one for the score that would be reported, with the noise "
    "of an evaluation.",
    "predict.seen": "Where a model has a score, the fit knew it; such a prediction is no test of "
    "the ruler.",
    "predict.more": "{count} more: {most} or {json} shows them.",
    "next.lag": "the lag of {follower_in} behind {leader_in}",
    "next.gap": "the gap between {leader_in} and {follower_in}",
    "next.model": "the capability of {model}",
    "next.pair": "the difference in capability between {model} and {against}",
    "next.sentence": "A score of {model} on {benchmark} is expected to shrink the {level}% "
    "interval of {answer} from {now} to {width}, by {percent}%.",
    "next.cells": "Which score would say most about {answer}",
    "next.benchmarks": "Which benchmark to run on a few models",
    "next.column_width": "Expected width",
    "next.column_shrinks": "Shrinks by (%)",
    "next.column_together": "Shrinks by, together (%)",
    "next.width": "Widths are those of a normal distribution with the variance of the draws; the "
    "interval of the answer itself may be lopsided and a little wider or narrower.",
    "next.small": "Rows that differ by a tenth of themselves may change places with another "
    "--seed; more --draws settle them.",
    "next.linear": "Of {answer}, evaluations are promised only what a straight line in a few "
    "capabilities explains.",
    "next.together": "Together: the information of these models’ scores added up. They say in "
    "part the same, so it is a guide and not a promise.",
}

CHINESE: dict[str, str] = {
    "status.predicted": "预测",
    "status.observed": "已有成绩",
    "quantity.score": "成绩",
    "quantity.expected_width": "区间的预期宽度",
    "predict.empty": "模型尚无成绩的测试，预测成绩如下",
    "predict.observed": "模型已有成绩的测试，预测成绩如下",
    "predict.all": "预测成绩（含已有成绩的测试）",
    "predict.column_score": "预测成绩",
    "predict.column_n": "该模型成绩数",
    "predict.unit": "成绩为百分比：0 相当于随机水平，100 相当于该测试的满分。",
    "predict.interval": "区间针对将会公布的成绩，含一次测评本身的噪声。",
    "predict.seen": "模型已有成绩之处，拟合时用到了该成绩，因此这类预测不能用来检验标尺。",
    "predict.more": "另有 {count} 行：用 {most} 或 {json} 查看。",
    "next.lag": "{follower_in}落后{leader_in}的时间",
    "next.gap": "{leader_in}与{follower_in}的能力差距",
    "next.model": "{model} 的能力值",
    "next.pair": "{model} 与 {against} 的能力差",
    "next.sentence": "如果测得 {model} 在 {benchmark} 上的成绩，{answer}的 {level}% 区间宽度"
    "预计从 {now}缩小到 {width}，缩小 {percent}%。",
    "next.cells": "最能说明“{answer}”的成绩",
    "next.benchmarks": "选少数模型，跑哪一项测试",
    "next.column_width": "预期宽度",
    "next.column_shrinks": "缩小（%）",
    "next.column_together": "合计缩小（%）",
    "next.width": "宽度按与抽样方差相同的正态分布计算；答案本身的区间可能不对称，宽窄略有出入。",
    "next.small": "数值只差一成左右的几行，换一个种子就可能互换位置；增加抽样次数可使次序稳定。",
    "next.linear": "对于{answer}，只有能由少数模型的能力值线性解释的部分才计入预期。",
    "next.together": "合计：把这几个模型的成绩所含的信息相加。它们有一部分说的是同一件事，"
    "因此只作参考，不是承诺。",
}
