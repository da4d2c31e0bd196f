"""SQLite's FTS5 with its trigram tokenizer over the same normalised text; facets by GROUP BY."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.adapters import FACETS, HITS, VALUES, Answer, display
from tests.bench.questions import KINDS, Question

if TYPE_CHECKING:
    from indexer.store.engine import Document

TABLES = """
CREATE VIRTUAL TABLE texts USING fts5(text, tokenize = 'trigram case_sensitive 1');
CREATE TABLE reports(report INTEGER PRIMARY KEY, id TEXT UNIQUE, stored TEXT);
CREATE TABLE region(report INTEGER, value TEXT, PRIMARY KEY(report, value)) WITHOUT ROWID;
CREATE TABLE year(report INTEGER, value TEXT, PRIMARY KEY(report, value)) WITHOUT ROWID;
"""
# Shorter strings hold no trigram: SQLite has to read every text.
TRIGRAM = 3


class Fts5:
    """Adapter of SQLite FTS5: every word is a string to be found."""

    kinds = frozenset(KINDS)
    background = False

    def version(self) -> str:
        """Of the SQLite library."""
        return sqlite3.sqlite_version

    def prepare(self, documents: Sequence[Document]) -> list[Any]:
        """The bare form of the text (`store/exact.py`), title and body parted by a line break."""
        from indexer.store.exact import bare, tight  # noqa: PLC0415 - not in the serving process

        return [(document.id, bare(tight(document.text)).replace("\0", "\n"), display(document),
                 document.facets) for document in documents]

    def start(self, folder: Path) -> None:
        """One transaction until `commit`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._connect(folder)
        self._base.executescript(TABLES if not self._tables() else "")
        self._base.execute("BEGIN")
        self._next = self._base.execute("SELECT coalesce(max(report), 0) FROM reports").fetchone()[0]

    def _connect(self, folder: Path) -> None:
        self._base = sqlite3.connect(folder / "index.sqlite", isolation_level=None)
        self._base.execute("PRAGMA temp_store = MEMORY")

    def _tables(self) -> int:
        return int(self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])

    def add(self, prepared: Sequence[Any]) -> None:
        """Rows into the tables."""
        first = self._next + 1
        self._next += len(prepared)
        numbered = list(enumerate(prepared, first))
        self._base.executemany("INSERT INTO texts(rowid, text) VALUES (?, ?)",
                               ((number, text) for number, (_, text, _, _) in numbered))
        self._base.executemany("INSERT INTO reports VALUES (?, ?, ?)",
                               ((number, report_id, stored) for number, (report_id, _, stored, _) in numbered))
        for name in FACETS:
            self._base.executemany(f"INSERT INTO {name} VALUES (?, ?)",
                                   ((number, value) for number, (_, _, _, facets) in numbered
                                    for value in facets[name]))

    def commit(self) -> None:
        """End the transaction and begin another one."""
        self._base.execute("COMMIT")
        self._base.execute("BEGIN")

    def merge(self) -> bool:
        """FTS5's own command."""
        self._base.execute("INSERT INTO texts(texts) VALUES ('optimize')")
        return True

    def stop(self) -> None:
        """Close the connection."""
        self._base.execute("COMMIT")
        self._base.close()

    def open(self, folder: Path) -> None:
        """A connection of its own with a table for what was found."""
        self._connect(folder)
        self._base.execute("CREATE TEMP TABLE found(report INTEGER PRIMARY KEY)")

    def reports(self) -> int:
        """Rows."""
        return int(self._base.execute("SELECT count(*) FROM reports").fetchone()[0])

    def ask(self, question: Question, facets: bool) -> Answer:
        """The rows that were found are kept once, counted and joined; the best by FTS5's BM25."""
        where, values = _condition(question)
        self._base.execute("DELETE FROM found")
        total = self._base.execute(f"INSERT INTO found SELECT rowid FROM texts WHERE {where}", values).rowcount
        if "MATCH" in where:
            best = self._base.execute(f"SELECT rowid FROM texts WHERE {where} ORDER BY rank LIMIT {HITS}", values)
        else:
            best = self._base.execute(f"SELECT report FROM found LIMIT {HITS}")
        stored = [json.loads(self._base.execute("SELECT stored FROM reports WHERE report = ?", row).fetchone()[0])
                  for row in best.fetchall()]
        counts = {name: self._base.execute(
            f"SELECT value, count(*) FROM found JOIN {name} USING (report) GROUP BY value "
            f"ORDER BY 2 DESC LIMIT {VALUES}").fetchall()
            for name in FACETS} if facets else None
        return Answer(total, stored, counts)

    def forget(self) -> bool:
        """It keeps no answers."""
        return False

    def counts(self, answer: Answer) -> dict[str, dict[str, int]]:
        """From the rows."""
        return {name: dict(answer.facets[name]) for name in FACETS}

    def close(self) -> None:
        """Close the connection."""
        self._base.close()


def _condition(question: Question) -> tuple[str, list[str]]:
    """The WHERE of a question: trigrams where all strings are long enough, else the texts are read."""
    parts = ["".join(question.parts)] if question.kind == "phrase_2" else list(question.parts)
    joint = " OR " if question.kind == "or_3" else " AND "
    long = [part for part in parts if len(part) >= TRIGRAM]
    if len(long) == len(parts):
        return "texts MATCH ?", [joint.join(f'"{part}"' for part in parts)]
    if joint == " AND " and long:
        short = [part for part in parts if len(part) < TRIGRAM]
        likes = " AND ".join("text LIKE ?" for _ in short)
        return (f"texts MATCH ? AND {likes}",
                [joint.join(f'"{part}"' for part in long), *(f"%{part}%" for part in short)])
    return joint.join("text LIKE ?" for _ in parts), [f"%{part}%" for part in parts]
