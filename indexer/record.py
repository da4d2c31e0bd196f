"""A processed page as plain JSON values: for `inspect`, for the index, for whoever reads either."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from indexer.model import Evidence, Found, Page, Place, Problem, Processed, Report, stable_id
from indexer.store.engine import UNKNOWN, Document, Made, PageState
from indexer.text.script import fold, to_simplified
from indexer.text.tokenise import tokenise

# Parts the title from the body in the text that exact strings are sought in: no report holds it.
BORDER = "\0"


def inspected(processed: Processed) -> dict[str, Any]:
    """The object that `bangfu inspect --json` prints for a page."""
    page = processed.page
    return {
        "page": {"id": page.id, "path": page.path, "url": page.url, "encoding": page.encoding,
                 "encoding_evidence": list(page.encoding_evidence), "kind": page.kind,
                 "sha256": page.sha256},
        "reports": [report_values(report) for report in processed.reports],
        "warnings": list(processed.warnings),
    }


def not_read(problem: Problem) -> dict[str, Any]:
    """The same object for a page that could not be taken in: no reports, and the reason."""
    return {
        "page": {"id": stable_id(problem.path), "path": problem.path, "url": None, "encoding": None,
                 "encoding_evidence": [], "kind": None, "sha256": None},
        "reports": [], "warnings": [problem.reason],
    }


def report_values(report: Report) -> dict[str, Any]:
    """One report as JSON values; what nobody can know is null."""
    return {
        "id": report.id, "part": report.part, "title": _value(report.title), "body": report.body,
        "script": report.script, "published": _value(report.published),
        "period": sorted({year.value for year in report.period}), "source": _value(report.source),
        "author": _value(report.author), "url": report.url,
        "regions": [_place(place) for place in report.places],
        "region": list(report.region) if report.region else None,
        "sections": [{"heading": s.heading, "start": s.start} for s in report.sections],
        "repairs": [
            {"fixer": fix.fixer, "count": fix.count,
             "examples": [{"before": before, "after": after} for before, after in fix.examples]}
            for fix in report.fixes
        ],
        "evidence": {
            "title": _evidence(report.title), "published": _evidence(report.published),
            "source": _evidence(report.source), "author": _evidence(report.author),
            "period": [{"year": year.value, **_words(year.evidence)} for year in report.period],
        },
    }


def _value(found: Found[str] | None) -> str | None:
    return found.value if found else None


def _words(evidence: Evidence) -> dict[str, str]:
    return {"rule": evidence.rule, "words": evidence.words}


def _evidence(found: Found[str] | None) -> dict[str, str] | None:
    return _words(found.evidence) if found else None


def _place(place: Place) -> dict[str, Any]:
    return {"path": list(place.path), "code": place.code, "level": place.level,
            "role": place.role, "evidence": _words(place.evidence)}


def documents(processed: Processed, made: Made) -> list[Document]:
    """The reports of a page, tokenised and ready for an engine; what made them is recorded."""
    page = processed.page
    state = PageState(page.id, page.source.origin if page.source else "", page.path, made,
                      len(processed.reports))
    return [document(_stored(report_values(report), page, processed.warnings), state)
            for report in processed.reports]


def _stored(values: dict[str, Any], page: Page, warnings: tuple[str, ...]) -> dict[str, Any]:
    source = page.source
    return values | {
        "page": {"id": page.id, "path": page.path, "encoding": page.encoding,
                 "encoding_evidence": list(page.encoding_evidence), "kind": page.kind,
                 "sha256": page.sha256, "fetched_at": page.fetched_at, "warnings": list(warnings),
                 "source": {"file": source.file, "member": source.member, "record": source.record}
                 if source else None},
    }


def document(stored: Mapping[str, Any], state: PageState) -> Document:
    """Tokenise a stored report: from its clean text alone, so that it can be done again."""
    title, body = fold(stored["title"] or ""), fold(stored["body"])
    return Document(
        id=stored["id"], state=state,
        title_words=tuple(word.text for word in tokenise(title)),
        body_words=tuple(word.text for word in tokenise(body)),
        text=f"{title}{BORDER}{body}", facets=_facets(stored),
        published=sort_date(stored["published"]), stored=stored,
    )


def sort_date(published: str | None) -> int:
    """An ISO date of any precision as YYYYMMDD, zeros for what is not known.

    >>> sort_date("2012-03"), sort_date(None)
    (20120300, 0)
    """
    return int((published or "").replace("-", "").ljust(8, "0"))


def _facets(stored: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Facet values of a report; `unknown` where there is none, so that unknowns can be counted.

    The year is the period that the report is about; only where that is unknown, its publication.
    """
    published = (stored["published"][:4],) if stored["published"] else ()
    path = stored["region"] or ()
    values = {
        "region": tuple(accumulate(path, "{}/{}".format)),
        "year": tuple(map(str, stored["period"])) or published,
        "published_year": published,
        "source": (to_simplified(stored["source"]),) if stored["source"] else (),
        "script": (stored["script"],),
    }
    return {name: value or (UNKNOWN,) for name, value in values.items()}
