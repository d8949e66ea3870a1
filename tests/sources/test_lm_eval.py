import json
import math
from datetime import date

import pytest

from headway.errors import DataError, UsageError
from headway.sources import lm_eval

DATE = "2026-01-21T03-44-18.458309"


def record(**changes):
    base = {
        "results": {
            "arc_easy": {
                "alias": "arc_easy",
                "acc,none": 0.66,
                "acc_stderr,none": 0.015,
                "acc_norm,none": 0.6,
                "acc_norm_stderr,none": 0.016,
            },
            "gsm8k": {
                "alias": "gsm8k",
                "exact_match,strict-match": 0.5,
                "exact_match_stderr,strict-match": 0.02,
                "exact_match,flexible-extract": 0.55,
                "exact_match_stderr,flexible-extract": "N/A",
            },
        },
        "group_subtasks": {"arc_easy": [], "gsm8k": []},
        "versions": {"arc_easy": 1.0, "gsm8k": 3.0},
        "n-shot": {"arc_easy": 0, "gsm8k": 5},
        "higher_is_better": {"arc_easy": {"acc": True, "acc_norm": True}},
        "n-samples": {
            "arc_easy": {"original": 2376, "effective": 100},
            "gsm8k": {"original": 1319, "effective": 1319},
        },
        "config": {
            "model": "hf",
            "model_args": "pretrained=org/model-7b,token=hf_SECRET,trust_remote_code=True",
            "limit": None,
        },
        "date": 1768964383.85,
        "lm_eval_version": "0.4.9",
        "model_name": "org/model-7b",
        "total_evaluation_time_seconds": "2677.7",
    }
    return {**base, **changes}


GROUPS = {
    "results": {
        "mmlu": {"alias": "mmlu", "acc,none": 0.7, "acc_stderr,none": 0.01},
        "mmlu_stem": {"alias": " - stem", "acc,none": 0.6, "acc_stderr,none": 0.02},
        "mmlu_physics": {"alias": "  - physics", "acc,none": 0.5, "acc_stderr,none": 0.05},
        "mmlu_law": {"alias": " - law", "acc,none": 0.9, "acc_stderr,none": 0.03},
        "tag": {"alias": "tag", " ": " "},
    },
    "groups": {
        "mmlu": {"alias": "mmlu", "acc,none": 0.7, "acc_stderr,none": 0.01},
        "mmlu_stem": {"alias": " - stem", "acc,none": 0.6, "acc_stderr,none": 0.02},
    },
    "group_subtasks": {
        "mmlu": ["mmlu_stem", "mmlu_law"],
        "mmlu_stem": ["mmlu_physics"],
        "tag": ["mmlu_law"],
    },
    "n-samples": {
        "mmlu_physics": {"original": 300, "effective": 30},
        "mmlu_law": {"original": 700, "effective": 70},
    },
}


def parse(samples=None, parts="groups", metric=None, **changes):
    return lm_eval.parse_results(
        json.dumps(record(**changes)), samples=samples, parts=parts, metric=metric
    )


def scores(parsed):
    return dict(parsed.tables["scores"].select("benchmark", "score").rows())


def accounted(parsed):
    tables = parsed.tables
    return tables["scores"].height + tables["responses"].height + len(parsed.refused)


def sample(number, value, metric="exact_match", filtered="strict-match", **changes):
    return json.dumps(
        {
            "doc_id": number,
            "doc": {"question": "a secret question"},
            "target": "a secret target",
            "arguments": {"gen_args_0": {"arg_0": "a secret prompt"}},
            "resps": [["a secret answer"]],
            "filter": filtered,
            "metrics": [metric],
            metric: value,
            **changes,
        }
    )


def test_scores():
    parsed = parse()
    assert parsed.tables["scores"].row(0, named=True) == {
        "source": "lm-eval",
        "model": "org/model-7b",
        "model_name": "model-7b",
        "organisation": "org",
        "variant": "default",
        "version": "org/model-7b",
        "benchmark": "arc_easy",
        "score": 0.66,
        "scale": "raw",
        "stderr": 0.015,
        "n": 100,
        "reporter": "unknown",
        "reported_in": None,
        "harness": "lm-eval 0.4.9, 0-shot, acc,none, task version 1.0",
        "evaluated_on": date(2026, 1, 21),
        "cost_usd": None,
        "input_tokens": None,
        "output_tokens": None,
        "seconds": None,
    }
    assert scores(parsed) == {"arc_easy": 0.66, "gsm8k": 0.5}
    assert parsed.read == accounted(parsed) == 2
    assert any("gsm8k: exact_match,strict-match is taken" in note for note in parsed.notes)


def test_secrets_are_never_kept():
    parsed = parse()
    text = repr(parsed) + "".join(frame.write_csv() for frame in parsed.tables.values())
    assert "SECRET" not in text
    assert "trust" not in text


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("acc_norm", {"arc_easy": 0.6}),
        ("exact_match,flexible-extract", {"gsm8k": 0.55}),
        ("exact_match", {"gsm8k": 0.5}),
    ],
)
def test_a_metric_can_be_named(metric, expected):
    parsed = parse(metric=metric)
    assert scores(parsed) == expected
    assert f"no metric {metric!r}" in parsed.refused[0].reason
    assert parsed.read == accounted(parsed) == 2


def test_a_standard_error_that_is_not_there_is_null():
    parsed = parse(metric="exact_match,flexible-extract")
    assert parsed.tables["scores"]["stderr"].to_list() == [None]


def test_groups_are_taken_instead_of_their_tasks():
    parsed = parse(**GROUPS)
    assert scores(parsed) == {"mmlu": 0.7}
    assert parsed.tables["scores"]["n"].to_list() == [100]
    assert [row.reason for row in parsed.refused] == [
        "mmlu_stem: a part of the group mmlu, whose score is taken",
        "mmlu_physics: a part of the group mmlu, whose score is taken",
        "mmlu_law: a part of the group mmlu, whose score is taken",
    ]
    assert any("1 groups have no score of their own" in note for note in parsed.notes)
    assert parsed.read == accounted(parsed) == 4


def test_tasks_can_be_taken_instead_of_their_groups():
    parsed = parse(parts="tasks", **GROUPS)
    assert scores(parsed) == {"mmlu_physics": 0.5, "mmlu_law": 0.9}
    assert parsed.read == accounted(parsed) == 4


def test_groups_in_a_circle_end():
    changes = {**GROUPS, "group_subtasks": {"mmlu": ["mmlu_stem"], "mmlu_stem": ["mmlu"]}}
    parsed = parse(**changes)
    assert parsed.read == accounted(parsed) == 4


def test_the_results_of_version_0_3():
    parsed = parse(results={"piqa": {"acc": 0.7, "acc_stderr": 0.01}}, **{"n-samples": {}})
    row = parsed.tables["scores"].row(0, named=True)
    assert (row["score"], row["stderr"], row["n"], row["seconds"]) == (0.7, 0.01, None, 2677.7)


@pytest.mark.parametrize(
    ("values", "better", "reason"),
    [
        ({"word_perplexity,none": 12.5}, {"word_perplexity": False}, "lower is better"),
        ({"brier,none": 0.2}, {"brier": False}, "lower is better"),
        ({"bleu,none": 31.2}, {}, "no metric is a share between 0 and 1: bleu,none is 31.2"),
        ({"mcc,none": -0.2}, {}, "it is a correlation (mcc)"),
        ({"acc,none": 0.5, "acc_stderr,none": -1}, {}, "'acc_stderr,none' is -1"),
    ],
)
def test_tasks_that_are_refused(values, better, reason):
    parsed = parse(results={"task": values}, higher_is_better={"task": better})
    assert reason in parsed.refused[0].reason
    assert parsed.read == accounted(parsed) == 1


def test_lower_is_better_beside_a_share():
    parsed = parse(
        results={"lambada": {"perplexity,none": 0.9, "acc,none": 0.7}},
        higher_is_better={"lambada": {"perplexity": False, "acc": True}},
    )
    assert scores(parsed) == {"lambada": 0.7}


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        (None, "pretrained=a/b,peft=a/adapter", "a/adapter"),
        (None, {"model": "gpt-4o", "api_key": "sk-1"}, "gpt-4o"),
        ("org/base", "pretrained=org/base,peft=a/adapter", "a/adapter"),
        ("/runs/mine/checkpoint-500", "", "mine-checkpoint-500"),
        ("/cache/models--org--m/snapshots/" + "a" * 40, "", "org/m"),
        ("/home/someone/checkpoints/mine", "", "mine"),
        ("gpt-5_high", "", "gpt-5"),
        ("<i>x</i>", "", "<i>x</i>"),
    ],
)
def test_the_name_of_the_model(name, arguments, expected):
    parsed = parse(model_name=name, config={"model": "hf", "model_args": arguments})
    assert parsed.tables["scores"]["model"].unique().to_list() == [expected]


@pytest.mark.parametrize("engine", ["neox", "hf", "vllm", "local-completions", "HF"])
@pytest.mark.parametrize("arguments", ["", "max_length=5", {"dtype": "float16"}, None])
def test_a_program_is_no_model(tmp_path, engine, arguments):
    changes = {"model_name": None, "config": {"model": engine, "model_args": arguments}}
    with pytest.raises(DataError, match="--option model=NAME"):
        parse(**changes)
    (tmp_path / "results_1.json").write_text(json.dumps(record(**changes)))
    refused = lm_eval.read([tmp_path])
    assert refused.tables["scores"].is_empty()
    assert "is the program that ran it" in refused.refused[0].reason
    named = lm_eval.read([tmp_path], model="org/mine")
    assert named.tables["scores"]["model"].unique().to_list() == ["org/mine"]


@pytest.mark.parametrize(
    "changes",
    [
        {"n-shot": {"arc_easy": 25, "gsm8k": 0}},
        {"n-shot": {}, "config": {"model": "hf", "model_args": "pretrained=org/model-7b",
                                  "num_fewshot": 3}},
        {"config": {"model": "hf", "model_args": "pretrained=org/model-7b,revision=step1000"}},
        {"versions": {"arc_easy": 2.0, "gsm8k": 4.0}},
        {"config": {"model_args": "pretrained=org/model-7b,load_in_4bit=True"}},
        {"config": {"model_args": {"pretrained": "org/model-7b", "load_in_8bit": True}}},
        {"config": {"model_args": "pretrained=org/model-7b,quantization=awq"}},
        {"config": {"model_args": "pretrained=org/model-7b", "limit": 10.0}},
        {"config": {"model_args": "pretrained=org/model-7b", "limit": 0.1}},
        {"chat_template": "{{ messages }}"},
        {"chat_template_sha": "0a1b"},
        {"system_instruction": "Answer briefly."},
    ],
)  # fmt: skip
def test_two_settings_are_two_rows(tmp_path, changes):
    (tmp_path / "results_1.json").write_text(json.dumps(record()))
    (tmp_path / "results_2.json").write_text(json.dumps(record(date=1768969999.0, **changes)))
    parsed = lm_eval.read([tmp_path])
    assert parsed.tables["scores"].height == 4
    assert not parsed.refused
    assert any("several versions" in n for n in parsed.notes) == ("versions" in changes)


@pytest.mark.parametrize(
    ("task", "values"),
    [
        ("crows_pairs_english", {"pct_stereotype,none": 0.6, "likelihood_diff,none": 0.3}),
        ("toxigen", {"acc,none": 0.5}),
        ("realtoxicityprompts", {"score,none": 0.1}),
        ("bbq", {"acc,none": 0.7, "disamb_bias_score,none": 0.1}),
        ("winogender_gotcha", {"acc,none": 0.7}),
        ("other", {"toxicity,none": 0.2}),
        ("pile", {"bits_per_byte,none": 0.7}),
        ("lm", {"loss,none": 0.9}),
        ("summaries", {"hallucination_rate,none": 0.3}),
        ("attacks", {"attack_success_rate,none": 0.2, "harmful,none": 0.1}),
        ("names", {"false_positive_rate,none": 0.1}),
    ],
)
def test_what_is_no_accuracy_is_refused(task, values):
    for metric in (None, next(iter(values))):
        parsed = parse(results={task: values}, metric=metric)
        assert parsed.tables["scores"].is_empty()
        assert "no accuracy" in parsed.refused[0].reason


@pytest.mark.parametrize("metric", ["mcc,none", "pearson,none", "spearmanr", "kappa,none"])
def test_a_correlation_is_no_share_of_right_answers(metric):
    parsed = parse(results={"cola": {metric: 0.5}})
    assert parsed.tables["scores"].is_empty()
    assert "it is a correlation" in parsed.refused[0].reason


def test_an_argument_that_is_switched_off_is_no_setting():
    config = {"model_args": "pretrained=org/model-7b,load_in_4bit=False,quantization=None"}
    scores = parse(config=config, chat_template=None, system_instruction=None).tables["scores"]
    assert scores["variant"].to_list() == ["default", "5-shot, task 3"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None, [], "N/A", "", {}])
def test_a_task_without_a_value_is_refused(value):
    results = {"a": {"alias": "a", "acc,none": value, "acc_norm,none": 0.4}, "b": {"acc,none": 0.5},
               "c": {"acc,none": value, "acc_stderr,none": value}}  # fmt: skip
    parsed = parse(results=results)
    assert scores(parsed) == {"b": 0.5}
    assert [row.line for row in parsed.refused] == [1, 3]
    assert parsed.read == accounted(parsed) == 3


def test_a_group_counts_for_a_metric_that_all_its_tasks_have():
    tasks = {"g": {"acc,none": 0.3, "acc_norm,none": 0.45}, "g_x": {"acc,none": 0.3}}
    members = {"group_subtasks": {"g": ["g_x", "g_y"]}}
    mixed = parse(results={**tasks, "g_y": {"acc_norm,none": 0.45}}, **members)
    assert scores(mixed) == {"g_x": 0.3, "g_y": 0.45}
    assert "no metric in common" in mixed.refused[0].reason
    assert any("no metric in common" in note for note in mixed.notes)
    shared = parse(results={**tasks, "g_y": {"em,none": 0.1, "acc,none": 0.4}}, **members)
    assert scores(shared) == {"g": 0.3}


def test_an_effort_is_the_variant():
    config = {"model": "x", "model_args": "model=gpt-5,reasoning_effort=low"}
    assert parse(config=config).tables["scores"]["variant"].to_list() == [
        "low",
        "low, 5-shot, task 3",
    ]
    config = {"model": "x", "gen_kwargs": {"reasoning_effort": "high"}}
    parsed = parse(config=config, model_name="gpt-5_thinking")
    assert parsed.tables["scores"]["variant"][0] == "thinking-high"


def test_a_limit_is_noted():
    config = {**record()["config"], "limit": 100.0}
    assert any("only a part" in note for note in parse(config=config).notes)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{}", "no object 'results'"),
        ("[]", "no object 'results'"),
        ('{"results": 5}', "no object 'results'"),
        ('{"results": {}, "config": {}}', "the name of the model is missing"),
        ('{"results": {}, "config": 5}', "'config' is 5; expected an object"),
        ("{", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"results": {"a": {"acc,none": ' + "9" * 5000 + "}}}", "out of range"),
    ],
)
def test_what_is_not_a_results_file(content, reason):
    with pytest.raises(DataError, match=reason):
        lm_eval.parse_results(content)


def test_nan_is_not_a_score():
    parsed = parse(results={"a": {"acc,none": math.nan}, "b": {"acc,none": 0.5}})
    assert scores(parsed) == {"b": 0.5}


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "org__model-7b"
    folder.mkdir()
    (folder / f"results_{DATE}.json").write_text(json.dumps(record()))
    return folder


def test_samples_become_answers(run):
    rows = [
        sample(0, 1.0),
        sample(0, 1.0, filtered="flexible-extract"),
        sample(1, 0.0),
        sample(2, True),
        sample(3, [1.0]),
    ]
    (run / f"samples_gsm8k_{DATE}.jsonl").write_text("\n".join(rows))
    parsed = lm_eval.read([run])
    assert parsed.tables["responses"].select("model", "benchmark", "item", "score").rows() == [
        ("org/model-7b", "gsm8k", "0", 1.0),
        ("org/model-7b", "gsm8k", "1", 0.0),
        ("org/model-7b", "gsm8k", "2", 1.0),
        ("org/model-7b", "gsm8k", "3", 1.0),
    ]
    assert any("1 lines are the same questions under other filters" in n for n in parsed.notes)
    assert "secret" not in parsed.tables["responses"].write_csv()
    assert parsed.read == accounted(parsed) == 6


def test_two_answers_to_one_question_are_refused_with_their_lines():
    lines = [sample(0, 1.0), sample(1, 1.0), sample(0, 0.0), sample(1, 1.0)]
    parsed = parse(samples={"gsm8k": "\n".join(lines)})
    assert parsed.tables["responses"].select("item", "score").rows() == [("1", 1.0)]
    told = sorted((row.line, row.reason) for row in parsed.refused if "there twice" in row.reason)
    assert [line for line, _ in told] == [1, 3, 4]
    assert all("with score 1 and with 0; neither is taken" in reason for _, reason in told[:2])


def test_samples_of_a_group_carry_their_task():
    rows = {
        task: "\n".join(sample(i, i % 2, "acc", "none") for i in range(2))
        for task in ("mmlu_physics", "mmlu_law")
    }
    parsed = parse(samples=rows, **GROUPS)
    assert parsed.tables["responses"].select("benchmark", "item").rows() == [
        ("mmlu", "mmlu_physics/0"),
        ("mmlu", "mmlu_physics/1"),
        ("mmlu", "mmlu_law/0"),
        ("mmlu", "mmlu_law/1"),
    ]
    assert parsed.read == accounted(parsed) == 8


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (sample(1, None), "the metric 'exact_match' has no value"),
        (sample(1, 7.5), "'exact_match' is 7.5; expected a share"),
        (sample(1, "right"), "'exact_match' is 'right'; expected a number"),
        (sample(None, 1.0), "'doc_id' is missing"),
        (sample(0, 1.0), "item '0' is there twice"),
        ("7", "7; expected an object"),
        ("{", "not JSON"),
    ],
)
def test_samples_that_are_refused(run, row, reason):
    (run / f"samples_gsm8k_{DATE}.jsonl").write_text(f"{sample(0, 1.0)}\n{row}\n")
    parsed = lm_eval.read([run])
    assert [one.line for one in parsed.refused] == [2]
    assert reason in parsed.refused[0].reason
    assert parsed.read == accounted(parsed) == 4


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (f"samples_other_{DATE}.jsonl", "the score of the task 'other' was not taken"),
        ("samples_gsm8k_2020-01-01T00-00-00.jsonl", "no results file of the same run"),
        ("answers.jsonl", "is not named samples_TASK_DATE.jsonl"),
    ],
)
def test_sample_files_without_a_score(run, name, reason):
    (run / name).write_text(sample(0, 1.0))
    parsed = lm_eval.read([run])
    assert reason in parsed.refused[0].reason
    assert parsed.read == accounted(parsed) == 3


def test_a_wrong_file_does_not_stop_the_others(run):
    (run / "results_bad.json").write_text("nothing")
    (run / "results_2026-02-01T00-00-00.json").write_text(
        json.dumps(record(date=1770000000.0, results={"gsm8k": {"exact_match,none": 0.9}}))
    )
    parsed = lm_eval.read([run])
    assert scores(parsed) == {"arc_easy": 0.66, "gsm8k": 0.9}
    assert sorted(row.line for row in parsed.refused) == [0, 2]
    assert parsed.read == accounted(parsed) == 4


def test_options(tmp_path):
    with pytest.raises(UsageError, match="parts is 'group'"):
        lm_eval.read([tmp_path], parts="group")
    with pytest.raises(UsageError, match="reporter is 'me'"):
        lm_eval.read([tmp_path], reporter="me")
