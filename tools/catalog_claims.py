"""Published figures about how far behind, as declared facts: who said what, when, where.

Statements are in our own words. The test of a claim is JSON:

- ``quantity``: ``lag_months``;
- ``leader``, ``follower``: groups of models as in ``headway lag``;
- ``comparator``: ``equals`` (``value``) or ``between`` (``low``, ``high``);
- ``as_of``: the day that the figure speaks of;
- ``choices``: what the publisher says about how it was found, in the terms of
  ``headway multiverse``; what is not said is not there;
- ``model``: where the figure is about a single model;
- ``remark``: what keeps it from being the same quantity.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from headway.errors import DataError

Row = dict[str, Any]

US_CHINA = ("country:US", "country:CN")
CLOSED_OPEN = ("closed", "open")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Where claims were published."""

    source: str
    title: str
    publisher: str
    url: str
    said_by: str
    said_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One figure: ``months`` is a number, or the two ends of a range."""

    claim: str
    of: Publication
    english: str
    chinese: str
    sides: tuple[str, str]
    months: float | tuple[float, float]
    as_of: date
    choices: dict[str, Any] = field(default_factory=dict)
    model: str | None = None
    remark: str | None = None


EPOCH_CHINA = Publication(
    source="claim-epoch-us-china-2026",
    title="Chinese AI models have lagged the US frontier by 7 months on average since 2023",
    publisher="Epoch AI",
    url="https://epoch.ai/data-insights/us-vs-china-eci",
    said_by="Epoch AI",
    said_on=date(2026, 1, 2),
)
EPOCH_OPEN_2025 = Publication(
    source="claim-epoch-open-2025",
    title="Open-weight models lag state-of-the-art by around 3 months on average",
    publisher="Epoch AI",
    url="https://epoch.ai/data-insights/open-weights-vs-closed-weights-models",
    said_by="Epoch AI",
    said_on=date(2025, 10, 30),
)
EPOCH_OPEN_2026 = Publication(
    source="claim-epoch-open-2026",
    title="Open models lag state-of-the-art closed models by 4 months",
    publisher="Epoch AI",
    url="https://epoch.ai/data-insights/open-closed-eci-gap",
    said_by="Epoch AI",
    said_on=date(2026, 5, 29),
)
IHLE = Publication(
    source="claim-ihle-2026",
    title="How far behind are open models?",
    publisher="LessWrong",
    url="https://www.lesswrong.com/posts/rJcCrXyEsJKmmDpWG/how-far-behind-are-open-models",
    said_by="Håvard Tveit Ihle",
    said_on=date(2026, 5, 28),
)
CAISI = Publication(
    source="claim-caisi-deepseek-v4-2026",
    title="CAISI evaluation of DeepSeek V4 Pro",
    publisher="NIST",
    url="https://www.nist.gov/news-events/news/2026/05/caisi-evaluation-deepseek-v4-pro",
    said_by="CAISI",
    said_on=date(2026, 5, 1),
)
DEEPSEEK = Publication(
    source="claim-deepseek-v4-2026",
    title="DeepSeek-V4 technical report",
    publisher="DeepSeek",
    url="https://huggingface.co/deepseek-ai/DeepSeek-V4-Pro",
    said_by="DeepSeek",
    said_on=date(2026, 4, 24),
)
ECONOMIST = Publication(
    source="claim-economist-2026",
    title="China is having another AI moment",
    publisher="The Economist",
    url="https://www.economist.com/china/2026/06/21/china-is-having-another-ai-moment",
    said_by="The Economist",
    said_on=date(2026, 6, 21),
)
DOUBLEWORD = Publication(
    source="claim-doubleword-2026",
    title="A frontier open source LLM will be released on 3 December 2026",
    publisher="Doubleword",
    url="https://blog.doubleword.ai/frontier-os-llm",
    said_by="Jamie Dborin",
    said_on=date(2026, 6, 22),
)
INTERCONNECTS = Publication(
    source="claim-interconnects-2026",
    title="Latest open artifacts 21",
    publisher="Interconnects",
    url="https://www.interconnects.ai",
    said_by="Interconnects",
    said_on=date(2026, 5, 16),
)
LEECH = Publication(
    source="claim-leech-2025",
    title="Paper AI Tigers",
    publisher="Gavin Leech",
    url="https://www.gleech.org/paper",
    said_by="Gavin Leech",
    said_on=date(2025, 11, 16),
)
SACKS = Publication(
    source="claim-sacks-2025",
    title="China is only 3-6 months behind US in AI, Trump official says",
    publisher="Bull Bear Daily",
    url="https://www.bullbeardaily.com/2025/06/10/china-is-only-3-6-months-behind-us-in-ai-trump-official-says",
    said_by="David Sacks",
    said_on=date(2025, 6, 10),
)

_DAILY = {"ruler": "eci", "subset": "all", "dates": "listed", "tie": 1}

CLAIMS = (
    Claim(
        claim="epoch-us-china-2026-01",
        of=EPOCH_CHINA,
        english="Over all days since 2023, China's best model was on average 7 months behind the "
        "United States' on the ECI.",
        chinese="自 2023 年以来按天平均，中国最好的模型在 ECI 上落后美国 7 个月。",
        sides=US_CHINA,
        months=7,
        as_of=date(2026, 1, 2),
        choices=_DAILY | {"answer": "daily-first-dropped"},
    ),
    Claim(
        claim="epoch-open-closed-2025-10",
        of=EPOCH_OPEN_2025,
        english="Averaged over the levels of the ECI, open-weight models were 3.5 months behind.",
        chinese="按 ECI 的各个水平平均，开放权重模型落后 3.5 个月。",
        sides=CLOSED_OPEN,
        months=3.5,
        as_of=date(2025, 10, 30),
        choices={"ruler": "eci", "subset": "all", "dates": "listed", "answer": "levels-all"},
        remark="differences within the noise counted as level; the publisher's 90% interval is 1.1 "
        "to 5.3",
    ),
    Claim(
        claim="epoch-open-closed-2026-05",
        of=EPOCH_OPEN_2026,
        english="From January to late May 2026 the best open model was on average 4 months behind "
        "what beat it beyond noise.",
        chinese="2026 年 1 月至 5 月下旬，若只计超出噪声的差距，最好的开放模型平均落后 4 个月。",
        sides=CLOSED_OPEN,
        months=4,
        as_of=date(2026, 5, 28),
        choices={"ruler": "eci", "subset": "all", "dates": "listed", "answer": "significant-year"},
    ),
    Claim(
        claim="epoch-open-closed-strict-2026-05",
        of=EPOCH_OPEN_2026,
        english="The same mean is 6 months when the open model has to exceed the closed one by "
        "the point estimate.",
        chinese="若要求开放模型的点估计超过闭源模型，同一平均值为 6 个月。",
        sides=CLOSED_OPEN,
        months=6,
        as_of=date(2026, 5, 28),
        choices={"ruler": "eci", "subset": "all", "dates": "listed", "tie": 0,
                 "answer": "daily-year"},
    ),
    Claim(
        claim="ihle-public-2026-05",
        of=IHLE,
        english="On public benchmarks the best open models equal closed ones of 4 to 6 months "
        "earlier.",
        chinese="在公开测试上，最好的开放模型相当于 4 至 6 个月前的闭源模型。",
        sides=CLOSED_OPEN,
        months=(4, 6),
        as_of=date(2026, 5, 28),
        choices={"subset": "public", "answer": "thresholds-now"},
    ),
    Claim(
        claim="ihle-private-2026-05",
        of=IHLE,
        english="On private benchmarks the same delay is 8 to 10 months.",
        chinese="在非公开测试上，同样的差距为 8 至 10 个月。",
        sides=CLOSED_OPEN,
        months=(8, 10),
        as_of=date(2026, 5, 28),
        choices={"subset": "private", "answer": "thresholds-now"},
    ),
    Claim(
        claim="caisi-deepseek-v4-2026-05",
        of=CAISI,
        english="DeepSeek V4 Pro is about 8 months behind the United States' frontier in CAISI's "
        "own tests.",
        chinese="在 CAISI 自己的测试中，DeepSeek V4 Pro 落后美国前沿约 8 个月。",
        sides=US_CHINA,
        months=8,
        as_of=date(2026, 5, 1),
        choices={"answer": "named-latest"},
        model="deepseek-v4-pro",
        remark="tests of its own, several of them not published",
    ),
    Claim(
        claim="caisi-deepseek-v4-self-reported-2026-05",
        of=CAISI,
        english="By the scores that its developer reports, DeepSeek V4 Pro resembles models of "
        "about 2 months earlier.",
        chinese="若按开发者自报的成绩，DeepSeek V4 Pro 相当于约 2 个月前的模型。",
        sides=US_CHINA,
        months=2,
        as_of=date(2026, 5, 1),
        choices={"answer": "named-latest"},
        model="deepseek-v4-pro",
        remark="scores reported by the developer only",
    ),
    Claim(
        claim="deepseek-v4-2026-04",
        of=DEEPSEEK,
        english="The developer places DeepSeek V4 about 3 to 6 months behind the state of the art.",
        chinese="开发者自己认为 DeepSeek V4 落后最先进水平约 3 至 6 个月。",
        sides=US_CHINA,
        months=(3, 6),
        as_of=date(2026, 4, 24),
        model="deepseek-v4-pro",
        remark="the developer's own table of benchmarks",
    ),
    Claim(
        claim="economist-glm-5-2-2026-06",
        of=ECONOMIST,
        english="A Western model comparable to GLM-5.2 had been there 4 months earlier.",
        chinese="与 GLM-5.2 相当的西方模型早 4 个月就已问世。",
        sides=US_CHINA,
        months=4,
        as_of=date(2026, 6, 21),
        choices={"answer": "named-latest"},
        model="glm-5-2",
        remark="by the index of Artificial Analysis",
    ),
    Claim(
        claim="economist-public-2026-06",
        of=ECONOMIST,
        english="Public tests suggest that China is 4 to 6 months behind.",
        chinese="公开测试显示中国落后 4 至 6 个月。",
        sides=US_CHINA,
        months=(4, 6),
        as_of=date(2026, 6, 21),
        choices={"subset": "public"},
        remark="the figure is one about open against closed models",
    ),
    Claim(
        claim="economist-private-2026-06",
        of=ECONOMIST,
        english="Private tests put China 8 to 10 months behind.",
        chinese="非公开测试显示中国落后 8 至 10 个月。",
        sides=US_CHINA,
        months=(8, 10),
        as_of=date(2026, 6, 21),
        choices={"subset": "private"},
        remark="the figure is one about open against closed models",
    ),
    Claim(
        claim="doubleword-open-closed-2026-06",
        of=DOUBLEWORD,
        english="Averaged over 18 benchmarks, open models stay about 5 months behind.",
        chinese="按 18 项测试平均，开放模型一直落后约 5 个月。",
        sides=CLOSED_OPEN,
        months=5,
        as_of=date(2026, 6, 22),
        remark="a mean of lags on single benchmarks",
    ),
    Claim(
        claim="interconnects-open-closed-2026-05",
        of=INTERCONNECTS,
        english="On the ECI, open models have stayed 3 to 7 months behind since DeepSeek-R1.",
        chinese="自 DeepSeek-R1 以来，开放模型在 ECI 上一直落后 3 至 7 个月。",
        sides=CLOSED_OPEN,
        months=(3, 7),
        as_of=date(2026, 5, 16),
        choices={"ruler": "eci", "subset": "all"},
        remark="a range over time",
    ),
    Claim(
        claim="leech-chinese-open-2025-11",
        of=LEECH,
        english="The real gap of Chinese open models is guessed at about 12 months.",
        chinese="据推测，中国开放模型的真实差距约为 12 个月。",
        sides=("country:US", "country:CN+open"),
        months=12,
        as_of=date(2025, 11, 16),
        remark="a judgement about generalisation, not a measurement",
    ),
    Claim(
        claim="sacks-us-china-2025-06",
        of=SACKS,
        english="China is perhaps 3 to 6 months behind in AI.",
        chinese="中国的人工智能大概落后 3 至 6 个月。",
        sides=US_CHINA,
        months=(3, 6),
        as_of=date(2025, 6, 10),
        remark="a judgement",
    ),
)  # fmt: skip


def sources(retrieved_on: date) -> list[Row]:
    """Rows of the table ``sources`` for the publications."""
    used = {claim.of.source: claim.of for claim in CLAIMS}
    return [
        {
            "source": publication.source,
            "title": publication.title,
            "publisher": publication.publisher,
            "url": publication.url,
            "retrieved_on": retrieved_on,
        }
        for publication in used.values()
    ]


def claims(last_day: date) -> list[Row]:
    """Rows of the table ``claims``.

    Raises
    ------
    DataError
        When a claim speaks of a day after the catalog.
    """
    late = [claim.claim for claim in CLAIMS if max(claim.as_of, claim.of.said_on) > last_day]
    if late:
        raise DataError("claims of days after the catalog", details=late)
    return [
        {
            "claim": claim.claim,
            "said_by": claim.of.said_by,
            "said_on": claim.of.said_on,
            "statement": claim.english,
            "statement_zh": claim.chinese,
            "url": claim.of.url,
            "test": json.dumps(_test(claim), ensure_ascii=False, sort_keys=True),
            "source": claim.of.source,
        }
        for claim in CLAIMS
    ]


def _test(claim: Claim) -> Row:
    test: Row = {
        "quantity": "lag_months",
        "leader": claim.sides[0],
        "follower": claim.sides[1],
        "as_of": claim.as_of.isoformat(),
    }
    if isinstance(claim.months, tuple):
        test |= {"comparator": "between", "low": claim.months[0], "high": claim.months[1]}
    else:
        test |= {"comparator": "equals", "value": claim.months}
    if claim.choices:
        test["choices"] = claim.choices
    if claim.model:
        test["model"] = claim.model
    if claim.remark:
        test["remark"] = claim.remark
    return test
