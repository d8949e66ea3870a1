"""The dataset: tables of facts, each row with its source and its day of record."""

from importlib.resources import as_file, files
from pathlib import Path

from headway.dataset.dataset import Dataset
from headway.dataset.reading import read_folder
from headway.dataset.schema import Column, Table
from headway.dataset.tables import TABLES
from headway.dataset.writing import read_recovered

__all__ = ["TABLES", "Column", "Dataset", "Table", "load"]


def load(path: str | Path | None = None) -> Dataset:
    """Read a dataset, by default the catalog that ships with Headway.

    Parameters
    ----------
    path
        A dataset folder, or None for the catalog.

    Returns
    -------
    Dataset
        Typed and checked.

    Raises
    ------
    DataError
        When anything in the folder is wrong: nothing is half-read, and the details name the
        file, line, column and value of every problem.

    Examples
    --------
    >>> import headway
    >>> headway.load().scores.height
    2249
    """
    if path is None:
        with as_file(files("headway.dataset") / "catalog") as folder:
            return Dataset(tables=read_folder(folder), origin="the catalog shipped with Headway")
    folder = Path(path)
    tables, notes = read_recovered(folder)
    return Dataset(tables=tables, origin=str(folder), path=folder, notes=notes)
