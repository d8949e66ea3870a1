"""One question by several rulers: the numbers are those of each ruler asked alone."""

from dataclasses import replace

import numpy as np
import pytest

import headway
from headway.analyses.by_ruler import by_ruler
from headway.analyses.lag import LagSpec
from headway.analyses.tie import has_anchored_points
from headway.dataset import Dataset
from headway.rulers.scale import Scale


@pytest.fixture(scope="module")
def scales(catalog: Dataset, scale: Scale, published: Scale) -> dict[str, Scale]:
    return {
        "general": scale,
        "published": published,
        "one": headway.rulers.single("gpqa-diamond").fit(catalog, draws=50),
        "maths": headway.rulers.load("maths").fit(catalog, draws=50),
        "logits": headway.rulers.eci(anchors=None).fit(catalog, draws=20),
    }


def test_each_row_is_what_the_ruler_says_alone(scales: dict[str, Scale]) -> None:
    result = by_ruler(scales, LagSpec())
    rows = {row["entity"]: row for row in result.table.to_dicts()}
    assert list(rows) == list(scales)
    for name, scale in scales.items():
        tie = 1.0 if name in ("general", "published", "maths") else 0.0
        alone = headway.lag(scale, tie=tie).headline()
        gap = headway.lag(scale, tie=tie, convention="gap").headline()
        row = rows[name]
        assert row["tie"] == tie
        for part in ("estimate", "low", "high", "status"):
            assert row[part] == alone[part]
        assert row["gap"] == gap["estimate"]
        assert row["gap_unit"] == scale.unit
        assert row["n"] == len(scale.models)


def test_the_draws_are_kept(scales: dict[str, Scale]) -> None:
    result = by_ruler(scales, LagSpec())
    row = result.table.row(0, named=True)
    low, high = np.quantile(result.draws[("general",)], [0.05, 0.95])
    assert (low, high) == pytest.approx((row["low"], row["high"]))
    assert len(result.draws[("published",)]) == 0


def test_the_gap_can_be_the_answer(scales: dict[str, Scale]) -> None:
    result = by_ruler({"one": scales["one"]}, LagSpec(convention="gap"))
    row = result.table.row(0, named=True)
    assert row["unit"] == "percent"
    assert row["estimate"] == row["gap"]


def test_what_cannot_be_answered_stays_in_the_table(scales: dict[str, Scale]) -> None:
    vision = headway.rulers.single("vpct").fit(scales["general"].dataset, draws=5)
    result = by_ruler(
        {"vision": vision, "general": scales["general"]}, LagSpec(), failures={"bad": "no scores"},
        dataset="digest",
    )  # fmt: skip
    rows = {row["entity"]: row for row in result.table.to_dicts()}
    assert rows["vision"]["status"] == rows["bad"]["status"] == "not_enough_data"
    assert "has no model on this scale" in rows["vision"]["why"]
    assert rows["bad"]["why"] == "no scores"
    assert rows["general"]["status"] == "ok"
    assert result.dataset == "digest"
    assert "bad" in str(result.to_dict()["table"])


def test_points_are_anchored_or_not(scales: dict[str, Scale]) -> None:
    found = {name: has_anchored_points(scale) for name, scale in scales.items()}
    assert found == {
        "general": True, "published": True, "one": False, "maths": True, "logits": False,
    }  # fmt: skip
    board = scales["published"]
    other = replace(board, spec=dict(board.spec) | {"board": "arena-text"})
    assert not has_anchored_points(other)
