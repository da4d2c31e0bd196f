"""Links between the pages: each carries the state that it must keep, and the language the URL names."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request, url_for

from search_web.language import i18n
from search_web.pages.parameters import State


def link(endpoint: str, state: State | None = None, /, *, report: str | None = None, anchor: str = "",
         **more: str | int | None) -> str:
    """The address of a page for a state of the search, Chinese left readable.

    `report` is the id of a report where the page shows one; `more` are further parameters, those
    that are None or "" left out.
    """
    path = url_for(endpoint, report_id=report) if report is not None else url_for(endpoint)
    language = i18n.asked()
    pairs = {name: value for name, value in more.items() if value not in (None, "")}
    if language:
        pairs["lang"] = language
    parts = [state.href[1:] if state else "", urlencode(pairs)]
    query = "&".join(part for part in parts if part)
    return path + (f"?{query}" if query else "") + (f"#{anchor}" if anchor else "")


def in_language(name: str) -> str:
    """This very page in another language of the interface."""
    pairs = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    return "?" + urlencode([*pairs, ("lang", name)])
