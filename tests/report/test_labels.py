"""Labels keep off each other, off dots and inside the frame."""

import numpy as np
from hypothesis import given, strategies as st

from headway.report.labels import Label, Obstacles, Placed, place, spread, text_width

FRAME = (0.0, 0.0, 600.0, 400.0)
POINTS = st.lists(
    st.tuples(
        st.floats(0, 600), st.floats(0, 400), st.text("abcXYZ 中国", min_size=1, max_size=14)
    ),
    min_size=1,
    max_size=25,
)


def _overlap(one: Placed, other: Placed) -> bool:
    a, b = one.box, other.box
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@given(POINTS, st.booleans())
def test_no_two_labels_overlap_and_none_leaves_the_frame(
    points: list[tuple[float, float, str]], needed: bool
) -> None:
    obstacles = Obstacles(dots=[(x, y, 3.0) for x, y, _ in points])
    placed = place(
        [Label(text=text, x=x, y=y, needed=needed) for x, y, text in points], obstacles, FRAME
    )
    for k, one in enumerate(placed):
        left, top, right, bottom = one.box
        assert left >= FRAME[0]
        assert top >= FRAME[1]
        assert right <= FRAME[2]
        assert bottom <= FRAME[3]
        assert not any(_overlap(one, other) for other in placed[:k])


@given(POINTS)
def test_a_label_that_may_be_left_out_covers_no_dot(
    points: list[tuple[float, float, str]],
) -> None:
    dots = [(x, y, 3.0) for x, y, _ in points]
    for one in place([Label(text=t, x=x, y=y) for x, y, t in points], Obstacles(dots=dots), FRAME):
        left, top, right, bottom = one.box
        assert not any(left < x < right and top < y < bottom for x, y, _ in dots)


def test_a_line_is_avoided() -> None:
    line = (0.0, 190.0, 600.0, 190.0)
    (one,) = place([Label(text="above", x=300, y=200)], Obstacles(segments=[line]), FRAME)
    left, top, right, bottom = one.box
    assert not (top < 190 < bottom)
    assert left < right


@given(st.lists(st.floats(0, 300), min_size=1, max_size=12))
def test_spreading_keeps_the_gap_and_the_order(positions: list[float]) -> None:
    out = spread(positions, 20.0, 0.0, 300.0)
    order = np.argsort(positions, kind="stable")
    assert (np.diff(np.array(out)[order]) >= 20.0 - 1e-9).all()


def test_chinese_is_wider_than_latin() -> None:
    assert text_width("中国", 10) > text_width("ab", 10)
    assert text_width("WW", 10) > text_width("ii", 10)
    assert text_width("ab", 10, bold=True) > text_width("ab", 10)
