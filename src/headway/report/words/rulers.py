"""The words of the section on rulers, in English and Chinese."""

ENGLISH: dict[str, str] = {
    "page.nav_rulers": "Rulers",
    "page.rulers_heading": "By whose ruler?",
    "page.rulers_lead": "Who holds the ruler decides what is measured. Here the same question, by "
    "the same convention and the same dates, is put to every ruler that comes with Headway: all "
    "benchmarks together, single fields, public or private questions, other testers, a plain "
    "mean, a published index.",
    "page.rulers_say": "{count} rulers answer: from {low} ({lowest}) to {high} months "
    "({highest}); half of them lie between {quarter} and {three_quarters}.",
    "page.rulers_one": "One ruler answers: {lowest}, {low} months.",
    "page.rulers_unknown": "{count} rulers have no answer here: {names}.",
    "page.rulers_unknown_one": "{name} ({reason})",
    "page.rulers_tie": "The tie of {tie} is a number of points. On rulers that measure in another "
    "unit there is no tie, which makes the lag longer: {names}.",
    "page.rulers_own": "Each ruler is a short text file. The command below says what is in one; "
    "another begins a ruler of your own.",
    "page.rulers_caption": "The lag of {follower_in} behind {leader_in} by every ruler",
    "page.ruler_fitted": "This report measures with the ruler “{ruler}”: {models} models.",
    "page.ruler_benchmarks": "It uses {count} benchmarks.",
    "page.ruler_digest": "Ruler",
    "chart.rulers_title": "By every ruler: {follower_in} behind {leader_in}",
    "chart.rulers_note": "Dots: estimates in months, {convention}; bars: {level}% intervals. The "
    "filled dot is the ruler of the headline. A ruler without a bar has published values but no "
    "draws.",
    "page.agreement_heading": "Do the rulers agree?",
    "page.agreement_lead": "Two rulers agree when they put the models that both measure in the "
    "same order. They can agree on the order and still disagree on a lag, because a lag hangs "
    "on a few models at the top.",
    "page.agreement_say": "Beside “{reference}”, the rank correlation is {middle} in the middle "
    "and {low} at the lowest ({lowest}).",
    "page.agreement_caption": "Rank correlation of every ruler with “{reference}”",
    "page.movers_heading": "Which models move, and why",
    "page.movers_caption": "Models that stand elsewhere than by “{reference}”",
    "page.events_heading": "Event by event",
    "page.events_lead": "No model is best at everything, so here is each event by itself: who "
    "leads it, and how long after the leader’s side the follower’s best model came to its "
    "level. Fewer scores, wider intervals.",
    "chart.events_domains_title": "By domain: who leads, and the lag of {follower_in}",
    "chart.events_benchmarks_title": "By single benchmark: who leads, and the lag of {follower_in}",
    "chart.agreement_value": "{value} · {models} models",
    "chart.agreement_rows_note": "Dots: Spearman’s rank correlation with “{reference}” over the "
    "models that both rulers measure, with {level}% intervals. 1 is the same order.",
    "column.led_by": "Led by",
    "column.led_since": "Since",
    "column.spearman": "Spearman",
    "column.kendall": "Kendall",
    "column.without_noise": "Without noise",
    "column.rank_reference": "Rank",
    "column.rank_other": "Rank there",
    "column.moved": "Places up",
    "column.why": "Why",
    "column.ruler": "Ruler",
    "column.ruler_gap": "Gap now",
    "column.benchmarks": "Benchmarks",
    "column.models": "Models",
    "column.tie": "Tie",
    "unit.points": "points",
    "unit.rating points": "rating points",
    "unit.percent": "percent",
    "unit.logits": "logits",
    "unit.doublings": "doublings",
    "unit.standard deviations": "standard deviations",
    "amount.points": "{value} points",
    "amount.rating points": "{value} rating points",
    "amount.percent": "{value} percentage points",
    "amount.logits": "{value} logits",
    "amount.doublings": "{value} doublings",
    "amount.standard deviations": "{value} standard deviations",
    "chart.percent": "percent",
    "chart.doublings": "doublings",
    "chart.standard deviations": "standard deviations",
}

CHINESE: dict[str, str] = {
    "page.nav_rulers": "各家标尺",
    "page.rulers_heading": "用谁的标尺？",
    "page.rulers_lead": "谁握着尺子，谁就决定量什么。这里用同一口径、同一套日期，"
    "把同一个问题交给 Headway 自带的每一把标尺：全部测试、单个领域、公开或非公开试题、"
    "不同的测试方、简单平均，以及已公布的指数。",
    "page.rulers_say": "{count} 把标尺给出答案：从 {low}（{lowest}）到 {high} 个月（{highest}）；"
    "其中一半落在 {quarter} 到 {three_quarters} 个月之间。",
    "page.rulers_one": "只有一把标尺给出答案：{lowest}，{low} 个月。",
    "page.rulers_unknown": "有 {count} 把标尺在此无法作答：{names}。",
    "page.rulers_unknown_one": "{name}（{reason}）",
    "page.rulers_tie": "{tie} 分的打平容差以分为单位。"
    "用其他单位计量的标尺没有打平容差，得出的差距因而偏长：{names}。",
    "page.rulers_own": "每把标尺都是一个简短的文本文件。下面第一条命令说明某把标尺的内容，"
    "第二条命令为您自己的标尺起个头。",
    "page.rulers_caption": "按每一把标尺计算，{follower_in}落后{leader_in}的时间",
    "page.ruler_fitted": "本报告使用的标尺是“{ruler}”，涵盖 {models} 个模型。",
    "page.ruler_benchmarks": "它使用 {count} 项测试。",
    "page.ruler_digest": "标尺",
    "chart.rulers_title": "按每一把标尺：{follower_in}落后{leader_in}多久",
    "chart.rulers_note": "圆点为估计值（月，{convention}），横条为 {level}% 区间。"
    "实心点是标题所用的标尺。没有横条的标尺只有公布的数值，没有抽样。",
    "page.agreement_heading": "各家标尺一致吗？",
    "page.agreement_lead": "如果两把标尺把双方都测过的模型排成同样的次序，它们就是一致的。"
    "次序一致，得出的时间差距仍可能不同，因为差距取决于最前面的少数几个模型。",
    "page.agreement_say": "与“{reference}”相比，秩相关的中位数为 {middle}，"
    "最低为 {low}（{lowest}）。",
    "page.agreement_caption": "每把标尺与“{reference}”的秩相关",
    "page.movers_heading": "哪些模型换了位置，原因何在",
    "page.movers_caption": "名次与“{reference}”不同的模型",
    "page.events_heading": "逐项比赛",
    "page.events_lead": "没有哪个模型样样第一，所以这里一项一项地看：谁领先，"
    "以及追赶方最好的模型比领先方晚多久达到同一水平。成绩越少，区间越宽。",
    "chart.events_domains_title": "分领域：谁领先，{follower_in}落后多久",
    "chart.events_benchmarks_title": "单项测试：谁领先，{follower_in}落后多久",
    "chart.agreement_value": "{value} · {models} 个模型",
    "chart.agreement_rows_note": "圆点：与“{reference}”的斯皮尔曼秩相关，只计两把标尺都测过的模型，"
    "附 {level}% 区间。1 表示次序完全相同。",
    "column.led_by": "领先者",
    "column.led_since": "始于",
    "column.spearman": "斯皮尔曼",
    "column.kendall": "肯德尔",
    "column.without_noise": "去噪后",
    "column.rank_reference": "名次",
    "column.rank_other": "换尺后名次",
    "column.moved": "上升位数",
    "column.why": "原因",
    "column.ruler": "标尺",
    "column.ruler_gap": "目前差距",
    "column.benchmarks": "测试数",
    "column.models": "模型数",
    "column.tie": "打平容差",
    "unit.points": "分",
    "unit.rating points": "评级分",
    "unit.percent": "百分点",
    "unit.logits": "对数几率",
    "unit.doublings": "倍增",
    "unit.standard deviations": "标准差",
    "amount.points": "{value} 分",
    "amount.rating points": "{value} 评级分",
    "amount.percent": "{value} 个百分点",
    "amount.logits": "{value} 对数几率",
    "amount.doublings": "翻 {value} 番",
    "amount.standard deviations": "{value} 个标准差",
    "chart.percent": "百分比",
    "chart.doublings": "番",
    "chart.standard deviations": "标准差",
}
