import pytest

from headway.errors import DataError
from headway.sources import epoch_reports


@pytest.mark.parametrize(
    ("reported_in", "developers", "expected"),
    [
        (None, ["openai"], "unknown"),
        ("Epoch evaluations", ["openai"], "independent"),
        ("ARC Prize Leaderboard", ["openai"], "benchmark"),
        ("Qwen Technical Report", ["alibaba"], "developer"),
        ("Qwen Technical Report", ["meta-ai", ""], "competitor"),
        ("PapersWithCode", ["openai"], "unknown"),
        ("Phi-4 Technical Report", ["microsoft-research"], "developer"),
    ],
)
def test_reporters(reported_in, developers, expected):
    assert epoch_reports.reporter(reported_in, developers) == expected


def test_a_report_that_nobody_declared_is_never_guessed():
    with pytest.raises(DataError, match=r"did you mean 'Qwen Technical Report'"):
        epoch_reports.reporter("Qwen Technical Reports", [])
    with pytest.raises(DataError, match="nobody has declared"):
        epoch_reports.title("Somewhere")


def test_titles_are_spelt_properly():
    assert epoch_reports.title("GPT-4 technical report") == "GPT-4 Technical Report"
    doubled = "Falcon2-11B Technical Report" * 2
    assert epoch_reports.title(doubled) == "Falcon2-11B Technical Report"


def test_developers_are_named_exactly_where_a_developer_reports():
    for report in epoch_reports.REPORTS.values():
        assert bool(report.organisations) == (report.kind == "developer")
