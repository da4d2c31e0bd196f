"""The pages for research: every occurrence in its context, counts over time and place, what is covered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request

from indexer.coverage import NOTE, coverage, table
from indexer.store.engine import UNKNOWN
from indexer.wording import plural
from search_web.cite.export import receipt
from search_web.cite.sheet import Rows, sheet
from search_web.current import service
from search_web.language.i18n import gettext
from search_web.pages import charts, facet_view, heat
from search_web.pages.links import link
from search_web.pages.parameters import State, in_years, number, page_number, switch
from search_web.pages.wording import chosen
from search_web.service import Question
from search_web.study import kwic, trend

study = Blueprint("study", __name__)

LINES = 50
# Letters on either side that fit on a wide screen.
WIDTH = 24

KWIC_COLUMNS = ("left", "hit", "right", "title", "year", "region", "report", "offset")
KWIC_SORTS = {"position": "按报告", "left": "按左文", "right": "按右文", "year": "按年份", "region": "按地区"}
BY = {"year": "所述年份", "published_year": "发布年份", "region": "地区", "theme": "主题", "kind": "体裁"}
MEASURES = {"share": "出现的报告所占比例", "per_letters": "每万字次数", "per_report": "每篇次数",
            "reports": "出现的报告数",
            "occurrences": "出现次数"}


def _csv(rows: Rows, name: str, said: Mapping[str, Any]) -> Response:
    """A table for spreadsheets with its receipt, as `export` writes them."""
    return _download(_encoded("".join(sheet(rows[0], [rows[1:]], said))), name)


def _receipt(query: str, read: Mapping[str, Any], filters: Mapping[str, Iterable[str]], sort: str,
             reports: int, **more: Any) -> dict[str, Any]:
    """What a table must say to be made again; `more` is what only this kind of table is asked.

    How reprints count stands in what was read.
    """
    made = receipt(query, read, {facet: values for facet, values in filters.items() if values}, sort,
                   reports, service().searcher().commit, datetime.now().astimezone())
    return {name: value for name, value in made.values().items() if name != "reprints"} | more


def _encoded(piece: str) -> bytes:
    """Half a character is no reason to break off."""
    return piece.encode("utf-8", "replace")


def _download(data: bytes | Iterable[bytes], name: str) -> Response:
    return Response(data, content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": f"attachment; filename=\"{name}.csv\"; filename*=UTF-8''{quote(name)}.csv"})


# -- key words in context

@study.get("/kwic", endpoint="kwic")
def concordance() -> str:
    """Every occurrence, aligned."""
    state, question, width, sort, page = _kwic_asked()
    answer = None
    if state.query.strip():
        answer = service().kwic(replace(question, limit=LINES, offset=(page - 1) * LINES), width, sort)
    folded = 1 if question.collapse else None

    def here(other: State) -> str:
        return link("study.kwic", other, width=width, order=sort, fold=folded)

    last = max(1, -(-min(answer["sorted"], answer["occurrences"]) // LINES)) if answer else 1
    return render_template(
        "kwic.html", state=state, answer=answer, width=width, sort=sort, page=page, last=last,
        folded=folded, here=here, chips=facet_view.chips(state, here),
        sorts=[(name, gettext(label)) for name, label in KWIC_SORTS.items()])


def _kwic_asked() -> tuple[State, Question, int, str, int]:
    """The state, its question, width, order and page.  Every reprint is aligned unless asked otherwise,
    as in the API; the state keeps what the search is asked, to go back to it."""
    state = State.of(request.args, listing=False)
    question = replace(state.question, collapse=switch(request.args, "fold", False))
    width, sort = number(request.args, "width", WIDTH), request.args.get("order", "").strip() or "position"
    return state, question, width, sort, page_number(request.args)


@study.get("/kwic.csv")
def kwic_csv() -> Response:
    """All lines of a concordance as a table, streamed; other orders than that of the reports have them
    up to the limit of sorting, and its end says where it is cut."""
    _, question, width, sort, _ = _kwic_asked()
    # One commit from the first line to the last, whatever is indexed meanwhile.
    commit = service().commit()

    def answer(offset: int) -> dict[str, Any]:
        return kwic.concordance(commit, replace(question, limit=kwic.MAX_LINES, offset=offset), width, sort)

    first = answer(0)
    read, total = first["interpretation"], first["occurrences"]
    said = _receipt(question.query, read, read["filters"], sort, first["reports"], width=width,
                    occurrences=total)
    rest = (answer(offset) for offset in range(kwic.MAX_LINES, first["sorted"], kwic.MAX_LINES))

    def end(written: int) -> str:
        cut = "" if written >= total else f"; cut: a table in this order holds at most {kwic.MAX_SORTED}"
        return f"{written} of {total} {plural(total, 'occurrence')} written{cut}"

    pieces = sheet(KWIC_COLUMNS, (_kwic_rows(one) for one in chain([first], rest)), said, end)
    return _download(map(_encoded, pieces), "kwic")


def _kwic_rows(answer: Mapping[str, Any]) -> Rows:
    return [(line["left"], line["hit"], line["right"], line["title"] or "", line["year"] or "",
             "/".join(line["region"] or ()), line["report"], line["offset"]) for line in answer["lines"]]


# -- counts over time and place

def _terms(state: State) -> tuple[State, list[str], list[str]]:
    """The state with the conditions that were typed, the terms to compare, and what is not counted by.

    The terms are those of `terms`, parted by commas; else what the search asked for.
    """
    found = trend.split(request.args.get("terms", ""))
    if found or not state.query.strip():
        return state, found, []
    commit = service().commit()
    carried = trend.carried(commit, state.question)
    left = list(carried.left)
    chosen = commit.names.filters(state.question)
    narrowed: dict[str, Any] = {}
    for facet, (typed, values) in carried.filters.items():
        field = facet_view.FIELDS[facet]
        taken = state.years if facet == "year" else tuple(chosen.kept(facet))
        both = _both(values, taken) if taken else values
        if both:
            narrowed[field] = both
        else:
            left.append(typed)
    return replace(state, **narrowed), list(carried.terms), left


def _both(typed: Sequence[str], chosen: Sequence[str]) -> tuple[str, ...]:
    """The narrower ones of two choices of a facet; none where that is no list of values."""
    if set(typed) != set(chosen) and all(any(".." in one for one in side) for side in (typed, chosen)):
        return ()
    return tuple(dict.fromkeys([
        *(one for one in typed if any(_in(one, other) for other in chosen)),
        *(one for one in chosen if any(_in(one, other) for other in typed))]))


def _in(value: str, other: str) -> bool:
    return in_years(value, other) or value.startswith(other + "/")


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a page of counts was asked, and the counts.  Reprints count one by one unless asked
    otherwise, as in the API; the state keeps what the search is asked."""

    state: State
    question: Question
    terms: list[str]
    left: list[str]
    by: str
    under: str
    answer: dict[str, Any] | None

    @property
    def folded(self) -> int | None:
        """The value of `fold` in links: None where it is the usual one."""
        return 1 if self.question.collapse else None


def _trend_asked() -> _Counted:
    by, under = request.args.get("by", "").strip() or "year", request.args.get("under", "").strip()[:100]
    state, terms, left = _terms(State.of(request.args))
    question = replace(state.question, collapse=switch(request.args, "fold", False))
    answer = service().trend(terms, by, question, under or None) if terms else None
    return _Counted(state, question, terms, left, by, under, answer)


@study.get("/trends")
def trends() -> str:
    """Several terms as lines over the years, or as bars by region, theme or kind."""
    asked = _trend_asked()
    state, terms, by, answer = asked.state, asked.terms, asked.by, asked.answer
    measure = chosen("measure", MEASURES, "share")
    return render_template(
        "trends.html", state=state, terms=terms, left=asked.left, by=by, under=asked.under, answer=answer,
        measure=measure, folded=asked.folded, absent=_absent(answer) if answer else (),
        bys=[(name, gettext(label)) for name, label in BY.items()], by_name=gettext(BY.get(by, by)),
        measures=[(name, gettext(label)) for name, label in MEASURES.items()],
        lines=_lines(answer, measure) if answer else None, bars=_bars(answer, measure) if answer else (),
        heats=_heats(asked, measure) if answer and by == "region" and not asked.under else (),
        heat_rest=answer and by == "region" and len(_provinces(asked)) > heat.ROWS,
        heat_years=gettext(BY[_heat_years(asked.question)]),
        limit=trend.MAX_TERMS, chips=facet_view.chips(state, lambda other: link(
            "study.trends", other, terms="，".join(terms), by=by, measure=measure, fold=asked.folded)))


def _absent(answer: Mapping[str, Any]) -> list[str]:
    """The terms that no report of those counted holds: a line along the bottom does not say so."""
    return [term["term"] for term, count in zip(answer["terms"], answer["total"]["counts"], strict=True)
            if not count["reports"]]


def _lines(answer: Mapping[str, Any], measure: str) -> charts.LineChart | None:
    if answer["by"] not in ("year", "published_year"):
        return None
    rows = [row for row in answer["rows"] if row["value"] != UNKNOWN]
    return charts.line_chart({
        term["term"]: {int(row["value"]): _value(row, at, measure) for row in rows}
        for at, term in enumerate(answer["terms"])})


def _value(row: Mapping[str, Any], at: int, measure: str) -> float | None:
    value: float | None = row["counts"][at][measure]
    return round(100 * value, 2) if measure == "share" and value is not None else value


def _bars(answer: Mapping[str, Any], measure: str) -> list[dict[str, Any]]:
    """Rows with a bar for each term, as long in percent as the value is of the largest."""
    if answer["by"] in ("year", "published_year"):
        return []
    largest = max((_value(row, at, measure) or 0 for row in answer["rows"]
                   for at in range(len(answer["terms"]))), default=0) or 1
    found = []
    for row in answer["rows"]:
        values = [_value(row, at, measure) for at in range(len(answer["terms"]))]
        found.append({"label": _name(row["value"], answer["by"]), "value": row["value"],
                      "bars": [{"value": value, "share": round(100 * (value or 0) / largest, 1)}
                               for value in values]})
    return found


def _name(value: str, by: str) -> str:
    if value == UNKNOWN:
        return gettext("不详")
    return gettext(value) if by in ("theme", "kind") else value.rpartition("/")[2]


def _heats(asked: _Counted, measure: str) -> list[heat.Table]:
    state = replace(asked.state, collapse=asked.question.collapse)
    return heat.tables(_by_province(asked, heat.ROWS), state, measure)


def _by_province(asked: _Counted, most: int | None = None) -> heat.Counts:
    """The terms by province and year, in the chosen regions; the years are those that are chosen by."""
    by = _heat_years(asked.question)
    return heat.counts(lambda question: service().trend(asked.terms, by, question), asked.question,
                       dict(list(_provinces(asked).items())[:most]))


def _provinces(asked: _Counted) -> dict[str, tuple[str, ...]]:
    chosen = service().commit().names.filters(asked.question).values.get("region", frozenset())
    return heat.provinces(service().searcher().values("region"), chosen)


def _heat_years(question: Question) -> str:
    return "published_year" if question.years_by == "published" else "year"


@study.get("/trends-by-province.csv")
def heat_csv() -> Response:
    """Every province and year, a line for each term, denominators included."""
    asked = _trend_asked()
    if not asked.answer:
        return _csv([heat.COLUMNS], "trends-by-province", {})
    rows = list(heat.lines(_by_province(asked)))
    read = {"terms": asked.answer["terms"], "not_counted_by": asked.left, "year_by": asked.state.years_by,
            "note": asked.answer["note"], "collapsed": asked.answer["collapsed"]}
    said = _receipt("，".join(asked.terms), read, asked.answer["filters"],
                    f"region, {_heat_years(asked.question)}", asked.answer["total"]["all_reports"])
    return _csv(rows, f"trends-by-province-{date.today().isoformat()}", said)


@study.get("/trends.csv")
def trends_csv() -> Response:
    """The numbers of the picture, a line for each value and term, denominators included."""
    asked = _trend_asked()
    by, answer = asked.by, asked.answer
    head = (by, "term", "occurrences", "reports", "all_reports", "all_letters", "per_10000_letters",
            "per_report", "share_of_reports")
    name = f"trends-{by}-{date.today().isoformat()}"
    if not answer:
        return _csv([head], name, {})
    rows = [(row["value"], term["term"], count["occurrences"], count["reports"], row["all_reports"],
             row["all_letters"], count["per_letters"], count["per_report"], count["share"])
            for row in (*answer["rows"], answer["total"] | {"value": "total"})
            for term, count in zip(answer["terms"], row["counts"], strict=True)]
    read = {"terms": answer["terms"], "not_counted_by": asked.left, "year_by": asked.state.years_by,
            "note": answer["note"], "notes": answer["notes"], "collapsed": answer["collapsed"]}
    said = _receipt("，".join(asked.terms), read, answer["filters"], by, answer["total"]["all_reports"],
                    under=answer["under"])
    return _csv([head, *rows], name, said)


# -- coverage

@study.get("/coverage", endpoint="coverage")
def covered() -> str:
    """How many reports there are by region and year: what every count must be divided by."""
    under = request.args.get("under", "").strip()[:100]
    found = coverage(service().searcher(), under or None)
    years = [year for year in found.years if year != UNKNOWN]
    rows = {region: {year: float(count) for year, count in found.by_region[region].items()}
            for region in found.regions}
    return render_template(
        "coverage.html", state=State(), found=found, under=found.under or "",
        heat=charts.heat([*years, *([UNKNOWN] if UNKNOWN in found.years else [])], rows),
        names={value: _name(value, "region") for value in found.regions},
        facets=[(gettext("主题"), "theme", found.themes), (gettext("体裁"), "kind", found.kinds)],
        unknowns=[(gettext(facet_view.NAMES[name]), _of_unknown(name, found.under) if count else "", count)
                  for name, count in found.unknowns.items()])


def _of_unknown(facet: str, under: str | None) -> str:
    """The address of the reports of which a facet is not known."""
    by = "published" if facet == "published_year" else "period"
    state = State(regions=(under,) if under else (), years_by=by)
    return link("pages.search", state.having(facet_view.FIELDS[facet.removeprefix("published_")], UNKNOWN))


@study.get("/coverage.csv")
def coverage_csv() -> Response:
    """The same as a table."""
    under = request.args.get("under", "").strip()[:100]
    found = coverage(service().searcher(), under or None)
    said = _receipt("", {"note": NOTE}, {"region": [found.under] if found.under else []}, "", found.reports,
                    unknown=dict(found.unknowns))
    return _csv(table(found), "coverage", said)
