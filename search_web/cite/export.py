"""All hits as a file: CSV, JSON Lines, RIS, BibTeX, GB/T 7714 and CSL-JSON, each with its receipt."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from indexer import fingerprint
from indexer.errors import UsageError
from indexer.store.engine import Hit
from indexer.wording import plural
from search_web.cite import citation
from search_web.cite.sheet import MARK, as_text, sheet

# What follows its own format must say; the browser's name for it, and the end of the file's name.
FORMATS: Mapping[str, tuple[str, str]] = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "jsonl": ("application/x-ndjson; charset=utf-8", "jsonl"),
    "ris": ("application/x-research-info-systems; charset=utf-8", "ris"),
    "bibtex": ("application/x-bibtex; charset=utf-8", "bib"),
    "gb7714": ("text/plain; charset=utf-8", "txt"),
    "csl": ("application/vnd.citationstyles.csl+json; charset=utf-8", "json"),
}
COLUMNS = ("id", "title", "source", "author", "published", "period", "region", "themes", "kind", "script",
           "url", "path", "snippet")
_HALVES = re.compile("[\ud800-\udfff]")

Snippet = Callable[[Hit], str]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an export must say to be repeated: what was asked, how it was read, of which index, when."""

    query: str
    interpretation: Mapping[str, Any]
    filters: Mapping[str, tuple[str, ...]]
    sort: str
    reports: int
    standing_for: int | None
    commit: str
    made_by: Mapping[str, str]
    time: str
    clock: str
    day: date

    @property
    def title(self) -> str:
        """What it is called where it must be a record itself."""
        return f"Receipt: {self.query or 'all reports'}"

    @property
    def reprints(self) -> str:
        """How reports that are nearly the same text were counted."""
        if self.standing_for is None:
            return "each by itself"
        reports = f"{self.standing_for} {plural(self.standing_for, 'report')}"
        return f"folded: a group is one row, its earliest report; they stand for {reports}"

    def values(self) -> dict[str, Any]:
        """As JSON values, in the order in which people read them."""
        return {
            "bangfu": "export", "query": self.query, "interpretation": self.interpretation,
            "filters": {name: list(values) for name, values in self.filters.items()}, "sort": self.sort,
            "reports": self.reports, "reprints": self.reprints, "index": self.commit, "time": self.time,
            "clock": self.clock, "made_by": dict(self.made_by),
        }


def receipt(query: str, interpretation: Mapping[str, Any], filters: Mapping[str, Iterable[str]], sort: str,
            reports: int, commit: str, now: datetime, standing_for: int | None = None) -> Receipt:
    """The receipt of an export of so many rows; `standing_for` all reports where reprints are folded.

    `interpretation` is `Reading.describe()`; `commit` is `Searcher.commit`; an aware `now` is written
    with its offset to UTC, a naive one is local time and `clock` says so.
    """
    offset = now.strftime("%z")
    clock = f"UTC{offset[:3]}:{offset[3:5]}" if offset else "local time, offset to UTC not known"
    return Receipt(query, interpretation, {name: tuple(sorted(values)) for name, values in filters.items()},
                   sort, reports, standing_for, commit, fingerprint.parts(),
                   now.isoformat(timespec="seconds"), clock, now.date())


def write(format_name: str, hits: Iterable[Hit], receipt: Receipt, *, snippet: Snippet | None = None,
          text: bool = False) -> Iterator[str]:
    """The export, piece by piece, of every hit that is given: nothing is kept, nothing is cut off.

    `snippet` makes the passage that a hit is shown with; `text` gives the whole text besides (CSV, JSON
    Lines).  Halves of characters become U+FFFD, so that every piece can be encoded as UTF-8.
    Raises UsageError, at once, for a format that there is not.
    """
    if format_name not in FORMATS:
        raise UsageError(f"Unknown format {format_name!r}: use one of {', '.join(FORMATS)}.",
                         "unknown-format", value=format_name)
    if format_name in ("csv", "jsonl"):
        rows = (row(hit, snippet, text=text) for hit in hits)
        pieces = _csv(rows, receipt, text=text) if format_name == "csv" else _jsonl(rows, receipt)
    else:
        pieces = _WRITERS[format_name]((hit.stored for hit in hits), receipt)
    return (_HALVES.sub("\ufffd", piece) for piece in pieces)


def row(hit: Hit, snippet: Snippet | None, *, text: bool) -> dict[str, Any]:
    """A hit by columns: strings, lists of strings, and None for what is not known."""
    record = hit.stored
    values: dict[str, Any] = {name: record[name] for name in COLUMNS if name not in ("path", "snippet")}
    values["region"] = "/".join(record["region"]) if record["region"] else None
    values["path"] = (record.get("page") or {}).get("path")
    values["snippet"] = snippet(hit) if snippet else None
    return values | ({"text": record["body"]} if text else {})


# CSV.

def _csv(rows: Iterable[Mapping[str, Any]], receipt: Receipt, *, text: bool) -> Iterator[str]:
    columns = (*COLUMNS, *(("text",) if text else ()))
    return sheet(columns, ([[values[name] for name in columns]] for values in rows), receipt.values())


# JSON Lines.

def _jsonl(rows: Iterable[Mapping[str, Any]], receipt: Receipt) -> Iterator[str]:
    """The receipt in an object of its own, then the reports, then how many they were."""
    yield _line({"receipt": receipt.values()})
    number = 0
    for number, values in enumerate(rows, 1):  # noqa: B007
        yield _line(values)
    yield _line({"end": {"reports": number}})


def _line(value: Mapping[str, Any]) -> str:
    return f"{json.dumps(value, ensure_ascii=False)}\n"


# References.

def _ris(records: Iterable[Mapping[str, Any]], receipt: Receipt) -> Iterator[str]:
    """RIS knows no comments, and what stands before the first TY makes Zotero refuse a file: so the
    receipt is a record of its own, and the first; whoever does not want it deletes it."""
    values = receipt.values()
    notes = [("N1", f"{name}: {as_text(value)}") for name, value in values.items()]
    yield citation.ris_lines([("TY", "GEN"), ("ID", "bangfu-receipt"),
                              ("TI", receipt.title), *notes])
    for record in records:
        yield "\r\n" + citation.ris(record, receipt.day)


def _bibtex(records: Iterable[Mapping[str, Any]], receipt: Receipt) -> Iterator[str]:
    """What stands outside an entry is a comment to BibTeX, unless it holds an @."""
    yield "".join(f"% {line}\n" for line in _comment(receipt)).replace("@", "\\u0040")
    for record in records:
        yield "\n" + citation.bibtex(record, receipt.day)


def _gb7714(records: Iterable[Mapping[str, Any]], receipt: Receipt) -> Iterator[str]:
    """Lines of the receipt, an empty one, numbered references."""
    yield "".join(f"{MARK} {line}\n" for line in _comment(receipt)) + "\n"
    for number, record in enumerate(records, 1):
        yield f"[{number}] {citation.gb7714(record, receipt.day)}\n"


def _csl(records: Iterable[Mapping[str, Any]], receipt: Receipt) -> Iterator[str]:
    """One JSON array, as citation programs read it; the receipt is a document in it, and the first."""
    first = {"id": "bangfu-receipt", "type": "document", "title": receipt.title,
             "note": json.dumps(receipt.values(), ensure_ascii=False)}
    yield f"[\n{json.dumps(first, ensure_ascii=False)}"
    for record in records:
        yield f",\n{citation.csl_json(record, receipt.day)}"
    yield "\n]\n"


def _comment(receipt: Receipt) -> list[str]:
    """A line for each part, its value as JSON: so it has one line whatever was typed."""
    return [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in receipt.values().items()]


_WRITERS: Mapping[str, Callable[[Iterable[Mapping[str, Any]], Receipt], Iterator[str]]] = {
    "ris": _ris, "bibtex": _bibtex, "gb7714": _gb7714, "csl": _csl,
}
