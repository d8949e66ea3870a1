"""Notes of lags in Chinese, by the pattern of the English sentence; see ``notes``."""

LAGS: tuple[tuple[str, str], ...] = (
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
