import json
import zipfile

import pytest

from headway.errors import DataError, UsageError
from headway.sources import helm

NAME = "mmlu:subject=law,method=multiple_choice_joint,model=openai_gpt-5"


def stat(name, mean, split="test", count=1, perturbation=None, sub_split=None):
    about = {"name": name, "split": split}
    if perturbation:
        about["perturbation"] = {"name": perturbation, "robustness": True}
    if sub_split:
        about["sub_split"] = sub_split
    return {"name": about, "count": count, "sum": mean * count, "mean": mean}


def instance(item, score, trial=0, perturbation=None, split="test", **more):
    stats = [stat("exact_match", score, split), stat("num_prompt_tokens", 50, split)]
    stats += [stat("num_output_tokens", 2, split), stat("inference_runtime", 0.5, split)]
    row = {"instance_id": item, "train_trial_index": trial, "stats": stats, **more}
    if perturbation:
        row["perturbation"] = {"name": perturbation}
    return row


def spec(**adapter):
    return {
        "name": NAME,
        "scenario_spec": {"class_name": "MMLUScenario", "args": {"subject": "law"}},
        "adapter_spec": {
            "method": "multiple_choice_joint",
            "model": "openai/gpt-5",
            "max_train_instances": 5,
            "instructions": "a secret prompt",
            **adapter,
        },
        "groups": ["mmlu"],
    }


STATS = [
    stat("exact_match", 0.1, perturbation="robustness"),
    stat("exact_match", 0.2, split="valid"),
    stat("exact_match", 0.3, sub_split="hard"),
    stat("exact_match", 0.75),
    stat("quasi_exact_match", 0.8),
]
INSTANCES = [
    instance("id1", 1.0),
    instance("id1", 0.0, perturbation="typos"),
    instance("id2", 1.0),
    instance("id3", 0.0),
    instance("id4", 1.0),
    instance("id5", 1.0, split="valid"),
]


def files(stats=STATS, instances=INSTANCES, run=None, **more):
    found = {"run_spec.json": run or spec(), "stats.json": stats, **more}
    if instances is not None:
        found["per_instance_stats.json"] = instances
    return {name: json.dumps(content) for name, content in found.items()}


def parse(options=None, **changes):
    return helm.parse_run(files(**changes), **(options or {}))


def accounted(parsed):
    tables = parsed.tables
    return tables["scores"].height + tables["responses"].height + len(parsed.refused)


def test_a_run():
    parsed = parse()
    assert parsed.tables["scores"].row(0, named=True) == {
        "source": "helm",
        "model": "openai/gpt-5",
        "model_name": "gpt-5",
        "organisation": "openai",
        "variant": "5-shot",
        "version": "openai/gpt-5",
        "benchmark": "mmlu:subject=law",
        "score": 0.75,
        "scale": "raw",
        "stderr": pytest.approx(0.25, abs=1e-15),
        "n": 4,
        "reporter": "unknown",
        "reported_in": None,
        "harness": "HELM, 5-shot, multiple_choice_joint, exact_match, split test",
        "evaluated_on": None,
        "cost_usd": None,
        "input_tokens": 200,
        "output_tokens": 8,
        "seconds": 2.0,
    }
    assert parsed.tables["responses"].select("item", "epoch", "score", "input_tokens").rows() == [
        ("id1", 1, 1.0, 50),
        ("id2", 1, 1.0, 50),
        ("id3", 1, 0.0, 50),
        ("id4", 1, 1.0, 50),
    ]
    assert any("1 rows of perturbed instances" in note for note in parsed.notes)
    assert any("1 rows of instances of other splits" in note for note in parsed.notes)
    assert parsed.read == accounted(parsed) == 5
    assert "secret" not in parsed.tables["scores"].write_csv()


def test_the_standard_error_is_over_instances_and_not_over_trials():
    rows = [
        instance(item, score, trial)
        for item, pair in {"a": (1, 0), "b": (1, 1), "c": (0, 0)}.items()
        for trial, score in enumerate(pair)
    ]
    parsed = parse(stats=[stat("exact_match", 0.5, count=2)], instances=rows)
    row = parsed.tables["scores"].row(0, named=True)
    # The means of the trials are 1/2, 1 and 0.
    assert (row["score"], row["n"]) == (0.5, 3)
    assert row["stderr"] == pytest.approx(0.5 / 3**0.5, abs=1e-15)
    assert parsed.tables["responses"]["epoch"].to_list() == [1, 2, 1, 2, 1, 2]


def test_the_rows_of_several_metrics_of_an_instance_are_one_answer():
    other = {
        "instance_id": "id1",
        "train_trial_index": 0,
        "stats": [stat("toxicity", 0.0)],
    }
    parsed = parse(instances=[other, *INSTANCES[:1]])
    assert parsed.tables["responses"].height == 1
    assert parsed.read == accounted(parsed) == 2


def test_the_main_metric():
    assert parse().tables["scores"]["score"][0] == 0.75
    written = {"run": spec(method="generation")}
    assert parse(**written).tables["scores"]["score"][0] == 0.8
    named = parse({"metric": "quasi_exact_match"})
    assert named.tables["scores"]["score"][0] == 0.8
    assert not any("main metric" in note for note in named.notes)
    said = parse(**{"scenario.json": {"main_metric": "quasi_exact_match"}})
    assert said.tables["scores"]["score"][0] == 0.8
    assert not any("main metric" in note for note in said.notes)
    assert any("exact_match is taken" in note for note in parse().notes)


def test_another_split():
    assert parse({"split": "valid"}).tables["scores"]["score"][0] == 0.2
    only = parse(stats=[stat("exact_match", 0.4, split="valid")], instances=None)
    assert only.tables["scores"]["score"][0] == 0.4


def test_without_instances_there_is_no_standard_error():
    parsed = parse(instances=None)
    row = parsed.tables["scores"].row(0, named=True)
    assert (row["stderr"], row["n"], row["input_tokens"]) == (None, None, None)
    assert any("no standard error" in note for note in parsed.notes)


def test_instances_that_disagree_are_noted():
    parsed = parse(instances=[instance("id1", 1.0), instance("id2", 1.0)])
    assert any("0.75 in stats.json and 1 over the instances" in note for note in parsed.notes)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (NAME, "mmlu:subject=law"),
        ("gsm:model=x", "gsm"),
        ("gsm", "gsm"),
        ("babi_qa:task=all,model=x,data_augmentation=canonical", "babi_qa:task=all"),
        ("<b>:dataset=<i>", "<b>:dataset=<i>"),
    ],
)
def test_the_name_of_the_benchmark(name, expected):
    parsed = parse(run={**spec(), "name": name})
    assert parsed.tables["scores"]["benchmark"].to_list() == [expected]


@pytest.mark.parametrize(
    ("options", "changes", "reason"),
    [
        ({}, {"stats": []}, "no statistics of the split 'test'; there are none"),
        ({"split": "train"}, {}, "no statistics of the split 'train'; there are 'valid', 'test'"),
        ({"metric": "exact"}, {}, "no metric 'exact' .did you mean 'exact_match'"),
        (
            {},
            {"stats": [stat("bleu_1", 0.5)]},
            "none of the known main metrics is there",
        ),
        ({}, {"stats": [stat("exact_match", 1.5)]}, "'exact_match' is 1.5; expected a share"),
        ({}, {"run": spec() | {"name": "bbq:subject=all"}}, "measures bias or toxicity"),
        ({"metric": "ece_10_bin"}, {"stats": [stat("ece_10_bin", 0.1)]}, "it is a loss"),
        ({}, {"stats": [7]}, "a statistic is 7; expected an object"),
        ({}, {"stats": {}}, "stats.json: an object; expected a list"),
        ({}, {"instances": {}}, "per_instance_stats.json: an object; expected a list"),
        ({}, {"run": {"name": "x"}}, "'model' is missing"),
        ({}, {"run": {"adapter_spec": {"model": "x"}}}, "'name' is missing"),
        ({}, {"run": []}, "'name' is missing|expected an object|'model' is missing"),
        ({}, {"stats": [{"name": {"name": "exact_match", "split": "test"}}]}, "is None; expected"),
    ],
)
def test_runs_that_are_refused(options, changes, reason):
    if changes.get("run") == []:
        changes = {"run": [1]}
    with pytest.raises(DataError, match=reason):
        parse(options, **changes)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (7, "7; expected an object"),
        ({"stats": []}, "'instance_id' is missing"),
        ({"instance_id": "a", "stats": 5}, "'stats' is 5; expected a list"),
        ({"instance_id": "a", "stats": []}, "a has no exact_match"),
        (instance("a", 2.5), "'exact_match' is 2.5"),
        (instance("a", 1.0, -1), "'train_trial_index' is -1"),
    ],
)
def test_instances_that_are_refused(row, reason):
    parsed = parse(instances=[instance("id1", 1.0), row])
    assert [one.line for one in parsed.refused] == [2]
    assert reason in parsed.refused[0].reason
    assert parsed.read == accounted(parsed) == 3


def test_two_answers_of_one_instance_and_trial_are_taken_by_neither():
    rows = [instance("a", 1.0), instance("b", 1.0), instance("a", 0.0), instance("b", 1.0)]
    parsed = parse(instances=rows)
    assert parsed.tables["responses"].select("item", "score").rows() == [("b", 1.0)]
    [row] = parsed.refused
    assert row.line == 1
    assert "a has exact_match 1 and 0; neither is taken" in row.reason


@pytest.mark.parametrize("name", ["run_spec.json", "stats.json"])
def test_a_run_that_did_not_finish(name):
    content = files()
    del content[name]
    with pytest.raises(DataError, match=f"{name} is missing: the run did not finish"):
        helm.parse_run(content)


def write(folder, **changes):
    folder.mkdir(parents=True)
    for name, content in files(**changes).items():
        (folder / name).write_text(content)


def test_folders_are_read(tmp_path):
    write(tmp_path / "suite" / NAME)
    other = {**spec(), "name": "gsm:model=openai_gpt-5"}
    write(tmp_path / "suite" / "gsm:model=openai_gpt-5", run=other)
    write(tmp_path / "suite" / "broken", stats=[])
    (tmp_path / "suite" / "broken" / "stats.json").write_text("[" * 100_000)
    parsed = helm.read([tmp_path])
    assert sorted(parsed.tables["scores"]["benchmark"]) == ["gsm", "mmlu:subject=law"]
    assert "nested too deeply" in parsed.refused[0].reason
    assert parsed.read == accounted(parsed) == 11
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in (tmp_path / "suite" / NAME).iterdir():
            archive.write(path, f"runs/one/{path.name}")
    assert helm.read([tmp_path / "all.zip"]).tables["scores"].height == 1


def test_the_same_run_twice_counts_once(tmp_path):
    write(tmp_path / "a")
    write(tmp_path / "b")
    parsed = helm.read([tmp_path])
    assert parsed.tables["scores"].height == 1
    assert parsed.tables["responses"].height == 4
    assert "the later run counts" in parsed.refused[0].reason
    assert parsed.read == accounted(parsed)


def test_paths_and_options(tmp_path):
    with pytest.raises(DataError, match="there is no file to read"):
        helm.read([tmp_path])
    (tmp_path / "stats.json").write_text("[]")
    with pytest.raises(DataError, match="there is no run folder of HELM"):
        helm.read([tmp_path])
    with pytest.raises(UsageError, match="reporter is 'me'"):
        helm.read([tmp_path], reporter="me")


def test_two_numbers_of_examples_are_two_variants():
    found = [parse(run=spec(max_train_instances=n)).tables["scores"]["variant"][0] for n in (0, 3)]
    assert found == ["default", "3-shot"]
