"""The page of similar practice: from a paragraph of a report, or a pasted text, to passages elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, render_template, request

from search_web.current import service
from search_web.pages.links import link
from search_web.pages.parameters import State, number
from search_web.study.similar import MAX_PASSAGE, bounded

alike = Blueprint("alike", __name__)

# Reports that are shown for a passage.
HITS = 10
# Shorter paragraphs are headings and lists of names: they tell too little to be compared.
LEAST_LETTERS = 25
# Words in common that a link to a report marks there.
MARKED = 6


@alike.get("/similar")
def similar() -> str:
    """Similar practice elsewhere: to a text, to a passage of a report, or the passages to choose from."""
    report_id, passage = request.args.get("of", "").strip(), request.args.get("text", "").strip()
    report = service().report(report_id) if report_id else None
    if report_id and report is None:
        abort(404)
    answer = None
    if report is not None and request.args.get("end", "").strip():
        start, end = number(request.args, "start", 0), number(request.args, "end", 0)
        answer, passage = service().similar(report_id, HITS, start, end), report["body"][start:end].strip()
    elif passage:
        answer = service().similar_to_text(bounded(passage), HITS)
    return render_template(
        "similar.html", state=State(), report=report, passage=passage, answer=answer, most=MAX_PASSAGE,
        hits=with_links(answer), paragraphs=_paragraphs(report) if report and not answer else ())


def with_links(answer: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Similar reports, each with the link that marks the words in common in it."""
    return [hit | {"href": link("pages.report", report=hit["id"], q="|".join(hit["common"][:MARKED]))}
            for hit in answer["hits"]] if answer else []


def _paragraphs(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The paragraphs of a report that can be compared, each with the link that does."""
    found = []
    for line in report["marked_body"]:
        text = "".join(piece["text"] for piece in line["segments"])
        if len(text.strip()) >= LEAST_LETTERS and text.strip() != report["title"]:
            end = line["start"] + len(text)
            found.append({"text": text.strip(), "href": link(
                "alike.similar", of=report["id"], start=line["start"], end=end)})
    return found
