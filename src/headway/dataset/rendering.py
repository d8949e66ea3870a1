"""Tables as the bytes of a file: the same rows always give the same bytes."""

import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from headway.dataset.schema import Table

ROW_GROUP = 1 << 18


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
        ordered.write_parquet(buffer, compression="zstd", row_group_size=ROW_GROUP)
        return buffer.getvalue()
    plain(ordered).write_csv(buffer)
    return buffer.getvalue()


def in_pieces(pieces: Iterator[pl.DataFrame], table: Table, path: Path) -> None:
    """Write a Parquet table piece by piece: the same bytes as :func:`rendered` has of all rows.

    Parameters
    ----------
    pieces
        Frames that, one after the other, are sorted by key and revision.
    table
        The declaration.
    path
        The file to write.
    """
    from polars.io.plugins import register_io_source

    def given(
        columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,  # noqa: ARG001
        batch_size: int | None,  # noqa: ARG001
    ) -> Iterator[pl.DataFrame]:
        for piece in pieces:
            kept = piece.select(table.names if columns is None else columns)
            yield kept if predicate is None else kept.filter(predicate)

    register_io_source(given, schema=table.types).sink_parquet(
        path, compression="zstd", row_group_size=ROW_GROUP
    )


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with amounts of money as text without trailing zeros."""
    amounts = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Decimal)]
    return frame.with_columns(
        pl.col(name).cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
        for name in amounts
    )
