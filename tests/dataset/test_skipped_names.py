"""Names that are left out as asked are named all the same."""

from pathlib import Path

import pytest

import headway
from headway.dataset.importing import bring


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("board") / "board.csv"
    path.write_text(
        "model_name,rating,subset,category,leaderboard_publish_date\n"
        "aaa-low,1000,text,overall,2026-11-01\n"
        "GPT-5,1450,text,overall,2026-11-01\n"
        "zzz-first,1500,text,overall,2026-11-01\n",
        encoding="utf-8",
    )
    return path


def test_the_number_one_of_a_board_is_named_when_it_is_left_out(
    board: Path, tmp_path: Path
) -> None:
    done = bring("arena", [board], tmp_path / "out", unmatched="skip", recorded_on="2026-11-02")
    (note,) = (note for note in done.notes if "left out as asked" in note)
    assert note.startswith("models left out as asked (2)")
    assert note.index("'zzz-first' (number 1 of") < note.index("'aaa-low' (number 3 of")


@pytest.mark.parametrize("kind", ["model", "benchmark"])
def test_what_a_table_names_and_nobody_knows_is_named(kind: str, tmp_path: Path) -> None:
    names = {"model": "gpt-5", "benchmark": "hle"} | {kind: "Unheard Of"}
    path = tmp_path / "t.csv"
    path.write_text(
        f"model,benchmark,score\n{names['model']},{names['benchmark']},0.2\no3,hle,0.1\n",
        encoding="utf-8",
    )
    done = bring("table", [path], tmp_path / "out", unmatched="skip")
    assert f"{kind}s left out as asked (1), in no answer: 'Unheard Of'" in done.notes
    assert not [n for n in headway.load(tmp_path / "out").models["name"] if n == "Unheard Of"]
