"""``headway items``."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files with 20 models and 60 questions; the later a model's name, the better it is."""
    place = tmp_path_factory.mktemp("answers")
    rng = np.random.default_rng(4)
    ability, difficulty = np.linspace(-2, 2, 20), rng.normal(size=60)
    right = rng.random((20, 60)) < 1 / (1 + np.exp(difficulty - ability[:, None]))
    rows = pl.DataFrame(
        [(f"m{m:02}", f"b{j % 2}", f"q{j:02}", float(right[m, j]))
         for m in range(20) for j in range(60)],
        schema=["model", "benchmark", "item", "score"],
        orient="row",
    )  # fmt: skip
    for name, some in rows.partition_by("benchmark", as_dict=True).items():
        some.write_parquet(place / f"{name[0]}.parquet")
    return place


def test_a_table_of_models(run: Run, answers: Path) -> None:
    ran = run("items", answers, "--most", 3, "--draws", 50)
    assert ran.code == 0
    title, _, *rows = ran.out.splitlines()
    assert title == "Items"
    assert [row.split()[0] for row in rows[:3]] == ["1", "2", "3"]
    assert {re.findall(r"m\d\d", row)[0] for row in rows[:3]} <= {f"m{m}" for m in range(14, 20)}
    assert "17 more" in ran.out


def test_json_and_files(run: Run, answers: Path, tmp_path: Path) -> None:
    models, questions = tmp_path / "models.csv", tmp_path / "questions.parquet"
    words = ("items", *sorted(answers.glob("*.parquet")), "--draws", 50, "--model", "1pl")
    ran = run(*words, "--units", "points", "--json", "--out", models, "--questions-out", questions)
    said = json.loads(ran.out)
    assert (said["unit"], said["spec"]["model"], said["draws"]) == ("points", "1pl", 50)
    assert pl.read_csv(models)["entity"].to_list() == [row["entity"] for row in said["rank"]]
    assert pl.read_parquet(questions).height == 60


def test_one_benchmark(run: Run, answers: Path) -> None:
    said = json.loads(run("items", answers, "--benchmark", "b1", "--draws", 0, "--json").out)
    assert {row["n"] for row in said["table"]} == {30}


def test_the_number_of_workers_is_no_matter(run: Run, answers: Path) -> None:
    once, again = (run("items", answers, "--json", "--workers", n).out for n in (1, 2))
    assert once == again


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("absent",), "there is no file or folder absent"),
        (("s3:/",), "there is no file or folder"),
        (("--benchmark", "b9"), "no answers to single questions are left"),
        (("--model", "3pl"), "--model"),
        (("--workers", "0"), "workers is 0"),
        (("--workers", "0", "--ray", "local"), "workers is 0"),
        (("--ray", "nowhere"), "expected host:port or auto"),
        (("--ray", "127.0.0.1:1"), "no Ray cluster at 127.0.0.1:1"),
        (("--out", "models.xlsx"), "expected .parquet or .csv"),
        (("--out", "absent/models.csv"), "there is no folder absent"),
        (("--resume", "absent/fit"), "there is no folder absent"),
        (("--dataset", "absent"), "absent"),
        (("--group", "country:US"), "expected two"),
        (("--level", "2"), "level is 2.0"),
    ],
)
def test_a_wrong_option_is_an_error(
    run: Run, answers: Path, words: tuple[str, ...], said: str
) -> None:
    ran = run("items", answers, *words)
    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_no_path_is_an_error(run: Run) -> None:
    assert run("items").code == 2


@pytest.mark.parametrize("engine", [(), pytest.param(("--ray", "local"), marks=pytest.mark.slow)])
def test_killed_and_resumed(answers: Path, tmp_path: Path, engine: tuple[str, ...]) -> None:
    resume = tmp_path / "fit.resume"
    # Estimated priors make the fit take its time.
    words = [
        "items",
        str(answers),
        "--json",
        "--priors",
        "estimated",
        "--resume",
        str(resume),
        *engine,
    ]
    command = [sys.executable, "-m", "headway", *words]
    whole = subprocess.run(command, capture_output=True, check=True, timeout=300)
    assert not resume.exists(), "a finished fit needs no resume file"
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        for _ in range(30_000):
            if resume.exists():
                break
            time.sleep(0.001)
        running.send_signal(signal.SIGKILL)
        said, _ = running.communicate()
    assert said == b""
    assert running.returncode == -signal.SIGKILL
    assert resume.exists()
    changed = [*command, "--model", "1pl"]
    refused = subprocess.run(changed, capture_output=True, check=False, timeout=300)
    assert refused.returncode == 2
    assert b"belongs to another computation" in refused.stderr
    again = subprocess.run(command, capture_output=True, check=True, timeout=300)
    assert again.stdout == whole.stdout
    assert not resume.exists()


@pytest.mark.parametrize(("ending", "separator"), [(".csv", ","), (".tsv", "\t"), (".csv", ";")])
def test_answers_in_text_give_what_parquet_gives(
    run: Run, answers: Path, tmp_path: Path, ending: str, separator: str
) -> None:
    every = pl.concat([pl.read_parquet(file) for file in sorted(answers.glob("*.parquet"))])
    file = tmp_path / f"answers{ending}"
    every.write_csv(file, separator=separator)
    words = ("--json", "--draws", 50)
    from_text, from_parquet = (json.loads(run("items", one, *words).out) for one in (file, answers))
    assert from_text["rank"] == from_parquet["rank"]
    assert json.loads(run("items", tmp_path, *words).out)["rank"] == from_text["rank"]


def test_names_in_text_stay_as_they_are_written(run: Run, tmp_path: Path) -> None:
    rows = [f"{m},b,00{j},{str(j % 3 < k).lower()}," for k, m in enumerate(("007", "8")) for j in
            range(30)]  # fmt: skip
    file = tmp_path / "answers.csv"
    file.write_text("\n".join(["model,benchmark,item,score,variant", *rows]))
    said = json.loads(run("items", file, "--json").out)
    assert {row["entity"] for row in said["rank"]} == {"007", "8"}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.parquet", b"model,benchmark,item,score\n", "is not a Parquet file"),
        ("a.txt", b"hello", "is not a Parquet file"),
        ("a", b"", "is not a Parquet file"),
        ("a.csv", b"model,benchmark,score\nx,b,1\n", "lacks the columns item"),
        ("a.csv", b"\n", "is empty"),
        ("a.csv", b"model,benchmark,item,score\nx,b,q,maybe\n", "maybe"),
        ("a.csv", b"model,benchmark,item,score\nx,b,q,7\ny,b,q,1\n", "no score from 0 to 1"),
        ("a.csv", b"," * 70_000, "first line of more than 65,536 bytes"),
    ],
)
def test_what_is_no_file_of_answers(
    run: Run, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    ran = run("items", file)
    assert ran.code == 2
    assert reason in ran.err
    if reason != "maybe" and "score from" not in reason:
        assert "give Parquet, or CSV" in " ".join(ran.err.split())


def test_damaged_parquet(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    file.write_bytes(b"PAR1 and then nothing")
    ran = run("items", file)
    assert (ran.code, ran.out) == (2, "")
    assert "is not a Parquet file that can be read" in ran.err


def test_a_folder_without_answers(run: Run, tmp_path: Path) -> None:
    (tmp_path / "readme.md").write_text("nothing here")
    ran = run("items", tmp_path)
    assert ran.code == 2
    assert "give Parquet, or CSV" in " ".join(ran.err.split())
