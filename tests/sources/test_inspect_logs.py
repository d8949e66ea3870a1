import io
import json
import sys
import zipfile
from decimal import Decimal

import polars as pl
import pytest

from headway.errors import DataError, UsageError
from headway.sources import inspect_files, inspect_logs

pytest.importorskip("inspect_ai")

SECRET = "a prompt that nobody may store"


@pytest.fixture(params=["eval", "json"])
def log(request, logs):
    return lambda task: logs / request.param / f"{task}.{request.param}"


def header(path):
    from inspect_ai.log import read_eval_log

    return read_eval_log(str(path), header_only=True)


def score(parsed):
    return parsed.tables["scores"].row(0, named=True)


def accounted(parsed):
    tables = parsed.tables
    return tables["scores"].height + tables["responses"].height + len(parsed.refused)


def rewritten(path, target, change):
    """Copy a log with its header changed."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "header.json":
                record = json.loads(content)
                change(record)
                content = json.dumps(record).encode()
            new.writestr(name, content)
    return target


def test_the_totals_are_those_of_the_log(log):
    path = log("broken")
    parsed = inspect_logs.read([path])
    own, found = header(path), score(parsed)
    metrics = own.results.scores[0].metrics
    usage = own.stats.model_usage["mockllm/model"]
    assert found["score"] == metrics["accuracy"].value == 0.5
    assert found["stderr"] == metrics["stderr"].value
    assert found["n"] == own.results.scores[0].scored_samples == 4
    assert found["output_tokens"] == usage.output_tokens == 40
    answers = parsed.tables["responses"]
    assert answers["output_tokens"].sum() == usage.output_tokens
    assert answers["input_tokens"].sum() == found["input_tokens"]
    assert parsed.read == accounted(parsed) == 13


def test_input_tokens_include_those_of_the_cache(log):
    found = score(inspect_logs.read([log("broken")]))
    assert found["input_tokens"] == 8 * (10 + 7 + 3)


def test_what_a_score_says_about_its_run(log):
    found = score(inspect_logs.read([log("broken")], reporter="independent"))
    assert (found["model"], found["variant"], found["version"]) == (
        "model",
        "high",
        "mockllm/model",
    )
    assert (found["benchmark"], found["scale"], found["reporter"]) == (
        "broken",
        "raw",
        "independent",
    )
    assert found["harness"].startswith("inspect-ai ")
    assert found["harness"].endswith("scorer match, accuracy, epochs 2")
    assert found["cost_usd"] is None


def test_samples_with_an_error_are_counted_and_both_accuracies_given(log):
    parsed = inspect_logs.read([log("broken")])
    assert any(
        "4 of 12 samples ended with an error" in note
        and "0.5 as reported, 0.333333 with each of them as a failure" in note
        for note in parsed.notes
    )
    broken = parsed.tables["responses"].filter(pl.col("error").is_not_null())
    assert broken.select("item", "epoch", "score", "error").rows() == [
        ("3", 1, 0.0, "RuntimeError"),
        ("4", 1, 0.0, "RuntimeError"),
        ("3", 2, 0.0, "RuntimeError"),
        ("4", 2, 0.0, "RuntimeError"),
    ]


def test_errors_can_count_as_failures(log):
    found = score(inspect_logs.read([log("broken")], errors="failures"))
    assert found["score"] == pytest.approx(1 / 3, abs=1e-12)
    assert found["n"] == 6
    # Six items, two of them right in both epochs.
    assert found["stderr"] == pytest.approx((0.2666666666666666 / 6) ** 0.5, abs=1e-12)


def test_cost_is_known_where_the_log_has_prices(log):
    parsed = inspect_logs.read([log("paid")])
    assert score(parsed)["cost_usd"] == Decimal("0.008")
    assert parsed.tables["responses"]["cost_usd"].to_list() == [Decimal("0.002")] * 4


def test_samples_that_hit_a_limit_are_scored_and_counted(log):
    parsed = inspect_logs.read([log("limited")])
    assert parsed.tables["responses"]["score"].to_list() == [0.0, 1.0, 0.0]
    assert any("3 samples hit a limit" in note and "message 3" in note for note in parsed.notes)


def test_retries_are_counted(log):
    parsed = inspect_logs.read([log("retried")])
    assert any("1 samples were tried again, 1 times in all" in note for note in parsed.notes)
    assert score(parsed)["variant"] == "default"


def test_marks_are_numbers(log):
    parsed = inspect_logs.read([log("marked")])
    assert dict(parsed.tables["responses"].select("item", "score").rows()) == {
        "C": 1.0,
        "I": 0.0,
        "P": 0.5,
        "N": 0.0,
    }
    assert (
        score(parsed)["score"] == header(log("marked")).results.scores[0].metrics["accuracy"].value
    )


def test_another_scorer_can_be_named(log):
    assert "scorer match" in score(inspect_logs.read([log("marked")], scorer="match"))["harness"]
    parsed = inspect_logs.read([log("marked")], scorer="mtach")
    assert "no scorer 'mtach' (did you mean 'match'?)" in parsed.refused[0].reason


def test_a_scorer_with_several_values_gives_the_first_or_the_one_named(log):
    assert score(inspect_logs.read([log("valued")]))["score"] == 0.625
    assert score(inspect_logs.read([log("valued")], scorer="truth"))["score"] == 1.0
    named = inspect_logs.read([log("valued")], scorer="style")
    assert named.tables["responses"]["score"].to_list() == [0.25, 0.5, 0.75, 1.0]


def test_a_metric_can_be_named(log):
    found = score(inspect_logs.read([log("paid")], metric="stderr"))
    assert found["score"] == header(log("paid")).results.scores[0].metrics["stderr"].value
    parsed = inspect_logs.read([log("paid")], metric="accurcy")
    assert "no metric 'accurcy' (did you mean 'accuracy'?)" in parsed.refused[0].reason


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("stopped", "the log has the status 'error': it ended with an error (RuntimeError)"),
        ("all-broken", "the log has no score, although its status is 'success'"),
    ],
)
def test_logs_that_are_refused(log, task, reason):
    parsed = inspect_logs.read([log(task)])
    assert (parsed.read, parsed.tables["scores"].height) == (1, 0)
    assert parsed.refused[0].line == 0
    assert parsed.refused[0].reason.startswith(reason)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "cancelled"}, "it was cancelled"),
        ({"status": "started"}, "it is still running, or was broken off"),
        ({"invalidated": True}, "declared invalid"),
    ],
)
def test_logs_with_another_status_are_refused(logs, tmp_path, change, reason):
    path = rewritten(
        logs / "eval" / "paid.eval", tmp_path / "one.eval", lambda record: record.update(change)
    )
    assert reason in inspect_logs.read([path]).refused[0].reason


def test_a_log_with_wrong_totals_is_refused(logs, tmp_path):
    def changed(record):
        record["stats"]["model_usage"]["mockllm/model"]["input_tokens"] = -1

    path = rewritten(logs / "eval" / "paid.eval", tmp_path / "one.eval", changed)
    assert "'input_tokens' is -1" in inspect_logs.read([path]).refused[0].reason


def test_a_log_without_a_header_is_still_running(logs, tmp_path):
    path = tmp_path / "running.eval"
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("_journal/start.json", "{}")
    assert "still running" in inspect_logs.read([path]).refused[0].reason


def test_nothing_that_was_asked_or_answered_is_kept(logs):
    parsed = inspect_logs.read([logs / "json"])
    text = repr(parsed) + "".join(frame.write_csv() for frame in parsed.tables.values())
    text += "".join(row.reason for row in parsed.refused)
    for word in (SECRET, "choice", "odd", "yes"):
        assert word not in text


def test_a_folder_is_read_and_the_later_of_two_equal_runs_counts(logs):
    parsed = inspect_logs.read([logs / "eval", logs / "json"])
    assert sorted(parsed.tables["scores"]["benchmark"]) == [
        "broken",
        "limited",
        "marked",
        "paid",
        "retried",
        "valued",
    ]
    assert parsed.read == accounted(parsed)
    assert sum("the later run counts" in row.reason for row in parsed.refused) == 6
    assert "30 answers of earlier runs were left out with their scores" in parsed.notes


def test_headers_alone_give_scores(log):
    parsed = inspect_logs.read([log("broken")], responses=False)
    assert parsed.tables["responses"].is_empty()
    assert score(parsed)["score"] == 0.5
    assert score(parsed)["n"] == 4
    assert any("4 of 12 samples were not completed" in note for note in parsed.notes)


def test_the_progress_is_told(logs):
    told = []

    class Teller:
        def stage(self, text):
            told.append(text)

        def advance(self, done, total):
            told.append((done, total))

    inspect_logs.read([logs / "eval" / "paid.eval"], progress=Teller())
    assert told == ["Reading logs of Inspect AI", (0, 1), (1, 1)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"reasoning_effort": "low"}, "low"),
        ({"reasoning_effort": None, "reasoning_tokens": 16384}, "16K"),
        ({"reasoning_effort": "max", "reasoning_mode": "pro"}, "pro-max"),
        ({"reasoning_effort": None}, "default"),
    ],
)
def test_the_effort_is_the_variant(logs, tmp_path, change, expected):
    def changed(record):
        record["eval"]["model_generate_config"].update(change)
        record["plan"]["config"].update(change)

    path = rewritten(logs / "eval" / "paid.eval", tmp_path / "one.eval", changed)
    found = score(inspect_logs.read([path]))
    assert (found["model"], found["variant"]) == ("model", expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"task_args_passed": {"fewshot": 5}}, "5-shot"),
        ({"task_args_passed": {"fewshot": 0, "secret": "x"}}, "default"),
        ({"task_args_passed": {"subset": "level 1"}, "task_version": 3}, "subset level 1, task 3"),
    ],
)
def test_a_setting_of_the_task_is_the_variant(logs, tmp_path, change, expected):
    def changed(record):
        record["eval"]["task_version"] = 0
        record["eval"].update(change)
        record["eval"]["model_generate_config"]["reasoning_effort"] = None
        record["plan"]["config"]["reasoning_effort"] = None

    path = rewritten(logs / "eval" / "paid.eval", tmp_path / "one.eval", changed)
    assert score(inspect_logs.read([path]))["variant"] == expected


@pytest.mark.parametrize(
    ("logged", "expected"),
    [
        ("openai/gpt-5-2025-08-07", ("gpt-5-2025-08-07", "high")),
        ("openrouter/deepseek/deepseek-r1", ("deepseek/deepseek-r1", "high")),
        ("openai/gpt-5_high", ("gpt-5", "high")),
        ("openai/gpt-5 (thinking)", ("gpt-5", "thinking-high")),
        ("<b>bold</b>", ("b>", "high")),
    ],
)
def test_the_name_of_the_model_loses_the_interface_in_front(logs, tmp_path, logged, expected):
    def changed(record):
        record["eval"]["model"] = logged

    path = rewritten(logs / "eval" / "paid.eval", tmp_path / "one.eval", changed)
    found = score(inspect_logs.read([path]))
    assert (found["model"], found["variant"]) == expected
    assert found["version"] == logged
    assert found["input_tokens"] is None


def changed_samples(path, target, change):
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "summaries.json":
                content = change(content)
            new.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", None, "'id' is missing"),
        ("id", "x" * 400, "expected a text of at most 300 characters"),
        ("id", {"a": 1}, "'id' is an object"),
        ("epoch", -1, "'epoch' is -1; expected a whole number"),
        ("epoch", 1.5, "'epoch' is 1.5; expected a whole number"),
        ("scores", {}, "it has neither a score nor an error"),
        ("scores", 7, "'scores' is 7; expected an object"),
        ("scores", {"match": {"value": "perhaps"}}, "its score is 'perhaps'"),
        ("scores", {"match": {"value": [1, 0]}}, "'score' is a list; expected a number"),
        ("scores", {"match": {"value": {"truth": 1}}}, "its score has no value 'match'"),
        ("scores", {"match": {"value": float("nan")}}, "it has neither a score nor an error"),
        ("total_time", -1, "'total_time' is -1; expected a number of 0 or more"),
        ("model_usage", {"mockllm/model": {"input_tokens": 1e300}}, "'input_tokens' is 1e+300"),
        ("model_usage", {"mockllm/model": True}, "the usage of 'mockllm/model' is True"),
        ("model_usage", {"mockllm/model": {"total_cost": 1e12}}, "expected an amount in dollars"),
    ],
)
def test_samples_that_are_refused(logs, tmp_path, field, value, reason):
    def change(content):
        rows = json.loads(content)
        rows[1][field] = value
        return json.dumps(rows).encode()

    path = changed_samples(logs / "eval" / "paid.eval", tmp_path / "one.eval", change)
    parsed = inspect_logs.read([path])
    assert [row.line for row in parsed.refused] == [2]
    assert reason in parsed.refused[0].reason
    assert parsed.tables["responses"].height == 3
    assert parsed.read == accounted(parsed) == 5


def test_a_sample_that_is_there_twice_is_refused(logs, tmp_path):
    def change(content):
        rows = json.loads(content)
        return json.dumps([*rows, rows[0], 7]).encode()

    path = changed_samples(logs / "eval" / "paid.eval", tmp_path / "one.eval", change)
    reasons = [row.reason for row in inspect_logs.read([path]).refused]
    assert reasons == [
        "sample 5: item '1' is there twice with epoch 1",
        "sample 6: 7; expected an object",
    ]


def test_a_log_that_disagrees_with_its_answers_says_so(logs, tmp_path):
    def changed(record):
        record["results"]["scores"][0]["metrics"]["accuracy"]["value"] = 0.9

    path = rewritten(logs / "eval" / "paid.eval", tmp_path / "one.eval", changed)
    notes = inspect_logs.read([path]).notes
    assert any("accuracy is 0.9, the mean of its answers 0.5" in note for note in notes)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda e: e["config"].update(limit=5), "only a part of the benchmark was run"),
        (
            lambda e: e.update(task_args_passed={"subject": "x", "key": "sk-secret"}),
            "arguments of its own: key, subject",
        ),
        (lambda e: e.update(model="another/grader"), "the log also used mockllm/model"),
    ],
)
def test_what_is_noted(logs, tmp_path, change, note):
    path = rewritten(
        logs / "eval" / "paid.eval", tmp_path / "one.eval", lambda record: change(record["eval"])
    )
    notes = inspect_logs.read([path]).notes
    assert any(note in one for one in notes)
    assert not any("sk-secret" in one for one in notes)


@pytest.mark.parametrize("cut", [0, 10, 300, 2000, -1, -30])
def test_a_truncated_log_is_refused(logs, tmp_path, cut):
    for kind in ("eval", "json"):
        content = (logs / kind / f"paid.{kind}").read_bytes()
        path = tmp_path / f"cut.{kind}"
        path.write_bytes(content[:cut])
        parsed = inspect_logs.read([path])
        assert [row.line for row in parsed.refused] == [0]
        assert parsed.tables["scores"].is_empty()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"version": 2}',
        b'{"version": 99, "status": "success"}',
        b'{"version": 2, "status": "success", "eval": {"task": NaN}}',
        b'{"version": 2, "status": "maybe", "eval": {}}',
        b"[" * 100_000,
        b'{"version": 2, "eval": ' + b'{"a":' * 50_000,
        b'{"version": ' + b"9" * 5000 + b"}",
        b"\xff\xfe\x00",
    ],
    ids=range(12),
)
def test_what_is_not_a_log_is_refused(tmp_path, content):
    (tmp_path / "one.json").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "two.eval", "w") as archive:
        archive.writestr("header.json", content)
    parsed = inspect_logs.read([tmp_path])
    assert len(parsed.refused) == parsed.read == 2


def test_a_log_with_a_wrong_value_is_refused_in_words_with_its_place(tmp_path):
    path = tmp_path / "2026-01-01T00-00-00-00-00_task_x.json"
    path.write_text('{"version": 2, "status": "success", "eval": {"run_id": 7}}')
    [row] = inspect_logs.read([path]).refused
    assert row.reason.startswith("not a log that can be read: eval.")
    for leak in ("EvalLog", "input_type", "errors.pydantic", "None"):
        assert leak not in row.reason


def test_an_archive_that_swells_is_refused(logs, tmp_path):
    path = tmp_path / "bomb.eval"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", b" " * (300 * 2**20))
    assert "swell" in inspect_logs.read([path]).refused[0].reason


def test_a_log_inside_an_archive_is_refused(logs, tmp_path):
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(logs / "eval" / "paid.eval", "paid.eval")
    assert "inside a zip archive" in inspect_logs.read([path]).refused[0].reason


def test_paths_and_options_that_are_wrong(logs, tmp_path):
    with pytest.raises(UsageError, match="no file to read"):
        inspect_logs.read([])
    with pytest.raises(DataError, match="there is no file or folder"):
        inspect_logs.read([tmp_path / "none.eval"])
    with pytest.raises(DataError, match="there is no file to read"):
        inspect_logs.read([tmp_path])
    with pytest.raises(UsageError, match=r"errors is .failure. .did you mean .failures."):
        inspect_logs.read([logs], errors="failure")
    with pytest.raises(UsageError, match="reporter is 'me'"):
        inspect_logs.read([logs], reporter="me")


def test_without_the_package_there_is_a_way_out(monkeypatch):
    monkeypatch.setitem(sys.modules, "inspect_ai.log", None)
    with pytest.raises(UsageError, match="need the package inspect-ai") as error:
        inspect_files.require()
    assert "headway[evals]" in str(error.value)


def test_objects_are_parsed_without_files(logs):
    from inspect_ai.log import read_eval_log

    with zipfile.ZipFile(logs / "eval" / "paid.eval") as archive:
        own = read_eval_log(
            io.BytesIO(archive.read("header.json")), header_only=True, format="json"
        )
        samples = json.loads(archive.read("summaries.json"))
    parsed = inspect_logs.parse_log(own, samples)
    assert parsed.read == accounted(parsed) == 5
    with pytest.raises(DataError, match="no scorer 'other'"):
        inspect_logs.parse_log(own, None, choice=inspect_logs.Choice(scorer="other"))
