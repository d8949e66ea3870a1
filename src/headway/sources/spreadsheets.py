"""Spreadsheets: one sheet as columns of text."""

from pathlib import Path

import polars as pl

from headway.errors import DataError
from headway.sources.archives import open_tree
from headway.sources.cells import checked_header

__all__ = ["sheet_frame"]


def sheet_frame(path: Path, sheet: str | None) -> pl.DataFrame:
    """Read a sheet as columns of text.

    Parameters
    ----------
    path
        The spreadsheet.
    sheet
        The name of the sheet; without, the first one.

    Returns
    -------
    polars.DataFrame
        All rows below the first, which names the columns; empty cells are null.

    Raises
    ------
    DataError
        When it cannot be read, or two columns have one name.
    """
    open_tree(path).close()
    try:
        rows = pl.read_excel(
            path,
            sheet_name=sheet,
            engine="calamine",
            has_header=False,
            infer_schema_length=0,
            raise_if_empty=False,
            drop_empty_rows=False,
            drop_empty_cols=False,
        )
    except ModuleNotFoundError:
        raise DataError(
            f"{path}: reading spreadsheets needs the package fastexcel",
            hint="install it, or save the sheet as CSV",
        ) from None
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise DataError(f"{path} is not a spreadsheet that can be read: {error}") from None
    rows = rows.with_columns(pl.all().cast(pl.String))
    cells = [cell or "" for cell in rows.row(0)] if rows.height else []
    # The library would rename the second of two equal headers.
    header = checked_header(cells, where=f"{path}: ")
    frame = rows.slice(1).rename(dict(zip(rows.columns, header, strict=True)))
    return frame.with_columns(pl.when(pl.all().str.strip_chars() != "").then(pl.all()))
