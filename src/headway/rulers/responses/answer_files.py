"""Files of answers: Parquet, or text with one answer a line."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from headway.errors import DataError
from headway.foreign.apart import check_parquet, scan_parquet
from headway.foreign.guarding import guarded
from headway.foreign.plainfile import check_native, opened

PARQUET = (".parquet", ".pq")
TEXT = (".csv", ".tsv")
ENDINGS = (*PARQUET, *TEXT)
EXPECTED = (
    "give Parquet, or CSV (.csv, .tsv) with a line of column names; "
    "a dataset of Headway is ranked by headway rank --ruler items --dataset FOLDER"
)
LONGEST_HEAD = 2**16
_MAGIC = b"PAR1"
_SEPARATORS = (",", ";", "\t")
_WORDS = {"true": "1", "True": "1", "TRUE": "1", "false": "0", "False": "0", "FALSE": "0"}


def scan(file: str, storage_options: Mapping[str, str] | None = None) -> pl.LazyFrame:
    """Scan one file of answers, text or Parquet by its ending.

    Raises
    ------
    DataError
        When a local file is neither Parquet nor text with column names.
    """
    local = None if "://" in file else Path(file)
    if file.lower().endswith(TEXT):
        separator = "\t" if file.lower().endswith(".tsv") else ","
        if local is not None:
            check_native(local)
            separator = _separator(local)
        return _text(file, separator, storage_options)
    if local is not None:
        with opened(local) as content:
            magic = content.read(len(_MAGIC))
        if magic != _MAGIC:
            raise DataError(f"{file} is not a Parquet file", hint=EXPECTED)
        check_parquet(local)
    return scan_parquet(file, storage_options)


def _separator(file: Path) -> str:
    """What stands between the column names."""
    with opened(file) as content:
        head = content.read(LONGEST_HEAD)
    if not head.strip():
        raise DataError(f"{file} is empty", hint=EXPECTED)
    line, end, _ = head.partition(b"\n")
    if not end and len(head) == LONGEST_HEAD:
        raise DataError(
            f"{file} has a first line of more than {LONGEST_HEAD:,} bytes", hint=EXPECTED
        )
    return max(_SEPARATORS, key=lambda separator: line.count(separator.encode()))


def _text(file: str, separator: str, storage_options: Mapping[str, str] | None) -> pl.LazyFrame:
    options = None if storage_options is None else dict(storage_options)
    with guarded(file):
        # Names such as 007 stay as they are written.
        lazy = pl.scan_csv(
            file, separator=separator, infer_schema=False, storage_options=options, glob=False
        )
        columns = lazy.collect_schema().names()
    filled = [
        pl.col(name).fill_null(value)
        for name, value in (("variant", "default"), ("epoch", "1"))
        if name in columns
    ]
    if "score" in columns:
        filled.append(pl.col("score").str.strip_chars().replace(_WORDS))
    return lazy.with_columns(filled)
