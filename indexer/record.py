"""A processed page as plain JSON values: for `inspect`, for the index, for whoever reads either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any

from indexer.model import Change, Evidence, Found, Page, Place, Problem, Processed, Report, stable_id
from indexer.store.engine import UNKNOWN, Document, Made, PageState, pack, pack_details
from indexer.store.exact import BORDER
from indexer.text.script import fold, to_simplified
from indexer.text.tokenise import words

# What a list of hits does not show: kept apart, read with a single report.
DETAILS = ("repairs", "edits", "edits_not_kept", "left", "evidence", "regions", "sections", "page")


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
        "themes": [theme.value for theme in report.themes], "kind": _value(report.kind),
        "sections": [{"heading": s.heading, "start": s.start} for s in report.sections],
        "repairs": [
            {"fixer": fix.fixer, "count": fix.count,
             "examples": [{"before": before, "after": after} for before, after in fix.examples]}
            for fix in report.fixes
        ],
        "edits": _edits(report.edits), "edits_not_kept": _not_kept(report),
        "left": [{"fixer": left.fixer, "start": left.start, "end": left.end, "reason": left.reason}
                 for left in report.left],
        "evidence": {
            "title": _evidence(report.title), "published": _evidence(report.published),
            "source": _evidence(report.source), "author": _evidence(report.author),
            "period": [{"year": year.value, **_words(year.evidence)} for year in report.period],
            "themes": [{"theme": theme.value, **_words(theme.evidence)} for theme in report.themes],
            "kind": _evidence(report.kind),
        },
    }


def _value(found: Found[str] | None) -> str | None:
    return found.value if found else None


def _words(evidence: Evidence) -> dict[str, str]:
    return {"rule": evidence.rule, "words": evidence.words}


def _evidence(found: Found[str] | None) -> dict[str, str] | None:
    return _words(found.evidence) if found else None


def _edits(changes: Iterable[Change]) -> dict[str, list[list[Any]]]:
    """Every edit by its fixer, as [offset in the body, before, after], in the order of the body.

    Of a very long one both ends are kept; a fourth value then says how many letters are not.
    """
    found: dict[str, list[list[Any]]] = {}
    for change in changes:
        values = [change.start, change.before, change.after, *((change.cut,) if change.cut else ())]
        found.setdefault(change.fixer, []).append(values)
    return found


def _not_kept(report: Report) -> dict[str, int]:
    """How many edits of a fixer are counted in `repairs` and not listed in `edits`."""
    kept = Counter(change.fixer for change in report.edits)
    return {fix.fixer: fix.count - kept[fix.fixer] for fix in report.fixes if fix.count > kept[fix.fixer]}


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
    text = f"{title}{BORDER}{body}"
    return Document(
        id=stored["id"], state=state,
        title_words=" ".join(words(title)),
        body_words=" ".join(words(body)),
        text=text, display=f"{stored['title'] or ''}{BORDER}{stored['body']}", facets=_facets(stored),
        published=sort_date(stored["published"]),
        stored=pack(_shown(stored), text),
        details=pack_details({key: stored[key] for key in DETAILS if key in stored}),
    )


def _shown(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What a hit shows: of the page only its name."""
    shown = {key: value for key, value in stored.items() if key not in DETAILS}
    return shown | {"page": {key: stored["page"][key] for key in ("id", "path")}}


def sort_date(published: str | None) -> int:
    """An ISO date of any precision as YYYYMMDD, zeros for what is not known.

    >>> sort_date("2012-03"), sort_date(None)
    (20120300, 0)
    """
    return int((published or "").replace("-", "").ljust(8, "0"))


def _facets(stored: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Facet values of a report; `unknown` where there is none, so that unknowns can be counted.

    The year is the period that the report is about; only where that is unknown, its publication.
    `helper` has no `unknown`: most reports tell of no helper from elsewhere, and that is known.
    """
    published = (stored["published"][:4],) if stored["published"] else ()
    values = {
        "region": _with_ancestors([stored["region"] or []]),
        "year": tuple(map(str, stored["period"])) or published,
        "published_year": published,
        "source": (to_simplified(stored["source"]).replace("/", "／"),) if stored["source"] else (),
        "script": (stored["script"],),
        "theme": tuple(stored["themes"]),
        "kind": (stored["kind"],) if stored["kind"] else (),
    }
    helpers = _with_ancestors(place["path"] for place in stored["regions"] if place["role"] == "helper")
    return {name: value or (UNKNOWN,) for name, value in values.items()} | {"helper": helpers}


def _with_ancestors(paths: Iterable[list[str]]) -> tuple[str, ...]:
    """Region paths as facet values, each with all that it lies in, none twice.

    >>> _with_ancestors([["江苏省", "扬州市"], ["江苏省", "苏州市"]])
    ('江苏省', '江苏省/扬州市', '江苏省/苏州市')
    """
    return tuple(dict.fromkeys(value for path in paths for value in accumulate(path, "{}/{}".format)))
