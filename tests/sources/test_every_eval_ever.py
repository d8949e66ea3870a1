import copy
import json
import math
import zipfile
from datetime import date

import pytest

from headway.errors import DataError, UsageError
from headway.sources import every_eval_ever as eee


def result(name="MMLU", score=0.8, **config):
    return {
        "evaluation_name": name,
        "evaluation_result_id": f"{name}-accuracy",
        "source_data": {"dataset_name": name, "source_type": "hf_dataset"},
        "metric_config": {
            "lower_is_better": False,
            "score_type": "continuous",
            "min_score": 0,
            "max_score": 1,
            "metric_name": "Accuracy",
            **config,
        },
        "score_details": {
            "score": score,
            "uncertainty": {"standard_error": {"value": 0.02}, "num_samples": 400},
        },
    }


def record(*results, **changes):
    return {
        "schema_version": "0.3.0",
        "evaluation_id": "mmlu/openai/gpt-5/1",
        "evaluation_timestamp": "2026-03-04T10:00:00Z",
        "retrieved_timestamp": "1775000000",
        "source_metadata": {
            "source_name": "A board",
            "source_type": "documentation",
            "source_organization_name": "A laboratory",
            "source_organization_url": "https://example.org",
            "evaluator_relationship": "third_party",
        },
        "eval_library": {"name": "lm_eval", "version": "0.4"},
        "model_info": {"name": "GPT-5 (high)", "id": "openai/gpt-5_high", "developer": "OpenAI"},
        "evaluation_results": list(results),
        **changes,
    }


def instance(item="q1", score=1.0, **changes):
    return {
        "schema_version": "instance_level_eval_0.3.0",
        "evaluation_id": "mmlu/openai/gpt-5/1",
        "model_id": "openai/gpt-5_high",
        "evaluation_name": "MMLU",
        "evaluation_result_id": "MMLU-accuracy",
        "sample_id": item,
        "interaction_type": "single_turn",
        "input": {"raw": "a secret question", "reference": ["a secret answer"]},
        "output": {"raw": ["a secret output"]},
        "answer_attribution": [],
        "evaluation": {"score": score, "is_correct": score == 1},
        "token_usage": {"input_tokens": 20, "output_tokens": 3, "total_tokens": 23},
        "performance": {"latency_ms": 1500},
        **changes,
    }


def parse(*results, parts="overall", **changes):
    return eee.parse_aggregate(json.dumps(record(*results, **changes)), parts=parts)


def lines(*instances):
    return "\n".join(json.dumps(one) for one in instances)


def scores(parsed):
    return dict(parsed.tables["scores"].select("benchmark", "score").rows())


def reasons(parsed):
    return [row.reason for row in parsed.refused]


def accounted(parsed):
    tables = parsed.tables
    return tables["scores"].height + tables["responses"].height + len(parsed.refused)


def test_a_result():
    parsed = parse(result())
    assert parsed.tables["scores"].row(0, named=True) == {
        "source": "every-eval-ever-a-laboratory-a-board",
        "model": "openai/gpt-5",
        "model_name": "GPT-5 (high)",
        "organisation": "OpenAI",
        "variant": "high",
        "version": "openai/gpt-5_high",
        "benchmark": "MMLU",
        "score": 0.8,
        "scale": "raw",
        "stderr": 0.02,
        "n": 400,
        "reporter": "independent",
        "reported_in": "A board",
        "harness": "lm_eval 0.4, Accuracy",
        "evaluated_on": date(2026, 3, 4),
        "cost_usd": None,
        "input_tokens": None,
        "output_tokens": None,
        "seconds": None,
    }
    assert parsed.tables["sources"].row(0, named=True) == {
        "source": "every-eval-ever-a-laboratory-a-board",
        "title": "A board",
        "publisher": "A laboratory",
        "url": "https://example.org",
        "licence": None,
        "retrieved_on": None,
    }
    assert (parsed.read, parsed.refused, parsed.notes) == (1, (), ())


@pytest.mark.parametrize(
    ("relation", "reporter"),
    [
        ("first_party", "developer"),
        ("third_party", "independent"),
        ("collaborative", "unknown"),
        ("other", "unknown"),
    ],
)
def test_the_relationship_decides_who_reports(relation, reporter):
    about = {**record()["source_metadata"], "evaluator_relationship": relation}
    assert parse(result(), source_metadata=about).tables["scores"]["reporter"][0] == reporter


def test_what_is_not_known_is_null():
    bare = result()
    bare["score_details"] = {"score": 0.5}
    found = parse(
        bare,
        evaluation_timestamp="unknown",
        eval_library={"name": "unknown", "version": "unknown"},
        source_metadata={
            "source_type": "documentation",
            "source_organization_name": "unknown",
            "evaluator_relationship": "other",
        },
    )
    row = found.tables["scores"].row(0, named=True)
    assert (row["stderr"], row["n"], row["evaluated_on"], row["reported_in"]) == (None,) * 4
    assert row["harness"] == "Accuracy"
    assert found.tables["sources"]["publisher"][0] is None


def test_the_size_of_the_dataset_is_not_what_ran():
    one = result()
    one["source_data"]["samples_number"] = 14_000
    assert parse(one).tables["scores"]["n"][0] == 400


def test_a_standard_deviation_gives_a_standard_error():
    one = result()
    one["score_details"]["uncertainty"] = {"standard_deviation": 0.4, "num_samples": 100}
    assert parse(one).tables["scores"]["stderr"][0] == pytest.approx(0.04, abs=1e-15)


def test_percentages_are_divided_by_their_maximum():
    parsed = parse(result(score=80, max_score=100))
    row = parsed.tables["scores"].row(0, named=True)
    assert (row["score"], row["stderr"]) == (0.8, 0.0002)
    assert any("1 scores were divided" in note for note in parsed.notes)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (result(lower_is_better=True), "lower is better, and such scores are not taken"),
        (result(lower_is_better=None), "'lower_is_better' is None; expected true or false"),
        (result(min_score=None, max_score=None, score=55), "its bounds are not stated"),
        (result(min_score=0, max_score="Infinity", score=1200), "not bounded on both sides"),
        (result(min_score="-Infinity", max_score=1), "not bounded on both sides"),
        (result(max_score=None), "not bounded on both sides"),
        (result(min_score=-1), "the bounds are -1 and 1"),
        (result(max_score=0), "the bounds are 0 and 0"),
        (result(score=1.5), "outside its bounds 0 and 1"),
        (result(score=-1, has_unknown_level=True), "stands for unknown"),
        (result(score=None), "'score' is missing or not a number"),
        (result(score="0.5"), "'score' is '0.5'; expected a number"),
        (result(score=True), "'score' is True; expected a number"),
        (result(score=math.nan), "'score' is missing or not a number"),
        (result(name=""), "'evaluation_name' is missing"),
        (result(name="x" * 301), "expected a text of at most 300 characters"),
        (result(min_score="low"), "'min_score' is 'low'; expected a number"),
        (7, "7; expected an object"),
    ],
)
def test_results_that_are_refused(one, reason):
    parsed = parse(result("Other"), one)
    assert [row.line for row in parsed.refused] == [2]
    assert reason in parsed.refused[0].reason
    assert scores(parsed) == {"Other": 0.8}
    assert parsed.read == accounted(parsed) == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"schema_version": "0.0.1"}, "'schema_version' is '0.0.1'; expected 0.3 or 0.2"),
        ({"schema_version": None}, "'schema_version' is missing"),
        ({"evaluation_results": None}, "no list 'evaluation_results'"),
        ({"model_info": {"name": "x"}}, "'id' is missing"),
        ({"model_info": 4}, "'model_info' is 4; expected an object"),
        ({"source_metadata": {}}, "'evaluator_relationship' is missing"),
        (
            {"source_metadata": {"evaluator_relationship": "friend"}},
            "'evaluator_relationship' is 'friend'; expected one of first_party",
        ),
    ],
)
def test_records_that_are_refused(changes, reason):
    with pytest.raises(DataError, match=reason):
        parse(result(), **changes)


def of(dataset, name, score, **config):
    one = result(name, score, **config)
    one["source_data"]["dataset_name"] = dataset
    one["evaluation_result_id"] = f"{name}-{score}"
    return one


def test_parts_are_not_counted_beside_the_overall_score():
    results = [of("GMMLU", "Korean", 0.7), of("GMMLU", "GMMLU", 0.8), of("GMMLU", "Hindi", 0.9)]
    parsed = parse(*results)
    assert scores(parsed) == {"GMMLU": 0.8}
    assert reasons(parsed) == [
        "result 1: Korean: a part of GMMLU, whose overall score is taken",
        "result 3: Hindi: a part of GMMLU, whose overall score is taken",
    ]
    assert scores(parse(*results, parts="parts")) == {"Korean": 0.7, "Hindi": 0.9}


def test_an_overall_score_takes_the_name_of_its_dataset():
    results = [of("bfcl", "bfcl.overall.accuracy", 0.6), of("bfcl", "bfcl.live.accuracy", 0.5)]
    assert scores(parse(*results)) == {"bfcl": 0.6}


def test_results_without_an_overall_score_are_all_taken():
    parsed = parse(of("board", "MMLU", 0.8), of("board", "GPQA", 0.4))
    assert scores(parsed) == {"MMLU": 0.8, "GPQA": 0.4}


def test_an_overall_score_that_cannot_be_taken_leaves_the_parts():
    parsed = parse(of("b", "overall rank", 1, lower_is_better=True), of("b", "MMLU", 0.8))
    assert scores(parsed) == {"MMLU": 0.8}


def test_the_first_of_several_metrics_counts():
    parsed = parse(result("MMLU", 0.8), result("MMLU", 0.7, metric_name="F1"))
    assert scores(parsed) == {"MMLU": 0.8}
    assert reasons(parsed) == ["result 2: MMLU: another metric of MMLU is taken"]
    both = [of("b", "b overall", 0.5), of("b", "overall f1", 0.6)]
    assert scores(parse(*both)) == {"b": 0.5}
    assert scores(parse(*both, parts="parts")) == {"b overall": 0.5, "overall f1": 0.6}


def logged(scorer, dataset, score, **config):
    one = result(scorer, score, **config)
    one["source_data"]["dataset_name"] = dataset
    return one


@pytest.mark.parametrize(
    "scorer",
    [
        *("choice", "gaia_scorer", "match", "model_graded_qa", "accuracy"),
        *("gaia_scorer/accuracy", "choice (mean)", "match: exact", "includes|score"),
    ],
)
@pytest.mark.parametrize("library", ["inspect_ai", "other"])
def test_the_benchmark_is_the_dataset_and_not_the_scorer(scorer, library):
    results = [logged(scorer, "allenai/arc_easy", 0.9), logged(scorer, "arc_challenge", 0.7)]
    parsed = parse(*results, eval_library={"name": library, "version": "0.3"})
    assert scores(parsed) == {"arc_easy": 0.9, "arc_challenge": 0.7}
    assert all(f"scorer {scorer}" in text for text in parsed.tables["scores"]["harness"])


def test_a_log_of_a_scorer_of_its_own_is_named_by_its_dataset():
    parsed = parse(logged("swe_verify", "swe_bench", 0.4), eval_library={"name": "Inspect AI"})
    assert scores(parsed) == {"swe_bench": 0.4}


def test_one_name_for_several_datasets_is_no_benchmark():
    parsed = parse(logged("zero shot", "a", 0.4), logged("zero shot", "b", 0.6))
    assert scores(parsed) == {"a": 0.4, "b": 0.6}


def test_a_scorer_without_a_dataset_is_refused():
    one = result("choice", 0.5)
    del one["source_data"]["dataset_name"]
    assert "no dataset is named" in reasons(parse(one))[0]


def test_two_results_of_one_key_are_refused_and_both_named(tmp_path):
    parsed = parse(logged("choice", "arc", 0.9), logged("choice", "arc", 0.7))
    assert scores(parsed) == {}
    assert ["results 1 and 2" in reason for reason in reasons(parsed)] == [True, True]
    for name, score in (("a", 0.9), ("b", 0.7)):
        content = json.dumps(record(logged("choice", "arc", score)))
        (tmp_path / f"{name}.json").write_text(content)
    across = eee.read([tmp_path])
    assert across.tables["scores"].is_empty()
    assert "b.json" in across.refused[0].reason
    assert "a.json" in across.refused[1].reason


@pytest.mark.parametrize(
    ("name", "config"),
    [("BBQ", {}), ("CrowS-Pairs", {}), ("MMLU", {"metric_name": "bias score"}),
     ("LM", {"metric_id": "bits_per_byte"})],
)  # fmt: skip
def test_what_is_no_accuracy_is_refused(name, config):
    assert "no accuracy" in reasons(parse(result(name, 0.5, **config)))[0]


def test_settings_and_revisions_are_variants():
    one = result()
    one["generation_config"] = {"additional_details": {"num_fewshot": "5"}}
    about = {"id": "org/m", "name": "m", "additional_details": {"revision": "step10"}}
    parsed = parse(one, model_info=about)
    assert parsed.tables["scores"]["variant"][0] == "revision step10, 5-shot"
    with pytest.raises(DataError, match="is the program that ran it"):
        parse(one, model_info={"id": "vllm"})


def test_an_effort_in_the_settings_is_the_variant():
    one = result()
    one["generation_config"] = {"additional_details": {"reasoning_effort": "Medium"}}
    parsed = parse(one, model_info={"id": "openai/gpt-5", "name": "GPT-5"})
    assert parsed.tables["scores"]["variant"][0] == "medium"


def test_html_in_a_name_stays_text():
    assert list(scores(parse(result("<script>alert(1)</script>")))) == ["<script>alert(1)</script>"]


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "data"
    place.mkdir()
    (place / "one.json").write_text(json.dumps(record(result(), result("GPQA"))))
    return place


def test_instances_join_their_score(folder):
    rows = [instance("q1"), instance("q2", 0.0, error="TimeoutError: a secret"), instance("q1")]
    (folder / "one_samples.jsonl").write_text(lines(*rows))
    parsed = eee.read([folder])
    answers = parsed.tables["responses"]
    assert answers.select("model", "variant", "benchmark", "item", "epoch", "score").rows() == [
        ("openai/gpt-5", "high", "MMLU", "q1", 1, 1.0),
        ("openai/gpt-5", "high", "MMLU", "q2", 1, 0.0),
        ("openai/gpt-5", "high", "MMLU", "q1", 2, 1.0),
    ]
    assert answers.row(1, named=True)["error"] == "TimeoutError"
    assert answers.row(0, named=True)["seconds"] == 1.5
    assert answers["input_tokens"].sum() == 60
    assert "secret" not in repr(parsed) + answers.write_csv()
    assert any("1 items were there again" in note for note in parsed.notes)
    assert parsed.read == accounted(parsed) == 5


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (instance(evaluation_result_id="f1", evaluation_name="F1"), "'F1' that was not taken"),
        (instance(score=2), "'score' is 2.0; expected a share between 0 and 1"),
        (instance(score=None), "'score' is None; expected a share"),
        (instance(sample_id=None), "'sample_id' is missing"),
        (instance(schema_version="9"), "'schema_version' is '9'"),
        (instance(evaluation=None), "expected a share"),
        (instance(token_usage={"input_tokens": -1}), "'input_tokens' is -1"),
        (instance(performance={"latency_ms": -1}), "'latency_ms' is -1"),
        ([], "a list; expected an object"),
    ],
)
def test_instances_that_are_refused(folder, row, reason):
    (folder / "one_samples.jsonl").write_text(lines(instance(), row) + "\n{")
    parsed = eee.read([folder])
    assert [one.line for one in parsed.refused] == [2, 3]
    assert reason in parsed.refused[0].reason
    assert "not JSON" in parsed.refused[1].reason
    assert parsed.read == accounted(parsed) == 5


def test_instances_alone_have_no_score():
    parsed = eee.parse_instances(lines(instance(), instance("q2"), instance("q3", 7)))
    assert parsed.tables["scores"].is_empty()
    assert parsed.tables["responses"]["benchmark"].to_list() == ["MMLU", "MMLU"]
    assert parsed.tables["sources"]["source"].to_list() == ["every-eval-ever"]
    assert parsed.read == accounted(parsed) == 3


def test_the_later_of_two_records_counts(folder):
    later = record(result(score=0.9), evaluation_timestamp="2026-05-01", evaluation_id="later")
    (folder / "a_later.json").write_text(json.dumps(later))
    parsed = eee.read([folder])
    assert scores(parsed) == {"MMLU": 0.9, "GPQA": 0.8}
    assert any("the later run counts" in reason for reason in reasons(parsed))
    assert parsed.read == accounted(parsed) == 3


def test_files_that_are_not_records(folder):
    (folder / "bad.json").write_text("{")
    (folder / "deep.json").write_text("[" * 100_000)
    (folder / "nan.json").write_text(json.dumps(record()).replace('"0.3.0"', "9" * 4000))
    (folder / "bad.jsonl").write_bytes(b"\xff")
    parsed = eee.read([folder])
    assert [row.line for row in parsed.refused] == [0, 0, 0, 0]
    assert parsed.read == accounted(parsed) == 6


def test_an_archive_is_read(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(folder / "one.json", "data/one.json")
    assert scores(eee.read([tmp_path / "all.zip"])) == {"MMLU": 0.8, "GPQA": 0.8}


def test_options_and_paths(tmp_path):
    with pytest.raises(UsageError, match="parts is 'part'"):
        eee.read([tmp_path], parts="part")
    with pytest.raises(DataError, match="there is no file to read"):
        eee.read([tmp_path])


def test_the_input_is_not_changed():
    given = record(result())
    before = copy.deepcopy(given)
    eee.parse_aggregate(json.dumps(given))
    assert given == before
