"""Rebuild Epoch's benchmark matrix of May from the raw tables of May, and say what differs.

Usage: python benchmarks/rebuild_matrix.py --facts FOLDER [--out FILE.md]

FOLDER holds ``epoch-2026-05-14/`` with ``eci_benchmarks.csv`` and ``benchmark_data/``. The raw
tables are read by the importer; a cell of the matrix is rebuilt as the best chance-corrected score
of any version of its model, kept between 0.001 and 0.999.
"""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from headway.sources import epoch
from headway.sources.names import slug, split_variant

VINTAGE = "epoch-2026-05-14"
LOWEST, HIGHEST = 0.001, 0.999
EXACT, CLOSE = 1e-6, 0.005
CAUSES = {
    "equal": "equal to 1e-6",
    "rounded": "within 0.005: the raw table is rounded",
    "absent": "the raw tables have no score of this model: it was added after they were written",
    "newer": "the raw tables have lower scores of this model only: the one in the matrix is newer",
    "grouping": "the raw score belongs to a version that the matrix counts to the model and names"
    " nowhere, so that it cannot be known to be one",
    "higher": "the raw tables have a higher score",
}


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The cells of the matrix with the raw score found for each."""

    cells: pl.DataFrame

    def share(self, *causes: str) -> float:
        """The share of the cells with one of these causes."""
        return self.cells.filter(pl.col("cause").is_in(causes)).height / self.cells.height


def rebuild(facts: Path) -> Rebuilt:
    """Compare every cell of the matrix with the raw tables."""
    folder = facts / VINTAGE
    matrix = epoch.read([folder / "eci_benchmarks.csv"]).tables["scores"]
    raw = epoch.read([folder / "benchmark_data"]).tables
    models = Models(matrix)
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    every: dict[str, list[tuple[str, float]]] = defaultdict(list)
    scores = raw["scores"].join(
        raw["benchmarks"].select("benchmark", "chance", "ceiling"), on="benchmark", how="left"
    )
    for row in scores.iter_rows(named=True):
        chance = row["chance"] or 0.0
        share = (row["score"] - chance) / (row["ceiling"] - chance)
        share = min(max(share, LOWEST), HIGHEST)
        every[row["benchmark"]].append((_bare(row["version"] or row["model"]), share))
        for model in models.of(row["version"], row["model"]):
            found[model, row["benchmark"]].append(share)
    rows = []
    for cell in matrix.iter_rows(named=True):
        candidates = found.get((cell["model"], cell["benchmark"]), [])
        best = max(candidates, default=None)
        rows.append(
            {
                "model": cell["model"],
                "benchmark": cell["benchmark"],
                "matrix": cell["score"],
                "raw": best,
                "cause": _cause(
                    cell["score"],
                    best,
                    [
                        share
                        for version, share in every[cell["benchmark"]]
                        if version.startswith(_bare(cell["version"] or cell["model"]) + "-")
                    ],
                ),
            }
        )
    return Rebuilt(pl.DataFrame(rows))


class Models:
    """The models of the matrix by the versions that it and the raw tables name."""

    def __init__(self, matrix: pl.DataFrame) -> None:
        self._exact: dict[str, str] = {}
        self._base: dict[str, set[str]] = defaultdict(set)
        for model, version in matrix.select("model", "version").unique().iter_rows():
            if version:
                self._exact[version] = model
                self._base[_bare(version)].add(model)
        self._names = set(matrix["model"])

    def of(self, version: str | None, name: str) -> set[str]:
        """The models that a raw row may be of: by its version, its snapshot or its name."""
        if version in self._exact:
            return {self._exact[version]}
        if version and len(self._base[_bare(version)]) == 1:
            return self._base[_bare(version)]
        return {name} & self._names


def _bare(version: str) -> str:
    return slug(split_variant(version.strip().rsplit("/", 1)[-1])[0].replace("-pre-release", ""))


def _cause(matrix: float, raw: float | None, relatives: Sequence[float]) -> str:
    if raw is not None and abs(raw - matrix) <= CLOSE:
        return "equal" if abs(raw - matrix) <= EXACT else "rounded"
    if any(abs(share - matrix) <= EXACT for share in relatives):
        return "grouping"
    if raw is None:
        return "absent"
    return "newer" if raw < matrix else "higher"


def page(rebuilt: Rebuilt) -> str:
    """Write the comparison as Markdown."""
    cells = rebuilt.cells
    lines = [
        "# Epoch's matrix of May, rebuilt from the raw tables of May",
        "",
        "Written by `benchmarks/rebuild_matrix.py`. The importer reads the raw benchmark tables in"
        " their own units; each score is corrected for chance as (score - chance) / (ceiling -"
        " chance) and kept between 0.001 and 0.999. A cell of the matrix is the best score of any"
        " version of its model: the version that the matrix names beside it need not be the one"
        " that scored it.",
        "",
        f"Of the {cells.height:,} cells, **{rebuilt.share('equal'):.1%}** agree to 1e-6 and"
        f" **{rebuilt.share('equal', 'rounded'):.1%}** to 0.005.",
        "",
        "| cause | cells | share |",
        "|---|---:|---:|",
    ]
    for cause, words in CAUSES.items():
        number = cells.filter(pl.col("cause") == cause).height
        lines.append(f"| {words} | {number} | {number / cells.height:.2%} |")
    rest = cells.filter(pl.col("cause") != "equal").sort("cause", "benchmark", "model")
    lines += ["", "## The cells that differ", ""]
    lines += ["| benchmark | model | matrix | raw | cause |", "|---|---|---:|---:|---|"]
    for row in rest.iter_rows(named=True):
        raw = "" if row["raw"] is None else f"{row['raw']:.4f}"
        lines.append(
            f"| {row['benchmark']} | {row['model']} | {row['matrix']:.4f} | {raw}"
            f" | {row['cause']} |"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description="Rebuild the May matrix from the raw tables.")
    parser.add_argument("--facts", type=Path, required=True, help="folder of published facts")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    options = parser.parse_args()
    text = page(rebuild(options.facts))
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
