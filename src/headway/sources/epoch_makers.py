"""In which country the maker of a model is, where Epoch AI names several countries in one cell.

The cell lists the countries of all makers, in alphabetical order in some files. The first maker's
country leads: the one that rows of that maker alone give it in the same file, or that is declared
here; failing both, the first of the cell.
"""

import re
from collections import Counter
from collections.abc import Iterable

from headway.sources.cells import Row
from headway.sources.epoch_words import COUNTRIES

__all__ = ["Makers"]

# Of these, Epoch's cells name two countries, or those of their partners beside their own.
DECLARED = {
    "Google DeepMind": "US",
    "Google": "US",
    "EleutherAI": "US",
    "Hugging Face": "US",
    "Tsinghua University": "CN",
}
_BETWEEN = re.compile(r"[,;/|&]")
_NO_COUNTRY = ("Multinational", "International", "Unknown")
"""Words of Epoch's that name no country; such a maker has none."""


class Makers:
    """The countries of makers, as far as rows with one country say.

    Parameters
    ----------
    rows
        Pairs of the cells for the makers and for the countries.

    Examples
    --------
    >>> makers = Makers([("NVIDIA", "United States of America")])
    >>> makers.country("NVIDIA,MIT,Tsinghua University", "China,United States of America")
    'US'
    >>> makers.country("Tsinghua University,MIT", "China,United States of America")
    'CN'
    """

    def __init__(self, rows: Iterable[tuple[str, str]] = ()) -> None:
        seen: dict[str, Counter[str]] = {}
        for organisations, text in rows:
            code = COUNTRIES.get(text.strip())
            first = organisations.split(",")[0].strip()
            if code and first:
                seen.setdefault(first, Counter())[code] += 1 + ("," not in organisations)
        self._known = {first: codes.most_common(1)[0][0] for first, codes in seen.items()}
        self.guessed: set[str] = set()

    @classmethod
    def of(cls, rows: Iterable[tuple[int, Row | str]], makers: str, countries: str) -> "Makers":
        """Learn from the rows of a table."""
        return cls((row[makers], row[countries]) for _, row in rows if not isinstance(row, str))

    def country(self, organisations: str, text: str) -> str | None:
        """Return the country of the first maker, or None for an empty cell.

        Raises
        ------
        ValueError
            When a country is not known.
        """
        # One name has a comma of its own in no file seen; the whole cell comes first all the same.
        if text.strip() in COUNTRIES:
            return COUNTRIES[text.strip()]
        several = [part.strip() for part in _BETWEEN.split(text)]
        each = [[one] if one in COUNTRIES else one.split(" and ") for one in several]
        parts = [one.strip() for some in each for one in some]
        parts = [one for one in parts if one and one not in _NO_COUNTRY]
        unknown = [part for part in parts if part not in COUNTRIES]
        if unknown:
            raise ValueError(f"the country {unknown[0]!r} is not known")
        codes = [COUNTRIES[part] for part in parts]
        first = organisations.split(",")[0].strip()
        for code in (self._known.get(first), DECLARED.get(first)):
            if code in codes:
                return code
        self.guessed.add(f"{first or 'an unnamed maker'} ({text.strip()})")
        return codes[0] if codes else None

    def notes(self, file: str) -> list[str]:
        """Say where nothing but the order of the cell decided."""
        if not self.guessed:
            return []
        return [
            f"{file}: several countries are named and the first one is taken for "
            + ", ".join(sorted(self.guessed))
        ]
