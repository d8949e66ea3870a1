"""Logs of one's own: read, and fitted question by question."""

import json

import pytest

import headway
from headway.dataset import Dataset
from headway.sources import inspect_logs

pytest.importorskip("inspect_ai")


def other_model(path, target, name, right):
    """Copy a log as if another model had answered."""
    record = json.loads(path.read_text(encoding="utf-8"))
    record["eval"]["model"] = name
    record["stats"]["model_usage"] = {}
    for sample in record["samples"]:
        sample["model_usage"] = {}
        for score in (sample.get("scores") or {}).values():
            score["value"] = "C" if sample["id"] in right else "I"
    for score in record["results"]["scores"]:
        score["metrics"]["accuracy"]["value"] = len(right) / 4
    target.write_text(json.dumps(record), encoding="utf-8")
    return target


def test_logs_become_a_scale(logs, tmp_path):
    log = logs / "json" / "broken.json"
    files = [
        log,
        other_model(log, tmp_path / "good.json", "mockllm/good", {1, 2, 5, 6}),
        other_model(log, tmp_path / "weak.json", "mockllm/weak", {2}),
    ]
    parsed = inspect_logs.read(files)
    tables = {name: frame for name, frame in parsed.tables.items() if frame.height}
    scores = tables["scores"].filter(tables["scores"]["score"].is_not_null())
    responses = tables["responses"]
    assert responses.select("model").n_unique() == 3
    kept = ["model", "variant", "benchmark", "item", "epoch", "score", "error"]
    data = Dataset.from_frames(
        responses=responses.select(kept), scores=scores.select("model", "benchmark", "score")
    )
    scale = headway.rulers.items(draws=100).fit(data)
    ranked = scale.table["entity"].to_list()
    assert ranked[0].endswith("good")
    assert ranked[-1].endswith("weak")
    # Two of six questions broke in both epochs of every run: they are missing, and it is said.
    assert scale.notes[0] == "12 answers that failed by a technical error count as missing."
    assert len(scale.details["items"]) == 4
    assert scale.details["items"]["answers"].to_list() == [6, 6, 6, 6]
    wrong = headway.rulers.items(draws=0, errors="wrong").fit(data)
    assert len(wrong.details["items"]) == 6
