"""What ``headway import`` says about the usual answer."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import headway
from headway.analyses import effect
from headway.dataset import Dataset

Run = Callable[..., Any]
OLD = "model,benchmark,score\nm03,b0,0.01\n"
BETTER = "model,benchmark,score\nm13,b0,0.99\nm13,b1,0.99\nm13,b2,0.99\nm13,b3,0.98\n"


@pytest.fixture
def facts(small: Path, tmp_path: Path) -> Path:
    """The small dataset, with benchmarks whose raw scores can be used."""
    data = headway.load(small)
    bounds = data.tables["benchmarks"].with_columns(chance=pl.lit(0.0), ceiling=pl.lit(1.0))
    made = replace(data, tables={**data.tables, "benchmarks": bounds})
    return made.write(tmp_path / "facts")


def imported(run: Run, facts: Path, text: str, *words: str) -> Any:
    file = facts.parent / "mine.csv"
    file.write_text(text, encoding="utf-8")
    return run("import", "table", file, "--into", facts, "--recorded-on", "2026-11-30", *words)


def answered(run: Run, facts: Path, text: str, *words: str) -> dict[str, Any]:
    ran = imported(run, facts, text, "--json", *words)
    assert ran.code == 0
    return json.loads(ran.out)["answer"]  # type: ignore[no-any-return]


def test_a_row_of_an_old_model_moves_neither_the_day_nor_the_answer(run: Run, facts: Path) -> None:
    said = answered(run, facts, OLD)
    [eci] = said["rulers"]
    assert (said["why"], eci["ruler"]) == (None, "eci")
    assert eci["before"]["evidence"] == {
        "day": "2025-11-06", "because": "newest-model", "model": "m15",
    }  # fmt: skip
    assert not eci["evidence_day_moved"]
    assert eci["before"] == eci["after"]


def test_what_moves_is_said_and_split_into_evidence_and_time(run: Run, facts: Path) -> None:
    said = answered(run, facts, BETTER, "--covers-until", "2026-03-01")
    [eci] = said["rulers"]
    assert eci["evidence_day_moved"]
    assert eci["moved"]
    assert eci["after"]["evidence"] == {
        "day": "2026-03-01", "because": "coverage", "source": "mine",
    }  # fmt: skip
    change = eci["after"]["estimate"] - eci["before"]["estimate"]
    assert change == pytest.approx(eci["of_evidence"] + eci["of_time"])


def test_it_is_printed_for_a_trial_too(run: Run, facts: Path) -> None:
    ran = imported(run, facts, BETTER, "--covers-until", "2026-03-01", "--dry-run")
    assert ran.code == 0
    assert "country:CN behind country:US, ECI-compatible ruler: " in ran.out
    assert "The day of the evidence moved." in ran.out
    assert "Evidence to 1 March 2026, up to which mine covers the field." in ran.out
    assert headway.load(facts).sources["covers_until"].null_count() == 1


def test_no_answer_says_nothing_about_it(run: Run, facts: Path) -> None:
    assert "answer" not in json.loads(imported(run, facts, BETTER, "--json", "--no-answer").out)


def test_an_import_without_news_measures_nothing(run: Run, facts: Path) -> None:
    imported(run, facts, OLD)
    assert answered(run, facts, OLD)["rulers"] == []
    assert "behind" not in imported(run, facts, OLD).out


def test_without_a_contest_it_says_why(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("model,benchmark,score\na,x,0.5\nb,x,0.6\n", encoding="utf-8")
    words = ("--into", tmp_path / "new", "--start", "empty", "--unmatched", "add")
    assert run("import", "table", file, *words, "--dry-run").code == 1
    ran = run("import", "table", file, *words, "--option", "ceiling=1", "--dry-run")
    assert ran.code == 0
    assert "no answer (" in ran.out


@pytest.mark.parametrize("error", [ValueError("broken"), MemoryError(), KeyboardInterrupt()])
def test_no_failure_of_the_answer_fails_the_import(
    run: Run, facts: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def broken(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(effect, "effects", broken)
    said = answered(run, facts, BETTER)
    assert said["rulers"] == []
    assert said["why"] == (str(error) or type(error).__name__)
    assert headway.load(facts).scores.filter(source="mine").height == 4


def test_many_scores_are_not_fitted_for_a_sentence(
    facts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = headway.load(facts)
    later = data.where(model=[m for m in data.models["model"] if m != "m15"])
    monkeypatch.setattr(effect, "MOST_SCORES", 10)
    [one] = effect.effects(later, data)
    assert "there are 96 scores" in one.after["why"]
    assert one.of_time is None


def test_ratings_are_answered_by_their_board(catalog: Dataset) -> None:
    early = catalog.as_of("2026-06-01", by="released")
    found = {one.ruler: one for one in effect.effects(early, catalog)}
    assert set(found) == {"eci", "published"}
    for one in found.values():
        assert one.before["evidence"]["day"] == "2026-06-01"
        assert one.after["evidence"]["day"] == "2026-08-11"
        assert one.day_moved
