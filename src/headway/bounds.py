"""The bounds of everything that comes from outside, in one table.

A bound counts what bytes become in memory, not what they are on disk: a small file that unfolds
into a large one is refused like the large one. What is beyond a bound is refused with a sentence
that says the bound, before it is read. ``docs/bounds.md`` has the same table for readers.
"""

from datetime import date

__all__ = [
    "CELLS",
    "CELLS_OF_A_SMALL_FILE",
    "CELLS_PER_BYTE",
    "CELL_LENGTH",
    "COLUMNS",
    "FILE_BYTES",
    "FIRST_DAY",
    "HEADER_NAME",
    "JSON_BYTES",
    "JSON_DEPTH",
    "JSON_VALUES",
    "LAST_DAY",
    "LINE_BYTES",
    "MEMBERS",
    "NAME_LENGTH",
    "NUMBER_LENGTH",
    "PARQUET_MEMORY",
    "PARQUET_ROWS",
    "SHEET_CELLS",
    "TEXT_LENGTH",
    "TOML_BYTES",
    "TOML_DEPTH",
    "TOML_KEYS",
    "TOTAL_BYTES",
    "UNPACKED_RATIO",
    "UNPACKED_SMALL",
    "YAML_BYTES",
    "YAML_DEPTH",
    "YAML_NODES",
]

FILE_BYTES = 2**29
"""Bytes of one text file, once unpacked."""

UNPACKED_SMALL = 2**26
"""Bytes that any packed file or archive may unpack to, however small it is."""

UNPACKED_RATIO = 100
"""Times its size to which a larger packed file or archive may unpack."""

TOTAL_BYTES = 2**34
"""Bytes of all files of an archive together, once unpacked."""

MEMBERS = 200_000
"""Files in a folder or an archive."""

COLUMNS = 4_096
"""Columns of a table."""

HEADER_NAME = 1_000
"""Characters of the name of a column."""

CELLS = 50_000_000
"""Cells of a table in text."""

CELLS_OF_A_SMALL_FILE = 5_000_000
"""Cells of a table, however small its file is."""

CELLS_PER_BYTE = 16
"""Cells per byte of its file that a larger table may have."""

CELL_LENGTH = 131_072
"""Characters of one cell of a foreign table in CSV; a longer one is no table."""

PARQUET_ROWS = 50_000_000
"""Rows of a Parquet file."""

PARQUET_MEMORY = 5 * 2**28
"""Bytes of memory in which one piece of a Parquet file or one sheet has to be read."""

SHEET_CELLS = 2_000_000
"""Cells of a spreadsheet."""

JSON_BYTES = 2**28
"""Bytes of one JSON value, such as a file or a line."""

JSON_VALUES = 4_000_000
"""Values in one JSON value: its numbers, texts, lists and objects together."""

JSON_DEPTH = 200
"""Lists and objects inside each other in JSON."""

YAML_BYTES = 2**23
"""Bytes of a YAML file."""

YAML_NODES = 200_000
"""Values in a YAML file."""

YAML_DEPTH = 64
"""Lists and mappings inside each other in YAML."""

TOML_BYTES = 1_000_000
"""Bytes of a TOML file."""

TOML_KEYS = 10_000
"""Lines with a key or a table in TOML."""

TOML_DEPTH = 16
"""Lists, tables and dotted keys inside each other in TOML."""

NUMBER_LENGTH = 4_000
"""Digits of a number in YAML; a quarter of it in another base, such as 16 or 60."""

NAME_LENGTH = 300
"""Characters of the name or the id of anything."""

TEXT_LENGTH = 2**19
"""Characters of any other text of a dataset."""

LINE_BYTES = 2**26
"""Bytes of one line of a table of a dataset: more than all its texts at their bound."""

FIRST_DAY = date(1950, 1, 1)
"""First day that a dataset may name."""

LAST_DAY = date(2100, 12, 31)
"""Last day that a dataset may name."""
