"""Files of answers: Parquet, or text with one answer a line."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from headway.errors import DataError

PARQUET = (".parquet", ".pq")
TEXT = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
ENDINGS = (*PARQUET, *TEXT)
EXPECTED = (
    "give Parquet, or CSV (.csv, .tsv, also .gz) with a line of column names; "
    "a dataset of Headway is ranked by headway rank --ruler items --dataset FOLDER"
)
_MAGIC = b"PAR1"
_SEPARATORS = (",", ";", "\t")
_WORDS = {"true": "1", "True": "1", "TRUE": "1", "false": "0", "False": "0", "FALSE": "0"}


def scan(file: str, storage_options: Mapping[str, str] | None = None) -> pl.LazyFrame:
    """Scan one file of answers, by its ending; a local file by its first bytes too.

    Raises
    ------
    DataError
        When a local file is neither Parquet nor text with column names.
    """
    options = None if storage_options is None else dict(storage_options)
    text = file.lower().endswith(TEXT)
    remote = "://" in file
    if not (text or remote):
        with Path(file).open("rb") as opened:
            if opened.read(len(_MAGIC)) != _MAGIC:
                raise DataError(f"{file} is not a Parquet file", hint=EXPECTED)
    if not text:
        return pl.scan_parquet(file, storage_options=options, glob=False, hive_partitioning=False)

    def plain(separator: str) -> pl.LazyFrame:
        # Names such as 007 stay as they are written.
        return pl.scan_csv(
            file, separator=separator, infer_schema=False, storage_options=options, glob=False
        )

    found = [plain(separator) for separator in _SEPARATORS]
    lazy = max(found, key=lambda one: len(one.collect_schema().names()))
    columns = lazy.collect_schema().names()
    filled = [
        pl.col(name).fill_null(value)
        for name, value in (("variant", "default"), ("epoch", "1"))
        if name in columns
    ]
    if "score" in columns:
        filled.append(pl.col("score").str.strip_chars().replace(_WORDS))
    return lazy.with_columns(filled)
