"""Sound files of every source and format, and how they are damaged."""

import contextlib
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCORES = "model,benchmark,score,n,evaluated_on\nA 1,Maths,0.5,100,2026-01-02\nB 2,Maths,0.75,50,\n"
MAPPING = (
    '[columns]\nmodel = "model"\nbenchmark = "benchmark"\nscore = "score"\nn = "n"\n'
    'evaluated_on = "evaluated_on"\n[fixed]\nscale = "raw"\nreporter = "independent"\n'
    "[benchmarks.Maths]\nceiling = 1\nchance = 0\n"
)
MATRIX = (
    "performance,benchmark,benchmark_release_date,optimized,model,model_version,Model,date,source\n"
    "0.5,Maths,2024-01-02,False,A 1,a-1-2024-01-01_high,A,2024-01-01,Epoch evaluations\n"
    "0.75,Maths,2024-01-02,True,B 2,b-2,,2025-01-01,\n"
)
RATINGS = (
    "snapshot_date,subset,publish_date,category,model_name,license,rating,rating_lower,"
    "rating_upper,vote_count\n2026-06-30,text,2026-06-25,overall,gpt-5-high,MIT,1500,1490,1510,10\n"
)
PRICES = (
    "provider,model,start,input,output,mode,cache_read,cache_write\n"
    "openai,gpt-5,2025-08-07,1.25,10,,0.125,\n"
)
HORIZONS = (
    "results:\n  a_1:\n    benchmark_name: x\n    metrics:\n      average_score: {estimate: 0.7}\n"
    "      p50_horizon_length: {estimate: 137, ci_low: 67, ci_high: 276}\n"
    "      p80_horizon_length: {estimate: 25, ci_low: 8, ci_high: 60}\n"
    "    release_date: 2025-08-07\n"
)
LM_EVAL = json.dumps(
    {
        "results": {"arc": {"alias": "arc", "acc,none": 0.5, "acc_stderr,none": 0.01}},
        "configs": {"arc": {"task": "arc"}},
        "versions": {"arc": 1},
        "n-samples": {"arc": {"original": 100, "effective": 100}},
        "config": {"model": "hf", "model_args": "pretrained=org/A-1"},
        "model_name": "org/A-1",
        "date": 1750000000.0,
    }
)
EVERY = json.dumps(
    {
        "schema_version": "0.3.0",
        "evaluation_id": "maths/org/a-1/1",
        "evaluation_timestamp": "2026-03-04T10:00:00Z",
        "retrieved_timestamp": "1775000000",
        "source_metadata": {
            "source_name": "A board",
            "source_type": "documentation",
            "source_organization_name": "A laboratory",
            "evaluator_relationship": "third_party",
        },
        "eval_library": {"name": "lm_eval", "version": "0.4"},
        "model_info": {"name": "A 1", "id": "org/a-1", "developer": "Org"},
        "evaluation_results": [
            {
                "evaluation_name": "Maths",
                "source_data": {
                    "dataset_name": "Maths",
                    "source_type": "url",
                    "url": ["https://x"],
                },
                "evaluation_timestamp": "2026-03-04",
                "metric_config": {
                    "lower_is_better": False,
                    "score_type": "continuous",
                    "min_score": 0,
                    "max_score": 1,
                    "metric_name": "Accuracy",
                },
                "score_details": {"score": 0.5},
            }
        ],
    }
)
HELM = {
    "runs/r/run_spec.json": {
        "name": "mmlu:subject=law,model=openai_gpt-5",
        "scenario_spec": {"class_name": "MMLUScenario", "args": {"subject": "law"}},
        "adapter_spec": {"method": "multiple_choice_joint", "model": "openai/gpt-5"},
        "groups": ["mmlu"],
    },
    "runs/r/stats.json": [
        {
            "name": {"name": "exact_match", "split": "test"},
            "count": 1,
            "sum": 0.75,
            "sum_squared": 0.5,
            "min": 0.75,
            "max": 0.75,
            "mean": 0.75,
            "variance": 0.0,
            "stddev": 0.0,
        }
    ],
}
RULER = (
    'name = "mine"\nkind = "published"\ntitle = "Mine"\nnote = "A ruler"\n'
    '[options]\nboard = "Epoch ECI"\n'
)
TEXTS = (
    *("", "\0", "\x07", "\x1b[2J", "\u202e", "\ufffe", "\r\n", '"', "'", ",", ";", "\t", "=1+1"),
    *("NaN", "1e999", "-1", "9" * 400, "0x" + "f" * 400, "9999-12-31", "0001-01-01", "[" * 500),
    *(
        "{" * 500,
        "&a [*a]",
        "<<: *a",
        "!!int ''",
        "null",
        "x" * 5000,
        "1-" * 3000 + "x",
        "{}",
        "[]",
    ),
)
Files = dict[str, bytes]
Make = Callable[[Path], tuple[Files, list[str]]]


def plain(name: str, content: str | bytes, *words: str) -> Make:
    """One file, and the command that reads it, in which ``@`` stands for the file."""
    data = content if isinstance(content, bytes) else content.encode()
    return lambda _: ({name: data}, list(words))


def packed(name: str, member: str, content: str, method: int, *words: str) -> Make:
    """The same inside an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(member, content * 20 if content.endswith("\n") else content)
    return plain(name, buffer.getvalue(), *words)


def _into(source: str, *more: str) -> list[str]:
    return ["import", source, "@", "--into", "OUT", "--unmatched", "add", *more]


def kinds(home: Path) -> dict[str, Make]:
    """Every reader and format, by name."""
    import gzip

    import polars as pl

    scores = pl.read_csv(io.BytesIO(SCORES.encode()))
    votes = pl.DataFrame({"model_a": ["A 1"], "model_b": ["B 2"], "winner": ["model_a"]})
    answers = pl.DataFrame(
        {"model": ["A", "B"] * 4, "benchmark": ["t"] * 8, "item": list("aabbccdd"),
         "score": [1.0, 0, 1, 1, 0, 0, 1, 0]}
    )  # fmt: skip
    found: dict[str, Make] = {"dataset check": _folder(home, "check", "@")}
    map_file = home / "map.toml"
    map_file.write_text(MAPPING)
    table = _into("table", "--map-file", str(map_file))
    found["table csv"] = plain("t.csv", SCORES, *table)
    found["table csv.gz"] = plain("t.csv.gz", gzip.compress(SCORES.encode()), *table)
    found["table tsv"] = plain("t.tsv", SCORES.replace(",", "\t"), *table)
    found["table parquet"] = plain("t.parquet", _parquet(scores), *table)
    found["table xlsx"] = plain("t.xlsx", _sheet(scores), *table)
    sound = home / "sound.csv"
    sound.write_text(SCORES)
    found["mapping"] = plain(
        "m.toml", MAPPING, "import", "table", str(sound), "--map-file", "@", "--into", "OUT",
        "--unmatched", "add",
    )  # fmt: skip
    found["epoch csv"] = plain("m.csv", MATRIX, *_into("epoch"))
    for method, name in (
        (zipfile.ZIP_DEFLATED, "deflate"), (zipfile.ZIP_LZMA, "lzma"), (zipfile.ZIP_BZIP2, "bz2"),
    ):  # fmt: skip
        found[f"epoch zip {name}"] = packed("m.zip", "m.csv", MATRIX, method, *_into("epoch"))
    found["arena ratings"] = plain("a.csv", RATINGS, *_into("arena"))
    found["arena votes"] = plain("v.parquet", _parquet(votes), *_into("arena"))
    found["prices"] = plain("p.csv", PRICES, *_into("prices"))
    found["metr"] = plain("h.yaml", HORIZONS, *_into("metr"))
    found["lm-eval"] = plain("results_1.json", LM_EVAL, *_into("lm-eval"))
    found["every-eval-ever"] = plain("e.json", EVERY, *_into("every-eval-ever"))
    runs = io.BytesIO()
    with zipfile.ZipFile(runs, "w") as archive:
        for name, content in HELM.items():
            archive.writestr(name, json.dumps(content))
    found["helm"] = plain("h.zip", runs.getvalue(), *_into("helm"))
    log = _log(home)
    found["inspect json"] = plain("i.json", log[".json"], *_into("inspect"))
    found["inspect eval"] = plain("i.eval", log[".eval"], *_into("inspect"))
    found["ruler"] = plain("r.toml", RULER, "ruler", "check", "@")
    found["ruler in rank"] = plain("r.toml", RULER, "rank", "--ruler", "@", "--json")
    old = {"made": {"command": "rank", "ruler": {"name": "published", "kind": "published"},
                    "draws": 20, "seed": 1, "level": 0.9, "options": {}}, "table": []}  # fmt: skip
    found["refit"] = plain("old.json", json.dumps(old), "rank", "--refit", "@", "--json")
    found["items"] = plain("a.parquet", _parquet(answers), "items", "@", "--json")
    resume = _resume(home, answers)
    given = home / "answers.parquet"
    found["resume"] = plain("fit.resume", resume, "items", str(given), "--resume", "@", "--json")
    found["dataset lag"] = _folder(home, "lag", "--dataset", "@", "--ruler", "published")
    found["dataset import"] = _folder(
        home, "import", "table", str(sound), "--map-file", str(map_file), "--into", "@",
        "--unmatched", "add",
    )  # fmt: skip
    return found


def _parquet(frame: Any) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _sheet(frame: Any) -> bytes:
    buffer = io.BytesIO()
    frame.write_excel(buffer)
    return buffer.getvalue()


def _log(home: Path) -> dict[str, bytes]:
    """A log of Inspect AI in both of its formats."""
    from inspect_ai.log import (  # fmt: skip
        EvalConfig,
        EvalDataset,
        EvalLog,
        EvalMetric,
        EvalResults,
        EvalScore,
        EvalSpec,
        write_eval_log,
    )

    spec = EvalSpec(
        created="2026-01-02T03:04:05+00:00", task="maths", model="openai/a-1",
        dataset=EvalDataset(name="maths", samples=1), config=EvalConfig(),
    )  # fmt: skip
    metrics = {"accuracy": EvalMetric(name="accuracy", value=0.5)}
    results = EvalResults(
        total_samples=1, completed_samples=1,
        scores=[EvalScore(name="match", scorer="match", metrics=metrics)],
    )  # fmt: skip
    log = EvalLog(version=2, status="success", eval=spec, results=results, samples=[])
    made = {}
    for ending in (".json", ".eval"):
        write_eval_log(log, str(home / f"log{ending}"))
        made[ending] = (home / f"log{ending}").read_bytes()
    return made


def _resume(home: Path, answers: Any) -> bytes:
    """A resume file of the very computation that will be asked to go on."""
    from headway import __version__
    from headway.engines import start
    from headway.engines.checkpoint import Checkpoint
    from headway.rulers.responses.reading import parts_from_parquet
    from headway.rulers.responses.ruler import ItemRuler

    file = home / "answers.parquet"
    answers.write_parquet(file)
    ruler = ItemRuler()
    found = parts_from_parquet(
        str(file), benchmarks=ruler.benchmarks, variants=ruler.variants, errors=ruler.errors,
        min_scores=ruler.min_scores,
    )  # fmt: skip
    kept: list[bytes] = []

    class Kept(Checkpoint):
        def save(self, arrays: Any) -> None:
            super().save(arrays)
            kept.append(self.path.read_bytes())

    belongs = {**ruler.belongs_to(found), "headway": __version__}
    with contextlib.closing(start(found.loads)) as engine:
        ruler.fit_parts(found, engine=engine, resume=Kept(home / "sound.resume", belongs))
    return kept[0]


def _folder(home: Path, *words: str) -> Make:
    """A small dataset, of which one file is mutated."""
    import polars as pl

    from headway.dataset import Dataset

    made = home / "facts"
    if not made.exists():
        models = pl.DataFrame(
            {"model": ["a", "b"], "name": ["A", "B"], "country": ["US", "CN"],
             "available_on": ["2025-01-02", "2025-06-03"]}
        ).with_columns(pl.col("available_on").str.to_date())  # fmt: skip
        ratings = pl.DataFrame(
            {"board": ["Epoch ECI"] * 2, "model": ["a", "b"], "rating": [100.0, 90.0],
             "as_of": ["2025-07-01"] * 2}
        ).with_columns(pl.col("as_of").str.to_date())  # fmt: skip
        answers = pl.DataFrame(
            {"model": ["a", "b"], "benchmark": ["t", "t"], "item": ["i", "i"], "score": [1.0, 0.0]}
        )
        scores = pl.DataFrame({"model": ["a", "b"], "benchmark": ["t", "t"], "score": [0.5, 0.25]})
        Dataset.from_frames(
            models=models, ratings=ratings, responses=answers, scores=scores,
            recorded_on="2025-08-01",
        ).write(made)  # fmt: skip
    files = {entry.name: entry.read_bytes() for entry in sorted(made.iterdir())}
    return lambda _: (files, list(words))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return the content with one to four damages."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(10):
            case 0 if data:
                data[place % len(data)] ^= 1 << chance.randrange(8)
            case 1:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 2:
                del data[place : place + chance.choice((1, 4, 100))]
            case 3:
                data[place:place] = chance.choice(TEXTS).encode("utf-8", "surrogatepass")
            case 4:
                end = place + chance.randint(1, 200)
                data[place:place] = data[place:end] * chance.choice((1, 5, 300))
            case 5:
                data = data[:place]
            case 6:
                wide = chance.choice((2, 4, 8))
                number = chance.choice((0, 1, 2 ** (8 * wide - 1) - 1, 2 ** (8 * wide) - 1))
                data[place : place + wide] = number.to_bytes(wide, "little")
            case 7 | 8:
                digits = [at for at, one in enumerate(data) if one in b"0123456789"]
                if digits:
                    data[chance.choice(digits)] = chance.choice(b"0123456789")
            case _:
                lines = bytes(data).split(b"\n")
                one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
                cells = lines[one].split(b",")
                cells[chance.randrange(len(cells))] = chance.choice(TEXTS).encode()
                lines[other] = b",".join(cells)
                data = bytearray(b"\n".join(lines))
    return bytes(data)
