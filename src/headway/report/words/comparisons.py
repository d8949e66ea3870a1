"""The words of events, of agreement between rulers, of composites and of time horizons."""

ENGLISH: dict[str, str] = {
    "chart.events_title": "Who leads each event, and the lag of {follower_in}",
    "chart.events_note": "Dots: months by which the best of {follower_in} came after the first of "
    "{leader_in} at its level, with {level}% intervals; arrowheads: at least so much. On the "
    "right: the best model of all, and the share of the draws in which it is. No dot: too "
    "few models of one side. Left out, for want of models or of news for over a year: {count}.",
    "chart.events_domain": "Domains",
    "chart.events_benchmark": "Single benchmarks",
    "chart.event_leader": "{name} · {share}%",
    "chart.agreement_title": "How far the rulers agree",
    "chart.agreement_note": "Rank correlation over the models that two rulers share: Spearman’s "
    "below the diagonal, Kendall’s above; the darker, the more alike. The second line of a "
    "square is the {level}% interval. Numbers above the columns are those of the rows.",
    "chart.agreement_note_narrow": "Rank correlation over the models that two rulers share: "
    "Spearman’s below the diagonal, Kendall’s above; the darker, the more alike. Numbers above "
    "the columns are those of the rows.",
    "chart.agreement_pair": "{ruler} and {other}",
    "chart.movers_title": "Which models stand elsewhere on another ruler",
    "chart.movers_note": "Ticks: rank by “{reference}”. Dots: rank by the ruler named above the "
    "rows, among the models that both measure; 1 is the best. Tests with + or −: the model does "
    "better or worse there than its rank by “{reference}” says.",
    "chart.movers_note_narrow": "Ticks: rank by “{reference}”. Dots: rank by the ruler named above "
    "the rows, among the models that both measure; 1 is the best.",
    "chart.rank_axis": "Rank",
    "chart.sensitivity_title": "The ranking under other weights: {ruler}",
    "chart.sensitivity_note": "Dots: rank by the given weights; bars: the central {level}% of the "
    "ranks under {draws} weightings around them. On the right: the share of weightings under "
    "which the model leads.",
    "chart.doubling_title": "Time horizons: the frontier doubles every {days} days",
    "chart.doubling_note": "Dots: the human time of tasks that a model solves {share}% of the "
    "time, with {level}% intervals; only models that were the best so far count for the line. "
    "It doubles every {days} days ({line_level}% interval {low} to {high}).",
    "chart.doubling_axis": "Human time",
    "time.seconds": "{value} s",
    "time.minutes": "{value} min",
    "time.hours": "{value} h",
    "tip.rank": "Rank",
    "tip.correlation": "Correlation",
    "tip.models": "Models in common",
    "tip.horizon": "Horizon",
    "tip.leads": "Leads",
    "tip.why": "Why",
    "why.few_scores": "few scores",
    "why.imputed": "gaps filled in",
    "why.at_ceiling": "every score at the top",
    "why.at_floor": "every score at the bottom",
    "why.beyond_longest": "beyond the longest task",
    "why.below_shortest": "below the shortest task",
    "why.other_evidence": "other evidence than scores",
    "why.not_seen": "nothing in these scores explains it",
    "why.strong_on_other": "strong on tests that only this ruler uses",
    "why.weak_on_other": "weak on tests that only this ruler uses",
    "why.strong_on_reference": "strong on tests that this ruler does not use",
    "why.weak_on_reference": "weak on tests that this ruler does not use",
    "why.strong_on_both": "strong on tests of which this ruler has few others",
    "why.weak_on_both": "weak on tests of which this ruler has few others",
    "why.weights": "the same tests in other weights",
    "status.imputed": "with gaps filled in",
    "status.beyond_longest": "beyond the longest task",
    "status.below_shortest": "below the shortest task",
    "status.left_out": "left out",
    "status.leader": "leads",
    "status.never": "behind on every component",
    "quantity.spearman": "Spearman’s rank correlation",
    "quantity.kendall": "Kendall’s rank correlation",
    "quantity.spearman_without_noise": "Spearman’s rank correlation without noise",
    "quantity.doubling_time": "doubling time",
    "quantity.doublings_per_year": "doublings per year",
    "quantity.percent_difference": "difference in percent",
    "quantity.rank": "rank",
    "quantity.horizon_50": "50% horizon",
    "quantity.horizon_80": "80% horizon",
    "quantity.slope": "slope",
    "quantity.carrying_families": "families of tasks that carry it",
    "pairing.paired": "draws of one set",
    "pairing.matched": "draws matched at random",
    "pairing.one_sided": "draws of one ruler only",
    "pairing.none": "no draws",
}

CHINESE: dict[str, str] = {
    "chart.events_title": "逐项看：谁领先，{follower_in}落后多久",
    "chart.events_note": "圆点：{follower_in}最好的模型比{leader_in}首个达到同一水平的模型晚多少"
    "个月，附 {level}% 区间；三角箭头：至少如此。右侧：该项目中所有模型里最好的一个，及其"
    "居首的抽样占比。没有圆点：其中一方的模型太少。因模型太少或一年多没有新进展"
    "而未列出：{count} 项。",
    "chart.events_domain": "领域",
    "chart.events_benchmark": "单项测试",
    "chart.event_leader": "{name} · {share}%",
    "chart.agreement_title": "各标尺在多大程度上一致",
    "chart.agreement_note": "两把标尺共有模型的秩相关：对角线以下为斯皮尔曼系数，以上为肯德尔系数；"
    "颜色越深越一致。格中第二行为 {level}% 区间。列首的数字即行号。",
    "chart.agreement_note_narrow": "两把标尺共有模型的秩相关：对角线以下为斯皮尔曼系数，"
    "以上为肯德尔系数；颜色越深越一致。列首的数字即行号。",
    "chart.agreement_pair": "{ruler} 与 {other}",
    "chart.movers_title": "换一把标尺，哪些模型的名次变动最大",
    "chart.movers_note": "短竖线：按“{reference}”的名次。圆点：按各组上方所列标尺的名次，"
    "只计两把标尺都测过的模型；1 为最好。测试名前的 + 或 −：模型在该测试上的表现好于或差于"
    "按“{reference}”的名次应有的水平。",
    "chart.movers_note_narrow": "短竖线：按“{reference}”的名次。圆点：按各组上方所列标尺的名次，"
    "只计两把标尺都测过的模型；1 为最好。",
    "chart.rank_axis": "名次",
    "chart.sensitivity_title": "换一组权重后的名次：{ruler}",
    "chart.sensitivity_note": "圆点：按给定权重的名次；横条：在其附近抽取 {draws} 组权重，"
    "名次居中的 {level}%。右侧：该模型居首的权重组占比。",
    "chart.doubling_title": "时间跨度：前沿每 {days} 天翻一番",
    "chart.doubling_note": "圆点：模型有 {share}% 的把握完成的任务所需的人类用时，附 {level}% "
    "区间；只有当时最好的模型计入直线。直线每 {days} 天翻一番（{line_level}% 区间：{low} 至 {high} "
    "天）。",
    "chart.doubling_axis": "人类用时",
    "time.seconds": "{value} 秒",
    "time.minutes": "{value} 分钟",
    "time.hours": "{value} 小时",
    "tip.rank": "名次",
    "tip.correlation": "相关系数",
    "tip.models": "共有模型",
    "tip.horizon": "时间跨度",
    "tip.leads": "居首",
    "tip.why": "原因",
    "why.few_scores": "成绩太少",
    "why.imputed": "有缺项，已按规则补入",
    "why.at_ceiling": "全部成绩触顶",
    "why.at_floor": "全部成绩触底",
    "why.beyond_longest": "超出最长的任务",
    "why.below_shortest": "低于最短的任务",
    "why.other_evidence": "所依据的不是测试成绩",
    "why.not_seen": "这些成绩不能解释",
    "why.strong_on_other": "在只有这把标尺使用的测试上较强",
    "why.weak_on_other": "在只有这把标尺使用的测试上较弱",
    "why.strong_on_reference": "在这把标尺不使用的测试上较强",
    "why.weak_on_reference": "在这把标尺不使用的测试上较弱",
    "why.strong_on_both": "在这把标尺为数不多的测试上较强",
    "why.weak_on_both": "在这把标尺为数不多的测试上较弱",
    "why.weights": "测试相同，权重不同",
    "status.imputed": "缺项已补入",
    "status.beyond_longest": "超出最长的任务",
    "status.below_shortest": "低于最短的任务",
    "status.left_out": "未计入",
    "status.leader": "居首",
    "status.never": "每一项都落后",
    "quantity.spearman": "斯皮尔曼秩相关",
    "quantity.kendall": "肯德尔秩相关",
    "quantity.spearman_without_noise": "去除噪声后的斯皮尔曼秩相关",
    "quantity.doubling_time": "翻番时间",
    "quantity.doublings_per_year": "每年翻番次数",
    "quantity.percent_difference": "相差百分比",
    "quantity.rank": "名次",
    "quantity.horizon_50": "50% 时间跨度",
    "quantity.horizon_80": "80% 时间跨度",
    "quantity.slope": "斜率",
    "quantity.carrying_families": "起作用的任务组数",
    "pairing.paired": "同一组抽样",
    "pairing.matched": "抽样随机配对",
    "pairing.one_sided": "只有一把标尺有抽样",
    "pairing.none": "没有抽样",
}
