"""Every parser of evaluations on records that were changed at random.

Whatever it is given, a parser returns tables whose rows add up with those refused, or raises a
HeadwayError. ``slow`` tries many more.
"""

import copy
import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from headway.errors import HeadwayError
from headway.sources import every_eval_ever, helm, inspect_logs, lm_eval
from headway.sources.records import SCORES

SCORE = {"min_score": 0, "max_score": 1, "lower_is_better": False, "metric_name": "Accuracy"}
EEE = {
    "schema_version": "0.3.0",
    "evaluation_id": "a",
    "evaluation_timestamp": "2026-03-04T10:00:00Z",
    "retrieved_timestamp": "1775000000",
    "source_metadata": {
        "source_name": "A board",
        "source_organization_name": "A laboratory",
        "source_organization_url": "https://example.org",
        "evaluator_relationship": "third_party",
    },
    "eval_library": {"name": "lm_eval", "version": "0.4"},
    "model_info": {"name": "GPT-5", "id": "openai/gpt-5_high", "developer": "OpenAI"},
    "evaluation_results": [
        {
            "evaluation_name": name,
            "source_data": {"dataset_name": "Board"},
            "metric_config": SCORE,
            "score_details": {
                "score": 0.5,
                "uncertainty": {"standard_error": {"value": 0.1}, "num_samples": 5},
            },
            "generation_config": {"additional_details": {"reasoning_effort": "low"}},
        }
        for name in ("Board", "Part", "Other")
    ],
}
INSTANCE = {
    "schema_version": "0.3.0",
    "evaluation_id": "a",
    "model_id": "openai/gpt-5",
    "evaluation_name": "Board",
    "sample_id": "1",
    "evaluation": {"score": 1.0, "is_correct": True},
    "token_usage": {"input_tokens": 5, "output_tokens": 5},
    "performance": {"latency_ms": 10.0},
    "error": "TimeoutError",
}
RESULTS = {
    "results": {
        "all": {"alias": "all", "acc,none": 0.6, "acc_stderr,none": 0.1, "sample_len": 2},
        "one": {"alias": "one", "acc,none": 0.5, "acc_stderr,none": "N/A", "f1,none": 0.5},
        "two": {"alias": "two", "exact_match,strict": 0.7},
    },
    "groups": {"all": {"acc,none": 0.6, "sample_count": {"acc,none": 3}}},
    "group_subtasks": {"all": ["one"], "two": []},
    "n-samples": {"one": {"original": 5, "effective": 2}, "two": {"effective": 1}},
    "n-shot": {"one": 1},
    "versions": {"one": 1.0},
    "higher_is_better": {"one": {"acc": True, "f1": False}},
    "config": {"model": "hf", "model_args": "pretrained=a/b", "gen_kwargs": {}, "limit": None},
    "date": 1768964383.8,
    "model_name": "a/b",
    "total_evaluation_time_seconds": "12.5",
}
SAMPLE = {"doc_id": 0, "filter": "none", "metrics": ["acc"], "acc": 1.0}
RUN = {
    "run_spec.json": {
        "name": "mmlu:subject=law,model=a_b",
        "adapter_spec": {"model": "a/b", "method": "generation", "max_train_instances": 5},
    },
    "stats.json": [
        {"name": {"name": "exact_match", "split": "test"}, "count": 1, "sum": 0.5, "mean": 0.5},
        {"name": {"name": "f1_score", "split": "test", "perturbation": {"name": "x"}}},
    ],
    "per_instance_stats.json": [
        {
            "instance_id": f"id{i}",
            "train_trial_index": 0,
            "stats": [
                {"name": {"name": "exact_match", "split": "test"}, "count": 1, "mean": i / 2},
                {"name": {"name": "num_prompt_tokens", "split": "test"}, "mean": 7.0, "count": 1},
            ],
        }
        for i in range(3)
    ],
    "scenario.json": {"name": "mmlu", "main_metric": "exact_match"},
}

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        [
            10**40,
            -1,
            1e308,
            5e-324,
            2**62,
            2**63,
            "",
            " ",
            "\ud800",
            "\x00",
            "<script>",
            "=1+1",
            "x" * 400,
            "Infinity",
            "9999-99-99",
            "1e999",
            "-" * 20,
            [],
            {},
            [[]],
            {"": None},
        ]
    ),
)
EDITS = st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from("rdn"), ODD), max_size=4)


def places(value, here=()):
    yield here
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in inner:
            yield from places(one, (*here, key))


def edited(value, edits):
    """Replace, remove or double parts of a value, or put a new one in."""
    value = copy.deepcopy(value)
    for number, kind, one in edits:
        odd = copy.deepcopy(one)
        every = list(places(value))[1:]
        if not every:
            return odd
        *way, last = every[number % len(every)]
        parent = value
        for key in way:
            parent = parent[key]
        if kind == "r":
            parent[last] = odd
        elif kind == "d":
            del parent[last]
        elif isinstance(parent, list):
            parent.append(copy.deepcopy(parent[last]))
        else:
            parent[odd if isinstance(odd, str) else "new"] = odd
    return value


def dumped(value):
    return json.dumps(value, ensure_ascii=True)


def survives(parse):
    try:
        parsed = parse()
    except HeadwayError as error:
        str(error).encode("utf-8", "backslashreplace")
        return
    scores, answers = parsed.tables["scores"], parsed.tables["responses"]
    assert parsed.read == scores.height + answers.height + len(parsed.refused) + parsed.left_out
    assert dict(scores.schema) == SCORES
    for frame in parsed.tables.values():
        frame.write_csv(io.BytesIO())
    for frame in (scores, answers):
        assert frame["score"].is_finite().all()
        for name in ("model", "variant", "benchmark", "score"):
            assert frame[name].null_count() == 0
    for name in ("stderr", "seconds"):
        values = scores[name].drop_nulls()
        assert values.is_finite().all()
        assert (values >= 0).all()
    for row in parsed.refused:
        row.reason.encode()
    for note in parsed.notes:
        note.encode()


def aggregate(edits):
    survives(lambda: every_eval_ever.parse_aggregate(dumped(edited(EEE, edits))))


def instances(edits):
    rows = edited([INSTANCE, {**INSTANCE, "sample_id": "2"}], edits)
    text = "\n".join(map(dumped, rows)) if isinstance(rows, list) else dumped(rows)
    survives(lambda: every_eval_ever.parse_instances(text))


def harness(edits):
    rows = edited([SAMPLE, {**SAMPLE, "doc_id": 1}], edits[2:])
    text = "\n".join(map(dumped, rows)) if isinstance(rows, list) else dumped(rows)
    content = dumped(edited(RESULTS, edits))
    for parts in ("groups", "tasks"):
        survives(
            lambda parts=parts: lm_eval.parse_results(content, parts=parts, samples={"one": text})
        )


def run(edits):
    changed = edited(RUN, edits)
    if isinstance(changed, dict):
        content = {str(name): dumped(one) for name, one in changed.items()}
        survives(lambda: helm.parse_run(content))


PARSERS = [aggregate, instances, harness, run]
TEXTS = {
    "aggregate": every_eval_ever.parse_aggregate,
    "instances": every_eval_ever.parse_instances,
    "results": lm_eval.parse_results,
    "samples": lambda text: lm_eval.parse_results(dumped(RESULTS), samples={"one": text}),
    "stats": lambda text: helm.parse_run(
        {**{name: dumped(one) for name, one in RUN.items()}, "stats.json": text}
    ),
}


@pytest.mark.parametrize("parse", PARSERS)
@given(edits=EDITS)
@settings(max_examples=60, deadline=None)
def test_changed_records(parse, edits):
    parse(edits)


@pytest.mark.slow
@pytest.mark.parametrize("parse", PARSERS)
@given(edits=EDITS)
@settings(max_examples=10_000, deadline=None)
def test_many_changed_records(parse, edits):
    parse(edits)


@pytest.mark.parametrize("name", TEXTS)
@given(text=st.text() | st.binary())
@settings(max_examples=60, deadline=None)
def test_any_text(name, text):
    survives(lambda: TEXTS[name](text))


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, "9" * 100_000, "NaN", '"\\ud800"']
)
def test_traps(name, text):
    survives(lambda: TEXTS[name](text))


class Log:
    """What a log consists of; without a long representation, which hypothesis would print."""

    def __init__(self, folder, header, samples, whole):
        self.folder, self.header, self.samples, self.whole = folder, header, samples, whole


@pytest.fixture(scope="module")
def log(logs):
    """The header and the samples of a log, as JSON values, and a place to write to."""
    pytest.importorskip("inspect_ai")
    import inspect_ai.log  # noqa: F401

    with zipfile.ZipFile(logs / "eval" / "broken.eval") as archive:
        parts = [json.loads(archive.read(name)) for name in ("header.json", "summaries.json")]
    for sample in parts[1]:
        for name in ("input", "target", "choices", "metadata"):
            sample.pop(name, None)
    whole = json.loads((logs / "json" / "broken.json").read_text())
    short = [
        {key: value for key, value in sample.items() if key in ("id", "epoch", "scores", "error")}
        for sample in whole["samples"]
    ]
    return Log(logs, *parts, {**whole, "samples": short, "reductions": []})


def changed_log(log, edits, more):
    logs, header, samples, whole = log.folder, log.header, log.samples, log.whole
    path = logs / "changed.eval"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", dumped(edited(header, edits)))
        archive.writestr("summaries.json", dumped(edited(samples, more)))
    other = logs / "changed.json"
    other.write_text(dumped(edited(whole, edits)))
    for one in (path, other):
        survives(lambda one=one: inspect_logs.read([one]))
        survives(lambda one=one: inspect_logs.read([one], errors="failures"))


def damaged_log(log, place, byte):
    logs = log.folder
    for kind in ("eval", "json"):
        content = bytearray((logs / kind / f"paid.{kind}").read_bytes())
        content[place % len(content)] = byte
        path = logs / f"damaged.{kind}"
        path.write_bytes(content)
        survives(lambda path=path: inspect_logs.read([path]))


@given(edits=EDITS, more=EDITS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_changed_logs(log, edits, more):
    changed_log(log, edits, more)


@pytest.mark.slow
@given(edits=EDITS, more=EDITS)
@settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_many_changed_logs(log, edits, more):
    changed_log(log, edits, more)


@given(place=st.integers(0, 2**31), byte=st.integers(0, 255))
@settings(max_examples=40, deadline=None)
def test_damaged_logs(log, place, byte):
    damaged_log(log, place, byte)


@pytest.mark.slow
@given(place=st.integers(0, 2**31), byte=st.integers(0, 255))
@settings(max_examples=2_000, deadline=None)
def test_many_damaged_logs(log, place, byte):
    damaged_log(log, place, byte)
