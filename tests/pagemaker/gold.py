"""A made page and its reports with their gold, and how both are kept as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Script = Literal["hans", "hant"]
Media = Literal["html", "text"]

NO_LEVEL = frozenset(("县", "市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划"))


@dataclass(frozen=True, slots=True)
class Region:
    """A place of a report: present-day official names, province first, and its part in it."""

    path: tuple[str, ...]
    role: str = "primary"


@dataclass(frozen=True, slots=True)
class Report:
    """One report. As a draft it holds all that is true; as gold only what its page shows."""

    title: str
    paragraphs: tuple[str, ...]
    script: Script = "hans"
    subtitle: str | None = None
    published: str | None = None
    period: tuple[int, ...] = ()
    source: str | None = None
    author: str | None = None
    regions: tuple[Region, ...] = ()
    kind: str | None = None
    theme: str | None = None

    @property
    def body(self) -> str:
        """The clean body, one paragraph a line."""
        return "\n".join(self.paragraphs)

    @property
    def region(self) -> tuple[str, ...] | None:
        """The path of the primary region."""
        return next((r.path for r in self.regions if r.role == "primary"), None)

    def row(self, part: int) -> dict[str, Any]:
        """The report as it stands in `expected.jsonl`."""
        return {
            "part": part,
            "title": self.title,
            "subtitle": self.subtitle,
            "body": self.body,
            "script": self.script,
            "published": self.published,
            "period": list(self.period),
            "source": self.source,
            "author": self.author,
            "regions": [{"path": list(r.path), "role": r.role} for r in self.regions],
            "region": list(self.region) if self.region else None,
            "kind": self.kind,
            "theme": self.theme,
        }


@dataclass(frozen=True, slots=True)
class Page:
    """The gold of a page: where it lies, how it was broken, what its reports are.

    `encoding` is what the bytes are, `declared` what the page says they are (None: says nothing),
    `seed` what makes the page again, `damage` the names of the forward models that were applied.
    """

    path: str
    site: str
    media: Media
    encoding: str
    declared: str | None
    url: str | None
    script: Script
    damage: tuple[str, ...]
    seed: str
    reports: tuple[Report, ...]

    def row(self) -> dict[str, Any]:
        """The page as one line of `expected.jsonl`."""
        return {
            "path": self.path,
            "site": self.site,
            "media": self.media,
            "encoding": self.encoding,
            "declared": self.declared,
            # Not "url": by that key an indexer would take the row for a record of an archive.
            "address": self.url,
            "script": self.script,
            "damage": list(self.damage),
            "seed": self.seed,
            "reports": [r.row(n) for n, r in enumerate(self.reports, 1)],
        }


@dataclass(frozen=True, slots=True)
class Made:
    """A page as it was served (`content`) with its gold."""

    gold: Page
    content: bytes


def _path(names: Iterable[str]) -> tuple[str, ...]:
    """A region path without the levels that are none (重庆市/县/忠县)."""
    return tuple(n for n in names if n and n not in NO_LEVEL)


def report_from_row(row: dict[str, Any]) -> Report:
    """A report out of a row of `expected.jsonl` or of a hand-written draft (`paragraphs`)."""
    paragraphs = row["paragraphs"] if "paragraphs" in row else row["body"].split("\n")
    regions = [Region(_path(r["path"]), r["role"]) for r in row.get("regions") or ()]
    if row.get("region") and not any(r.role == "primary" for r in regions):
        regions.insert(0, Region(_path(row["region"])))
    return Report(
        title=row["title"],
        paragraphs=tuple(paragraphs),
        script=row.get("script", "hans"),
        subtitle=row.get("subtitle", row.get("title2")),
        published=row.get("published"),
        period=tuple(row.get("period") or ()),
        source=row.get("source"),
        author=row.get("author"),
        regions=tuple(regions),
        kind=row.get("kind"),
        theme=row.get("theme"),
    )


def page_from_row(row: dict[str, Any]) -> Page:
    """The page that `Page.row` wrote."""
    return Page(
        path=row["path"],
        site=row["site"],
        media=row["media"],
        encoding=row["encoding"],
        declared=row["declared"],
        url=row["address"],
        script=row["script"],
        damage=tuple(row["damage"]),
        seed=row["seed"],
        reports=tuple(report_from_row(r) for r in row["reports"]),
    )


def write_jsonl(rows: Iterable[dict[str, Any]], file: Path) -> None:
    """Write `rows` as lines of JSON in UTF-8."""
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def read_jsonl(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of lines of JSON."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
