"""Opening logs of Inspect AI: the header by its own reader, the samples one by one."""

import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headway.errors import DataError, HeadwayError, UsageError
from headway.sources.files import json_value, open_tree
from headway.sources.gathering import Given
from headway.sources.json_stream import members
from headway.sources.records import shown

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog

__all__ = ["opened", "require"]

_HEADER = "header.json"
_SUMMARIES = "summaries.json"
_TYPES = ("int", "float", "str", "bool")
_LISTS = ("samples", "reductions")
_HEADER_LIMIT = 64 * 2**20
_SAMPLES_LIMIT = 512 * 2**20


def require() -> None:
    """Refuse to go on without the package that reads the logs.

    Raises
    ------
    UsageError
        When it is not installed.
    """
    try:
        import inspect_ai.log  # noqa: F401
    except ImportError:
        raise UsageError(
            "logs of Inspect AI need the package inspect-ai, which is not installed",
            hint="install Headway with its extra: pip install 'headway[evals]'",
        ) from None


def opened(file: Given, samples: bool) -> "tuple[EvalLog, Iterable[Any] | None]":
    """Open a log.

    Parameters
    ----------
    file
        The log.
    samples
        Whether its samples are wanted.

    Returns
    -------
    tuple
        The header, and the samples as JSON objects; None where they are not wanted or not there.

    Raises
    ------
    DataError
        When it is not a log, is damaged or is not safe to read. For a log in JSON, whose samples
        are read one by one, this may come only while they are taken.
    """
    if file.path is None:
        raise DataError("a log inside a zip archive is not read", hint="unpack the archive first")
    if file.name.lower().endswith(".json"):
        return _json_log(file.path, samples)
    return _eval_log(file.path, samples)


def _eval_log(path: Path, samples: bool) -> "tuple[EvalLog, Iterable[Any] | None]":
    with open_tree(path) as tree, _inspect_reads():
        if _HEADER not in tree.names():
            raise DataError("the log has no header: it is still running, or was broken off")
        header = _header(tree.read_bytes(_HEADER, limit=_HEADER_LIMIT))
        if not samples or header.status != "success" or header.eval.config.log_samples is False:
            return header, None
        if _SUMMARIES not in tree.names():
            raise DataError("the log has no summaries of its samples")
        content = tree.read_bytes(_SUMMARIES, limit=_SAMPLES_LIMIT)
    rows = json_value(content, _SUMMARIES, not_a_number="null")
    if not isinstance(rows, list):
        raise DataError(f"{_SUMMARIES} is {shown(rows)}; expected a list")
    return header, rows


def _json_log(path: Path, samples: bool) -> "tuple[EvalLog, Iterable[Any] | None]":
    record: dict[str, Any] = {}
    for name, value in members(path, _LISTS):
        if name not in _LISTS:
            record[name] = value
        elif "results" in record:
            # The header stands before the samples, as the program itself relies on.
            break
    header = _header(json.dumps(record).encode())
    wanted = samples and header.eval.config.log_samples is not False
    return header, _samples(path) if wanted else None


def _samples(path: Path) -> Iterator[Any]:
    """Yield one sample at a time: a log in JSON repeats every message several times."""
    return (value for name, value in members(path, _LISTS) if name == "samples")


def _header(content: bytes) -> "EvalLog":
    from inspect_ai.log import read_eval_log

    json_value(content, _HEADER, not_a_number="null")
    with _inspect_reads():
        return read_eval_log(io.BytesIO(content), header_only=True, format="json")


@contextmanager
def _inspect_reads() -> Iterator[None]:
    """Make every failure of other packages on bytes that are not a log a ``DataError``."""
    try:
        yield
    except HeadwayError:
        raise
    except Exception as error:
        raise DataError(f"not a log that can be read: {_words(error)[:200]}") from None


def _words(error: Exception) -> str:
    """What is wrong, by its place in the log where the validation says one."""
    told = getattr(error, "errors", None)
    if not callable(told):
        return " ".join(str(error).split())
    first = told()[0]
    place = ".".join(str(part) for part in first["loc"] if part not in _TYPES)
    value = "null" if first["input"] is None else shown(first["input"])
    return f"{place or 'the log'}: {first['msg']}; it is {value}"
