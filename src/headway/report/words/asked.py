"""Words for what an answer says of its question and of its evidence."""

ENGLISH: dict[str, str] = {
    "asked.separator": "; ",
    "asked.space": " ",
    "asked.how": "{how}.",
    "asked.conventions": "{count} conventions",
    "asked.tie": "tie of {tie} {unit}",
    "asked.no_tie": "no tie",
    "asked.one.points": "point",
    "asked.ruler": "ruler: {ruler}",
    "asked.rulers": "{count} rulers",
    "asked.dataset": "Dataset {digest}.",
    "asked.evidence_covered": "Evidence to {day}, up to which {source} covers the field.",
    "asked.evidence_newest": "Evidence to {day}, the date of {model}, the newest model measured; "
    "no source says that it covers more.",
    "asked.evidence_unknown": "Nothing says how far the evidence reaches.",
    "asked.until": "Measured to {until}, as asked.",
    "asked.until_alone": "Measured to {until}, as asked; nothing says how far the evidence "
    "reaches.",
    "status.incomplete": "a model that would count is left out",
    "headline.incomplete": "Incomplete: a model that would raise a frontier is left out, for want "
    "of a date or of its group; the notes name it.",
}
CHINESE: dict[str, str] = {
    "asked.separator": "；",
    "asked.space": "",
    "asked.how": "{how}。",
    "asked.conventions": "{count} 种口径",
    "asked.tie": "打平容差 {tie} {unit}",
    "asked.no_tie": "没有打平容差",
    "asked.one.points": "分",
    "asked.ruler": "标尺：{ruler}",
    "asked.rulers": "{count} 把标尺",
    "asked.dataset": "数据集 {digest}。",
    "asked.evidence_covered": "证据截至{day}：来源 {source} 对该领域的覆盖到这一天为止。",
    "asked.evidence_newest": "证据截至{day}，即最新受测模型 {model} 的日期；"
    "没有来源声明覆盖到更晚。",
    "asked.evidence_unknown": "没有任何信息说明证据截至哪一天。",
    "asked.until": "按要求计算到{until}。",
    "asked.until_alone": "按要求计算到{until}；没有任何信息说明证据截至哪一天。",
    "status.incomplete": "有应计入的模型缺席",
    "headline.incomplete": "结果不完整：有模型因缺少日期或归属不明而未计入，若计入会抬高前沿；"
    "名称见说明。",
}
