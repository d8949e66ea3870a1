"""Instance records of Every Eval Ever, given to the scores they belong to."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from headway.sources import Refused
from headway.sources.files import json_lines
from headway.sources.names import split_variant
from headway.sources.records import (
    Answers,
    Evaluation,
    error_kind,
    named,
    numeric,
    part,
    share,
    shown,
    whole,
)

__all__ = ["ALONE", "SCHEMA", "Aggregate", "Instances", "Taken"]

SCHEMA = re.compile(r"(?:instance_level_eval_)?0\.[23](?:\.\d+)?")
ALONE: Mapping[str, Any] = {
    "source": "every-eval-ever",
    "title": "Every Eval Ever: instance records",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A result that became a score, and how its instances find it."""

    run: Evaluation
    name: str
    result: str | None
    highest: float


@dataclass(slots=True)
class Aggregate:
    """What was made of one aggregate file."""

    identity: str | None
    source: dict[str, Any]
    taken: list[Taken] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: int = 0


class Instances:
    """Instance records, given to the scores they belong to."""

    def __init__(self) -> None:
        self.alone: dict[tuple[str, str, str], Evaluation] = {}
        self.refused: list[Refused] = []
        self.read = 0
        self._epochs: Counter[tuple[int, str]] = Counter()
        self._repeated = 0

    def take(self, content: str | bytes, files: Iterable[Aggregate], file: str) -> None:
        """Take the lines of a file; those of a known evaluation go to its score."""
        known: dict[str, list[Taken]] = {}
        for one in files:
            if one.identity is not None:
                known.setdefault(one.identity, []).extend(one.taken)
        for line, record, trouble in json_lines(content, file, not_a_number="null"):
            self.read += 1
            try:
                if trouble is not None:
                    raise ValueError(trouble)
                self._record(record, known, file)
            except ValueError as error:
                self.refused.append(Refused(line=line, reason=str(error), file=file))

    def notes(self) -> list[str]:
        """Return what was assumed."""
        if not self._repeated:
            return []
        return [f"{self._repeated} items were there again and count as further attempts"]

    def _record(self, record: Any, known: Mapping[str, list[Taken]], file: str) -> None:
        if not isinstance(record, dict):
            raise ValueError(f"{shown(record)}; expected an object")
        version = named(record, "schema_version", required=True) or ""
        if not SCHEMA.fullmatch(version):
            raise ValueError(f"'schema_version' is {shown(version)}; expected 0.3 or 0.2")
        identity = named(record, "evaluation_id", required=True) or ""
        name = named(record, "evaluation_name", required=True) or ""
        item = named(record, "sample_id", required=True) or ""
        evaluation = part(record, "evaluation")
        answers, highest = self._belongs(record, identity, name, known, file)
        score = numeric(evaluation, "score")
        score = share({"score": None if score is None else score / highest}, "score")
        tokens = part(record, "token_usage")
        latency = numeric(part(record, "performance"), "latency_ms", least=0)
        epoch = self._epochs[id(answers), item] + 1
        answers.add(
            item=item,
            epoch=epoch,
            score=score,
            input_tokens=whole(tokens, "input_tokens"),
            output_tokens=whole(tokens, "output_tokens"),
            seconds=None if latency is None else latency / 1000,
            error=error_kind(record.get("error")),
        )
        self._epochs[id(answers), item] = epoch
        self._repeated += epoch > 1

    def _belongs(
        self,
        record: Mapping[str, Any],
        identity: str,
        name: str,
        known: Mapping[str, list[Taken]],
        file: str,
    ) -> tuple[Answers, float]:
        if identity in known:
            result = named(record, "evaluation_result_id")
            fitting = [one for one in known[identity] if result and one.result == result]
            fitting = fitting or [
                one
                for one in known[identity]
                if one.name == name and not (result and one.result and one.result != result)
            ]
            if len(fitting) != 1:
                raise ValueError(f"it belongs to a result of {name!r} that was not taken")
            return fitting[0].run.answers, fitting[0].highest
        model, variant = split_variant(named(record, "model_id", required=True) or "")
        key = (model, variant, name)
        score = {
            "source": ALONE["source"],
            "model": model,
            "variant": variant,
            "benchmark": name,
        }
        run = self.alone.setdefault(key, Evaluation(score=score, file=file, reported=False))
        return run.answers, 1.0
