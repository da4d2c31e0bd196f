"""Metadata of the committed sample archive against its gold."""

from __future__ import annotations

from pathlib import Path

from indexer.archive import read_archive
from indexer.model import Problem
from indexer.pipeline import process
from tests.evaluation.described import Counts, compare
from tests.evaluation.pages import TODAY
from tests.pagemaker.gold import page_from_row, read_jsonl


def measure(folder: Path) -> list[Counts] | None:
    """Outcomes by field for each page of the archive; None where it has no gold."""
    expected = folder / "expected.jsonl"
    if not expected.is_file():
        return None
    gold = {row["path"]: page_from_row(row) for row in read_jsonl(expected)}
    found = []
    for raw in read_archive([folder]):
        if isinstance(raw, Problem) or raw.path not in gold:
            continue
        processed = process(raw, TODAY)
        reports = () if isinstance(processed, Problem) else processed.reports
        found.append(compare(reports, gold[raw.path].reports)[0])
    return found
