"""Tables as the bytes of a file: the same rows always give the same bytes."""

import io

import polars as pl

from headway.dataset.schema import Table


def rendered(frame: pl.DataFrame, table: Table) -> bytes:
    """Return all rows of a table as the content of its file.

    CSV is UTF-8 with ``\\n`` at the end of lines; numbers have the fewest digits that read back
    as the same number.

    Parameters
    ----------
    frame
        The rows.
    table
        The declaration.

    Returns
    -------
    bytes
        The content of the file, with rows sorted by key and revision.
    """
    ordered = frame.select(table.names).sort(table.row_key)
    buffer = io.BytesIO()
    if table.form == "parquet":
        ordered.write_parquet(buffer, compression="zstd")
        return buffer.getvalue()
    plain(ordered).write_csv(buffer)
    return buffer.getvalue()


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with amounts of money as text without trailing zeros."""
    amounts = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Decimal)]
    return frame.with_columns(
        pl.col(name).cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
        for name in amounts
    )
