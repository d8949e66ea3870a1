"""Notes on the models, days and lags of a contest in Chinese, by the pattern of the sentence."""

# As in :mod:`headway.report.words.notes`, whose patterns these are too.
CONTESTS: tuple[tuple[str, str], ...] = (
    (
        r"(\d+) models? of (.+?) (?:have|has) no (\w+) date and (?:are|is) left out: (.+?)\.",
        "{group2}一方有 {1} 个模型没有{basis3}，未计入：{4}。",
    ),
    (
        r"(\d+) models? may belong to (.+?) \(([^()]+?) not known\) and (?:are|is) left out: "
        r"(.+?)\.",
        "有 {1} 个模型是否属于{group2}一方不明（属性 {3} 未知），未计入：{4}。",
    ),
    (
        r"Dates after (\S+), when the newest row was recorded, do not move the last day: (.+?)\.",
        "晚于 {1}（最新一行数据的记录日）的日期不影响最后一日：{2}。",
    ),
    (
        r"(\S+): The frontier of (.+?) may stand too low, and what rests on it is incomplete: it "
        r"would be raised by (.+?)\.",
        "标尺 {1}：{group2}的前沿可能偏低，依此得出的数字不完整：若计入 {3}，前沿会更高。",
    ),
    (
        r"The frontier of (.+?) may stand too low, and what rests on it is incomplete: it would be "
        r"raised by (.+?)\.",
        "{group1}的前沿可能偏低，依此得出的数字不完整：若计入 {2}，前沿会更高。",
    ),
    (
        r"(\d+) models of (.+?) with fewer than (\d+) scores are left out: (.+?)\.",
        "{group2}一方有 {1} 个模型的成绩少于 {3} 项，未计入：{4}。",
    ),
    (
        r"(\d+) models with fewer than (\d+) scores have a value and no rank: (.+?)\.",
        "有 {1} 个模型的成绩少于 {2} 项，有数值而不排名：{3}。",
    ),
    (
        r"The days from (\S+) to (\S+) lie after the evidence: as no model that came out on them "
        r"is known, what is measured there only grows with the calendar\.",
        "{1} 至 {2} 晚于现有证据：不知道这些日子里有哪些模型问世，其间的数字只随日历增长。",
    ),
    (
        r"(.+?) and (.+?) are the same models, so neither can be ahead\.",
        "{group1}与{group2}是同一批模型，谁也不可能领先。",
    ),
    (
        r"Every model of (.+?) is one of (.+?) too, so (.+?) cannot be ahead\.",
        "{group1}的每个模型也属于{group2}，所以{group3}不可能领先。",
    ),
    (
        r"Every model of (.+?) is one of (.+?) too, so (.+?) cannot be behind\.",
        "{group1}的每个模型也属于{group2}，所以{group3}不可能落后。",
    ),
    (r"The first model of (.+?) is left out\.", "{group1}一方的第一个模型未计入。"),
    (
        r"thresholds: (\d+) thresholds that the first measured model of a group had already "
        r"passed are left out\.",
        "单项测试的分数线：任一方首个受测模型早已越过的 {1} 条分数线未计入。",
    ),
    (
        r"trend: fewer than 60 days from (\S+) to the last day\.",
        "直线趋势：从 {1} 到最后一日不足 60 天。",
    ),
    (
        r"trend: fewer than 3 records of a group since (\S+)\.",
        "直线趋势：自 {1} 以来有一方的纪录不足 3 个。",
    ),
    (
        r"trend: the lines go through the frontier on every day\.",
        "直线趋势：直线拟合的是前沿线每一天的水平。",
    ),
    (
        r"Calendar years before (\d+) are not listed apart\.",
        "{1} 年以前的各年份不单独列出。",
    ),
    (
        r"The series from day to day has ([\d,]+) of ([\d,]+) days\.",
        "逐日序列只含 {2} 天中的 {1} 天。",
    ),
    (r"trend: the lines go through the records\.", "直线趋势：直线拟合的是各个纪录点。"),
)
