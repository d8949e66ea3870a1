from datetime import date

import pytest

from headway.errors import DataError
from headway.sources import epoch
from headway.sources.epoch_runs import parse_items, parse_list, parse_runs

LIST = "id,task,model,Best score (across scorers),Scores,started_at,Status\n"
LISTED = 'x,GPQA diamond,gpt-5_high,"0,85",choice:0.85±0.02,2 de mayo de 2026 2:08am,Success\n'
RUNS = (
    "run_id,task,model,created,reasoning_effort,reasoning_tokens_budget,scorer,accuracy,stderr,"
    "n_samples,total_input_tokens,total_output_tokens\n"
)
RUN = "r1,GPQA Diamond,openai/gpt-5,2025-08-08T01:00:00+00:00,high,,choice,0.5,0.1,2,10,20\n"
ITEMS = (
    "task,model,run_id,sample_id,scorer,n_epochs,n_correct,n_no_answer,mean_output_tokens\n"
    "GPQA Diamond,openai/gpt-5,r1,q1,choice,4,4,0,10.6\n"
    "GPQA Diamond,openai/gpt-5,r1,q2,choice,4,0,1,\n"
)


def test_a_listed_run():
    [row] = parse_list(LIST + LISTED).tables["scores"].to_dicts()
    assert (row["model"], row["variant"], row["score"], row["stderr"]) == (
        *("gpt-5", "high"),
        *(0.85, 0.02),
    )
    assert (row["evaluated_on"], row["reporter"]) == (date(2026, 5, 2), "independent")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Success", "Error", "the status is 'Error'"),
        ("mayo", "floreal", "expected a date"),
        ("2 de mayo", "31 de junio", "expected a date"),
        ("0,85", "85", "expected a number between 0 and 1"),
        ("GPQA diamond", "", "expected a name"),
    ],
)
def test_listed_runs_that_are_refused(old, new, expected):
    parsed = parse_list(LIST + LISTED.replace(old, new, 1))
    assert expected in parsed.refused[0].reason
    assert parsed.tables["scores"].is_empty()


def test_two_scorers_leave_no_standard_error():
    row = LISTED.replace("choice:0.85±0.02", '"a:0.85±0.02,b:0.8±0.02"')
    assert parse_list(LIST + row).tables["scores"]["stderr"].to_list() == [None]


def test_questions_are_shares_of_epochs_and_make_the_accuracy():
    parsed, runs = parse_runs(RUNS + RUN)
    [score] = parsed.tables["scores"].to_dicts()
    assert (score["variant"], score["n"], score["output_tokens"]) == ("high", 2, 20)
    items = parse_items(ITEMS, runs).tables["responses"]
    assert items["score"].to_list() == [1.0, 0.0]
    assert items["output_tokens"].to_list() == [11, None]
    assert items["attempts"].to_list() == [4, 4]
    assert items["score"].mean() == runs["r1"].accuracy


def test_fewer_than_no_tokens_are_unknown():
    _, runs = parse_runs(RUNS + RUN)
    parsed = parse_items(ITEMS.replace("10.6", "-6"), runs)
    assert parsed.tables["responses"]["output_tokens"].to_list() == [None, None]


def test_runs_of_one_configuration_are_counted_in_the_order_of_time():
    later = RUN.replace("r1", "r0").replace("2025-08-08", "2025-08-09")
    _, runs = parse_runs(RUNS + later + RUN)
    text = ITEMS + "GPQA Diamond,openai/gpt-5,r0,q1,choice,1,1,0,1\n"
    items = parse_items(text, runs).tables["responses"]
    assert items["epoch"].to_list() == [1, 1, 2]


def test_a_thinking_budget_is_a_variant():
    rows = RUN.replace("high,,", ",16000,") + RUN.replace("r1", "r2").replace("high,,", ",,")
    _, runs = parse_runs(RUNS + rows)
    assert [run.variant for run in runs.values()] == ["16K", "default"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("t,m,r9,q3,choice,1,1,0,1\n", "the run 'r9' is not in the list"),
        ("t,m,r1,q3,choice,0,0,0,1\n", "expected a number of epochs"),
        ("t,m,r1,q3,choice,1,2,0,1\n", "expected a number of epochs"),
        ("t,m,r1,q1,choice,1,1,0,1\n", "the question 'q1' of the run 'r1' is there twice"),
        ("t,m,r1,,choice,1,1,0,1\n", "expected a name"),
        ("t,m,r1,q3,choice,1,1,0,1e38\n", "column 'mean_output_tokens' is '1e38'"),
    ],
)
def test_questions_that_are_refused(row, expected):
    _, runs = parse_runs(RUNS + RUN)
    parsed = parse_items(ITEMS + row, runs)
    assert (parsed.read, len(parsed.refused)) == (3, 1)
    assert expected in parsed.refused[0].reason


def test_a_second_scorer_is_counted_and_not_taken():
    _, runs = parse_runs(RUNS + RUN)
    parsed = parse_items(ITEMS + "t,m,r1,q1,judge,1,1,0,1\n", runs)
    assert parsed.tables["responses"].height == 2
    assert "1 rows are of another scorer" in parsed.notes[0]


def test_a_run_that_is_there_twice_is_refused():
    assert "is there twice" in parse_runs(RUNS + RUN + RUN)[0].refused[0].reason


def test_runs_and_questions_are_read_together(tmp_path):
    (tmp_path / "epoch_items.csv").write_text(ITEMS)
    (tmp_path / "epoch_runs.csv").write_text(RUNS + RUN)
    parsed = epoch.read([tmp_path / "epoch_items.csv", tmp_path / "epoch_runs.csv"])
    assert parsed.tables["responses"].height == 2
    assert parsed.read == 3
    with pytest.raises(DataError, match="there is no file"):
        epoch.read([tmp_path / "none.csv"])
