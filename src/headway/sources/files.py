"""The door through which sources open files: bounded in size, checked before they are believed.

Every source reads through this module, which has the doors of :mod:`headway.foreign` and those to
archives and tables. A file that is missing, too large or not UTF-8, and an archive that is a trap,
is a :class:`~headway.errors.DataError` that says so.
"""

from headway.foreign.jsontext import json_lines, json_value
from headway.foreign.plainfile import LIMIT, as_text, csv_text, read_bytes, read_text
from headway.foreign.tomltext import toml_file, toml_value
from headway.sources.archives import Tree, open_tree
from headway.sources.cells import csv_rows

__all__ = [
    "LIMIT",
    "Tree",
    "as_text",
    "csv_rows",
    "csv_text",
    "json_lines",
    "json_value",
    "open_tree",
    "read_bytes",
    "read_text",
    "toml_file",
    "toml_value",
]
