"""``headway next``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.races import race

import headway
from headway.errors import UsageError

Run = Callable[..., Any]
UNCERTAIN = ("--model", "m03")


@pytest.fixture
def world(holes: Path) -> tuple[str, ...]:
    return ("--dataset", str(holes), "--draws", "300")


def _said(run: Run, *words: str) -> dict[str, Any]:
    ran = run("next", *words, "--json")
    assert ran.code == 0, ran.err
    said: dict[str, Any] = json.loads(ran.out)
    return said


def test_the_capability_of_a_model(run: Run, world: tuple[str, ...], holes: Path) -> None:
    said = _said(run, *world, *UNCERTAIN)
    assert said["answer"] == {"model": "m03"}
    best = said["table"][0]
    near = ("m03", "gpt-5", "claude-3-5-sonnet")
    assert best["entity"] in near, "a score of its own, or of an anchor that fixes its points"
    assert 0 < best["estimate"] < best["now"]
    shrinks = [row["shrinks"] for row in said["table"]]
    assert shrinks == sorted(shrinks, reverse=True)
    scale = headway.rulers.calibrated(draws=300).fit(headway.load(holes))
    found = headway.rulers.next_evaluation(scale, "m03", most=None)
    assert said["table"] == found.to_dicts()
    assert said["benchmarks"] == headway.rulers.benchmarks_to_run(found).to_dicts()


def test_the_difference_of_two_models(run: Run, world: tuple[str, ...]) -> None:
    said = _said(run, *world, *UNCERTAIN, "--against", "Model 模型 9")
    assert said["answer"] == {"model": "m03", "against": "m09"}
    assert said["table"][0]["entity"] in ("m03", "m09")
    assert "between Model 模型 3 and Model 模型 9" in said["sentence"]["en"]


def test_the_lag_is_the_usual_answer(run: Run, world: tuple[str, ...]) -> None:
    said = _said(run, *world)
    lag = json.loads(run("lag", "--ruler", "calibrated", *world, "--json").out)
    asked = (said["answer"]["period"], said["answer"]["quantity"])
    (row,) = [row for row in lag["table"] if (row["period"], row["quantity"]) == asked]
    for part in ("estimate", "low", "high"):
        assert said["answer"][part] == row[part]
    assert said["answer"]["leader"] == "country:US"
    assert {row["unit"] for row in said["table"]} == {"months"}
    assert "the lag of China behind the United States" in said["sentence"]["en"]
    assert "中国落后美国的时间" in said["sentence"]["zh"]


def test_draws_in_which_the_scale_is_undefined_are_left_out(run: Run, tmp_path: Path) -> None:
    data = race()
    scale = headway.rulers.calibrated(draws=200, widen=3.0).fit(data)
    undefined = int((~np.isfinite(scale.capability.values).all(axis=1)).sum())
    assert undefined
    lag = headway.lag(scale)
    draws = next(iter(lag.draws.values()))
    assert len(draws) == 200 - undefined
    found = headway.rulers.next_evaluation(scale, draws)
    padded = np.full(200, np.nan)
    padded[np.isfinite(scale.capability.values).all(axis=1)] = draws
    assert found.equals(headway.rulers.next_evaluation(scale, padded))
    with pytest.raises(UsageError, match="expected one value for each"):
        headway.rulers.next_evaluation(scale, draws[1:])
    folder = data.write(tmp_path / "race")
    ran = run("next", "--dataset", folder, "--draws", "200", "--widen", "3", "--json")
    assert ran.code == 0, ran.err


def test_other_groups_and_a_gap(run: Run, world: tuple[str, ...]) -> None:
    said = _said(run, *world, "--leader", "closed", "--follower", "open", "--convention", "gap")
    assert {row["unit"] for row in said["table"]} == {"points"}
    assert said["sentence"]["en"].count("the gap between") == 1


def test_the_sentence_comes_first_with_the_numbers_of_the_table(
    run: Run, world: tuple[str, ...]
) -> None:
    ran = run("next", *world, *UNCERTAIN, "--most", 2)
    assert ran.code == 0
    said = _said(run, *world, *UNCERTAIN)
    first = ran.out.splitlines()[0]
    assert first == said["sentence"]["en"]
    best = said["table"][0]
    assert f"from {best['now']:.2f} to {best['estimate']:.2f} points" in first
    assert f"by {100 * best['shrinks']:.1f}%" in first
    assert f"{len(said['table']) - 2} more: --most" in ran.out
    assert "Which benchmark to run on a few models" in ran.out
    assert "a guide and not a promise" in ran.out


def test_in_chinese(run: Run, world: tuple[str, ...]) -> None:
    ran = run("next", *world, "--lang", "zh")
    assert ran.code == 0
    assert ran.out.splitlines()[0].startswith("如果测得 Model 模型")
    assert "个月" in ran.out.splitlines()[0]
    for part in ("预期宽度", "跑哪一项测试", "不是承诺", "线性解释"):
        assert part in ran.out


def test_who_and_what_may_be_evaluated(run: Run, world: tuple[str, ...], holes: Path) -> None:
    said = _said(run, *world, *UNCERTAIN, "--candidate", "m06", "--candidate", "m06")
    assert {row["entity"] for row in said["table"]} == {"m06"}
    scored = headway.load(holes).scores
    empty = 6 - scored.filter(scored["model"] == "m06").height
    assert len(said["table"]) == empty
    said = _said(run, *world, *UNCERTAIN, "--benchmark", "b2", "--benchmark", "b3")
    assert {row["benchmark"] for row in said["table"]} == {"b2", "b3"}
    assert {row["benchmark"] for row in said["benchmarks"]} == {"b2", "b3"}


def test_the_same_seed_gives_the_same_bytes(run: Run, world: tuple[str, ...]) -> None:
    once, again = (run("next", *world, *UNCERTAIN, "--json").out for _ in range(2))
    assert once == again
    assert once != run("next", *world, *UNCERTAIN, "--json", "--seed", 1).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--model", "m99"), "unknown model 'm99'"),
        (("--against", "m03"), "--against is the second of two models"),
        ((*UNCERTAIN, "--against", "Model 模型 3"), "--model and --against are both 'm03'"),
        ((*UNCERTAIN, "--against", "m99"), "unknown model 'm99'"),
        (("--model", "gpt-5"), "anchors are fixed by definition"),
        ((*UNCERTAIN, "--tie", "2"), "--tie would have no effect"),
        ((*UNCERTAIN, "--candidate", "m99"), "unknown model 'm99'"),
        ((*UNCERTAIN, "--candidate", "m15"), "every cell of these models has a score already"),
        ((*UNCERTAIN, "--candidate", "m03", "--benchmark", "b0"), "has a score already"),
        (("--benchmark", "b9"), "unknown benchmark 'b9'"),
        (("--draws", "99"), "--draws is 99; expected at least 100"),
        (("--most", "0"), "--most"),
        (("--convention", "thresholds"), "does not depend on the scale"),
        (("--convention", "weekly"), "--convention"),
        (("--leader", "country:XX"), "country:XX"),
        (("--level", "1"), "level is 1.0"),
        (("--anchor", "m03=1"), "expected two models"),
        (("--as-of", "2024-03-01"), "anchor"),
    ],
)
def test_a_wrong_option_is_an_error(
    run: Run, world: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    ran = run("next", *world, *words)
    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.err
    assert "Traceback" not in ran.err
