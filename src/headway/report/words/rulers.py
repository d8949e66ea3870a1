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
    "column.ruler": "Ruler",
    "column.ruler_gap": "Gap now",
    "column.benchmarks": "Benchmarks",
    "column.models": "Models",
    "column.tie": "Tie",
    "amount.points": "{value} points",
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
    "page.rulers_tie": "{tie} 分以内算作持平，这个容差以分为单位。"
    "用其他单位计量的标尺没有容差，得出的差距因而偏长：{names}。",
    "page.rulers_own": "每把标尺都是一个简短的文本文件。下面第一条命令说明某把标尺的内容，"
    "第二条命令为您自己的标尺起个头。",
    "page.rulers_caption": "按每一把标尺计算，{follower_in}落后{leader_in}的时间",
    "page.ruler_fitted": "本报告使用的标尺是“{ruler}”，涵盖 {models} 个模型。",
    "page.ruler_benchmarks": "它使用 {count} 项测试。",
    "page.ruler_digest": "标尺",
    "chart.rulers_title": "按每一把标尺：{follower_in}落后{leader_in}多久",
    "chart.rulers_note": "圆点为估计值（月，{convention}），横条为 {level}% 区间。"
    "实心点是标题所用的标尺。没有横条的标尺只有公布的数值，没有抽样。",
    "column.ruler": "标尺",
    "column.ruler_gap": "目前差距",
    "column.benchmarks": "测试数",
    "column.models": "模型数",
    "column.tie": "容差",
    "amount.points": "{value} 分",
    "amount.percent": "{value} 个百分点",
    "amount.logits": "{value} 对数几率",
    "amount.doublings": "翻 {value} 番",
    "amount.standard deviations": "{value} 个标准差",
    "chart.percent": "百分比",
    "chart.doublings": "番",
    "chart.standard deviations": "标准差",
}
