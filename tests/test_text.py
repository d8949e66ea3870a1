"""Characters that act are found and shown, and no others."""

import unicodedata

from hypothesis import given, strategies as st

from headway.text import is_plain, shown


@given(st.text())
def test_what_is_shown_never_acts(text: str) -> None:
    assert is_plain(shown(text))
    assert (shown(text) == text) == is_plain(text)


def test_every_control_and_direction_mark_is_found() -> None:
    for code in range(0x110000):
        character = chr(code)
        kind = unicodedata.category(character)
        turns = unicodedata.bidirectional(character) in {
            "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
        }  # fmt: skip
        if turns or kind in {"Zl", "Zp", "Cs"} or kind == "Cc":
            assert not is_plain(character), hex(code)
            assert is_plain(character, lines=True) == (character in "\n\t\r"), hex(code)
        if kind[0] in "LNPSM":
            assert is_plain(character), hex(code)
