"""Write the schema of every command's ``--json`` from what the commands print.

    python tools/json_schemas.py            write src/headway/cli/schemas/*.json again
    python tools/json_schemas.py lag rank   only these

A schema is drawn from the runs listed below: what is in all of them is required, every value of a
row may be unknown (null), and tables whose columns depend on the question are left open. The words
are declared here. A test runs the same commands and validates what they print.
"""

import contextlib
import io
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from headway.cli.app import main

HERE = Path(__file__).resolve().parent.parent
SCHEMAS = HERE / "src" / "headway" / "cli" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
FEW = ("--draws", "20")
QUICK = ("--resamples", "100", "--permutations", "100", "--splits", "2", *FEW)

RUNS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "lag": (
        ("lag", *FEW),
        ("lag", "--every", *FEW),
        ("lag", "--by", "domain", *FEW),
        ("lag", "--changed-since", "2026-01-01", *FEW),
    ),
    "rank": (("rank", *FEW), ("rank", "--simultaneous", "--draws", "100"),
             ("rank", "--ruler", "published")),
    "events": (("events", *FEW), ("events", "--only", "domain", *FEW)),
    "premium": (("premium", *QUICK), ("premium", "--model", "GLM-5.2", *FEW)),
    "predict": (("predict", "--model", "gpt-5", *FEW),),
    "next": (("next", "--model", "kimi-k3", "--draws", "200"),),
    "agreement": (("agreement", "--ruler", "general", "--ruler", "coding", *FEW),),
    "multiverse": (
        ("multiverse", "--draws", "20", "--ruler", "eci", "--subset", "all", "--answer",
         "daily-12m", "--answer", "levels-12m", "--workers", "1", "--no-figures"),
    ),
    "check": (("check",),),
    "describe": (("describe",),),
    "diff": (("diff", "{catalog}", "{catalog}", *FEW),),
    "import": (
        ("import", "table", "{table}", "--into", "{fresh}", "--dry-run"),
        ("import", "table", "{table}", "--into", "{fresh}", "--unmatched", "add"),
    ),
    "items": (("items", "{answers}", *FEW),),
    "ruler list": (("ruler", "list"),),
    "ruler show": (("ruler", "show", "general"), ("ruler", "show", "coding")),
    "ruler check": (("ruler", "check", "general"),),
    "report": (("report", "--draws", "20"),),
}  # fmt: skip

OPEN = {"spec", "options", "diagnostics", "details", "made", "asked", "factorials", "ruler"}
"""Objects whose keys depend on the ruler or the question."""

WORDS = {
    "spec": "The options that made the result, as plain values.",
    "dataset": "Digest of the dataset: the same facts have the same digest.",
    "digest": "Digest of the dataset: the same facts have the same digest.",
    "table": "Tidy rows: estimate, low and high at level, in unit; null is unknown, see status.",
    "details": "Longer tables behind the answer, by name.",
    "notes": "Sentences that a reader of the numbers has to know.",
    "made": "How the result was made, enough to make it again with --refit.",
    "estimate": "Point estimate.",
    "low": "Lower end of the interval at level.",
    "high": "Upper end of the interval at level.",
    "level": "Level of the interval, such as 0.9.",
    "unit": "Unit of the numbers.",
    "status": "ok, or why the number is to be read with care or is missing.",
    "n": "How many observations are behind the number.",
    "censored": "How many were not reached by the last day.",
    "convention": "How the lag is measured.",
    "period": "The days that count.",
    "entity": "What the row is about.",
    "quantity": "What was measured.",
    "rank": "Rank, 1 for the best.",
    "refused": "Rows that were not taken, with the reason.",
    "written": "Whether the dataset was changed.",
    "findings": "What deserves a second look.",
    "counts": "How many of each.",
}


def printed(words: Sequence[str], places: Mapping[str, Path]) -> Any:
    """Run a command with ``--json`` in this process and return what it printed."""
    named = [word.format_map({name: str(path) for name, path in places.items()}) for word in words]
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as said:
        code = main([*named, "--json"])
    if code not in (0, 1):
        raise SystemExit(f"headway {' '.join(named)} ended with {code}: {said.getvalue()}")
    return json.loads(out.getvalue())


@contextlib.contextmanager
def places() -> Iterator[dict[str, Path]]:
    """Small files for the commands that read some."""
    import polars as pl

    import headway

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        table, answers = root / "scores.csv", root / "answers.parquet"
        table.write_text(
            "model,benchmark,score\ngpt-5,hle,0.25\nnobody,hle,0.1\n", encoding="utf-8"
        )
        pl.DataFrame(
            {
                "model": [m for m in "abcdef" for _ in range(30)],
                "benchmark": ["quiz"] * 180,
                "item": [f"q{k}" for _ in "abcdef" for k in range(30)],
                "score": [float((7 * k + 3 * m) % 11 < 3 + m) for m in range(6) for k in range(30)],
            }
        ).write_parquet(answers)
        yield {
            "catalog": headway.load().write(root / "catalog"),
            "table": table,
            "answers": answers,
            "fresh": root / "fresh",
        }


def schema_of(
    values: Sequence[Any], name: str = "", *, unknown: bool = False, row: bool = False
) -> dict[str, Any]:
    """Return a schema that holds all of the values.

    Parameters
    ----------
    values
        What stood in one place in several outputs.
    name
        Key of that place.
    unknown
        Whether the value may be unknown.
    row
        Whether the values are rows, any of whose values may be unknown.
    """
    made: dict[str, Any] = {}
    if name in WORDS:
        made["description"] = WORDS[name]
    kinds = sorted({_kind(value) for value in values} | ({"null"} if unknown else set()))
    if "number" in kinds and "integer" in kinds:
        kinds.remove("integer")
    if kinds != ["null"]:
        made["type"] = kinds[0] if len(kinds) == 1 else kinds
    objects = [value for value in values if isinstance(value, dict)]
    lists = [value for value in values if isinstance(value, list)]
    if objects and name not in OPEN and all(objects):
        keys = list(dict.fromkeys(key for value in objects for key in value))
        made["properties"] = {
            key: schema_of([v[key] for v in objects if key in v], key, unknown=row) for key in keys
        }
        made["required"] = [key for key in keys if all(key in value for value in objects)]
        made["additionalProperties"] = False
    if lists:
        items = [item for value in lists for item in value]
        rows = any(isinstance(item, dict) for item in items)
        made["items"] = schema_of(items, row=rows) if items else {}
    return made


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    named = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return named[type(value)]


def file_of(command: str) -> Path:
    """File of a command's schema."""
    return SCHEMAS / f"{command.replace(' ', '-')}.json"


def write(commands: Sequence[str]) -> None:
    """Write the schemas of some commands."""
    SCHEMAS.mkdir(exist_ok=True)
    with places() as there:
        for command in commands:
            values = [printed(run, there) for run in RUNS[command]]
            made = {
                "$schema": DIALECT,
                "title": f"headway {command} --json",
                **schema_of(values),
            }
            text = json.dumps(made, indent=1, ensure_ascii=False)
            file_of(command).write_text(f"{text}\n", encoding="utf-8")
            print(file_of(command).relative_to(HERE))


if __name__ == "__main__":
    write(sys.argv[1:] or list(RUNS))
