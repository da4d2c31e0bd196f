"""The API in the words of OpenAPI 3.1: every address, parameter, answer and error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from search_web.answer.shape import FACETS
from search_web.cite.export import FORMATS
from search_web.pages.parameters import MAX_VALUES, PAGE_SIZES
from search_web.query.question import MAX_LIMIT, MAX_OFFSET, SCRIPTS, SORTS, YEARS_BY
from search_web.query.reader import MAX_QUERY
from search_web.service import MAX_COMPLETIONS
from search_web.study import kwic, trend
from search_web.study.similar import LIMIT as SIMILAR
from search_web.study.similar import MAX_LIMIT as MAX_SIMILAR
from search_web.study.similar import MAX_PASSAGE

# The lines of a concordance where none are asked for.
LINES = 50
MAX_FACET_VALUES = 100_000
# Other names of a format of export.
ALIASES = {"gbt7714": "gb7714", "bib": "bibtex"}
# Whole numbers are read up to twelve digits.
LARGEST = 999_999_999_999

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_NUMBER: Schema = {"type": "number"}
_YES: Schema = {"type": "boolean"}


def document() -> dict[str, Any]:
    """The whole description, as JSON values."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bangfu (帮扶文库)", "version": version("bangfu"), "license": {
                     "name": "MIT", "identifier": "MIT"},
                 "description": "Full-text search over an archive of Chinese assistance reports. "
                                "Everything is read by GET; values are UTF-8. A server may ask for an "
                                "access token; without one nothing needs a key. An empty parameter counts "
                                "as absent; one that is not named here is refused, but for `lang`, which "
                                "links carry and which changes nothing."},
        "paths": _paths(),
        "security": [{}, {"bearer": []}, {"password": []}],
        "components": {"schemas": _schemas(), "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "description": "The token itself."},
            "password": {"type": "http", "scheme": "basic",
                         "description": "Any name, the token as password."}}},
    }


# -- addresses

def _paths() -> dict[str, Any]:
    return {
        "/api/v1/search": _get("search", "Hits, with facets and how the query was read.", "Answer", [
            *_words(), *_filters(), _choice("sort", SORTS, "Default: relevance; newest without words."),
            _whole("limit", 10, 0, MAX_LIMIT, "Hits on a page."),
            _whole("offset", 0, 0, MAX_OFFSET, "Hits to pass over; not together with `page`."),
            _whole("size", None, 10, 100, "Instead of `limit`.", values=PAGE_SIZES),
            _whole("page", 1, 1, None, "Instead of `offset`, counted from 1."),
            _fold(1), _switch("all", 0, "The whole region tree, not only along the chosen regions.")]),
        "/api/v1/facets": _get("facets", "All values of one facet for a query.", "Facet", [
            _choice("facet", FACETS, "", "region"), *_words(), *_filters(), _fold(1),
            _whole("values", 1000, 1, MAX_FACET_VALUES, "The most frequent so many.")]),
        "/api/v1/reports/{id}": _get("report", "One report, what the query finds in it marked.", "Report",
                                     [_id(), *_words()], missing=True),
        "/api/v1/report/{id}": _get("reportByItsOldAddress", "The same as `/api/v1/reports/{id}`.", "Report",
                                    [_id(), *_words()], missing=True),
        "/api/v1/reports/{id}/similar": _get(
            "similarReports", "Reports of other counties that solved the like.", "Similar", [
                _id(), _whole("limit", SIMILAR, 1, MAX_SIMILAR, "Reports."),
                _whole("start", 0, 0, None, "Where a passage of the body starts."),
                _whole("end", None, 0, None, "Where it ends; by default that of the body.")], missing=True),
        "/api/v1/similar": _get("similarToText", "Reports that tell of the like of a passage.", "Similar", [
            _parameter("text", {"type": "string", "minLength": 1, "maxLength": MAX_PASSAGE}, "The passage.",
                       required=True),
            _whole("limit", SIMILAR, 1, MAX_SIMILAR, "Reports.")]),
        "/api/v1/kwic": _get("kwic", "Every occurrence in its context.", "Concordance", [
            *_words(required=True), *_filters(), _fold(0),
            _whole("width", kwic.WIDTH, kwic.MIN_WIDTH, kwic.MAX_WIDTH, "Characters on either side."),
            _choice("sort", kwic.SORTS, "", "position"), _whole("limit", LINES, 0, kwic.MAX_LINES, "Lines."),
            _whole("offset", 0, 0, None, "Lines to pass over.")]),
        "/api/v1/trend": _get("trend", "How often terms occur by a facet, with denominators.", "Trend", [
            _many("term", "An exact string; 双联|联村联户 counts both together.",
                  {"type": "string", "minLength": 1, "maxLength": trend.MAX_TERM}, trend.MAX_TERMS, True),
            _choice("by", trend.BY, "", "year"), *_filters(), _fold(0),
            _parameter("under", _TEXT, "With by=region: the regions inside of this one.")]),
        "/api/v1/suggest": _get("suggest", "How a query may go on.", "Completions", [
            _parameter("q", _TEXT, "What was typed so far."),
            _whole("limit", 8, 1, MAX_COMPLETIONS, "Completions.")]),
        "/api/v1/export": {"get": _operation("export", "All hits as a file, with its receipt.", [
            *_words(), *_filters(), _choice("sort", SORTS, ""), _fold(0),
            _choice("format", (*FORMATS, *ALIASES), "", "csv"),
            _switch("text", 0, "With the whole text (csv, jsonl).")],
            {media: {"schema": _list({"type": "object"}) if media.endswith("+json") else _TEXT}
             for media in (media.partition(";")[0] for media, _ in FORMATS.values())})},
        "/api/v1/openapi.json": _get("description", "This document.", "Description", []),
    }


def _get(name: str, summary: str, schema: str, parameters: Sequence[Schema], missing: bool = False) -> Schema:
    content = {"application/json": {"schema": _ref(schema)}}
    return {"get": _operation(name, summary, parameters, content, missing)}


def _operation(name: str, summary: str, parameters: Sequence[Schema], content: Schema,
               missing: bool = False) -> Schema:
    errors = {"400": "Something cannot be meant; the code says what.",
              "401": "This server asks for an access token.",
              "503": "There is no index that can be read, or the answer takes too long."}
    if missing:
        errors["404"] = "There is no such report."
    return {
        "operationId": name, "summary": summary, "parameters": list(parameters),
        "responses": {"200": {"description": "The answer.", "content": content}} | {
            status: {"description": text, "content": {"application/json": {"schema": _ref("Error")}}}
            for status, text in errors.items()},
    }


# -- parameters

def _words(required: bool = False) -> list[Schema]:
    return [
        _parameter("q", {"type": "string", "maxLength": MAX_QUERY} | ({"minLength": 1} if required else {}),
                   "The query; see the help page for its language.", required=required),
        _switch("own_script", 0, "Strings must stand in the characters that were typed."),
        _many("no_synonym", "A word that gets no synonyms, or a synonym that is not wanted."),
        _switch("partly", 0, "Only what holds most of the words, but fewer than the search asks for.")]


def _filters() -> list[Schema]:
    return [
        _many("region", "甘肃省/酒泉市, 酒泉, 620900 or unknown."),
        _many("year", "2012, 2012..2015, 2012.. or unknown."),
        _choice("year_by", YEARS_BY, "Years a report is about, or its year of publication.", "period"),
        _many("source", "The issuing organisation."), _many("theme", "A theme of assistance."),
        _many("kind", "A kind of document."),
        _many("script", "The script of the page.", {"type": "string", "enum": list(SCRIPTS)})]


def _id() -> Schema:
    return _parameter("id", _TEXT, "The report's id.", required=True) | {"in": "path"}


def _fold(default: int) -> Schema:
    return _switch("fold", default, "Show reprints once, as the earliest of them.")


def _switch(name: str, default: int, text: str) -> Schema:
    return _parameter(name, {"type": "integer", "enum": [0, 1], "default": default}, text)


def _choice(name: str, choices: Sequence[str], text: str, default: str | None = None) -> Schema:
    return _parameter(name, {"type": "string", "enum": list(choices)}
                      | ({"default": default} if default else {}), text)


def _whole(name: str, default: int | None, least: int, most: int | None, text: str,
           values: Sequence[int] = ()) -> Schema:
    schema: Schema = {"type": "integer", "minimum": least}
    schema["maximum"] = LARGEST if most is None else most
    schema |= {"default": default} if default is not None else {}
    schema |= {"enum": list(values)} if values else {}
    return _parameter(name, schema, text)


def _many(name: str, text: str, items: Schema | None = None, most: int = MAX_VALUES,
          required: bool = False) -> Schema:
    schema: Schema = {"type": "array", "items": items or _TEXT, "maxItems": most}
    schema |= {"minItems": 1} if required else {}
    text = f"{text} Repeat it: one of the values must hold." if not required else f"{text} Repeatable."
    return _parameter(name, schema, text, required) | {"style": "form", "explode": True}


def _parameter(name: str, schema: Schema, text: str, required: bool = False) -> Schema:
    return {"name": name, "in": "query", "required": required, "schema": schema} | (
        {"description": text} if text else {})


# -- answers

def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _object(properties: Mapping[str, Schema], optional: Sequence[str] = ()) -> Schema:
    """An object that has all properties but the optional ones; more may come in later versions."""
    return {"type": "object", "properties": dict(properties),
            "required": [name for name in properties if name not in optional]}


def _or_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def _schemas() -> dict[str, Schema]:
    return {
        "Error": _object({"error": _object({"code": _TEXT, "message": _TEXT})}),
        "Description": {"type": "object"},
        "Segment": _object({"text": _TEXT, "hit": _YES}),
        "Note": _object({"code": _TEXT, "text": _TEXT, "part": _TEXT}),
        "Value": _object({"value": {"type": ["string", "integer"]}, "count": _COUNT}),
        "Region": _object({"value": _TEXT, "label": _TEXT, "count": _COUNT, "more": _YES,
                           "children": _list(_ref("Region"))}),
        "Listed": _listed(), "Hit": _hit(), "Interpretation": _interpretation(),
        "Structure": _structure(), "Answer": _answer(),
        "Facet": _object({"facet": _TEXT, "reports": _COUNT, "total": _COUNT,
                          "values": _list(_ref("Value"))}),
        "Report": _report(), "Similar": _similar(), "Concordance": _concordance(), "Trend": _trend(),
        "Completions": _object({"prefix": _TEXT, "completions": _list(_object({
            "query": _TEXT, "shown": _TEXT, "kind": _TEXT, "count": _COUNT, "detail": _TEXT,
            "at_least": _YES}))}),
    }


def _listed() -> Schema:
    return _object({
        "id": _TEXT, "page_id": _TEXT, "path": _TEXT, "url": _MAYBE, "title": _MAYBE, "source": _MAYBE,
        "published": _MAYBE, "period": _list({"type": "integer"}), "region": _or_null(_list(_TEXT)),
        "themes": _list(_TEXT), "kind": _MAYBE, "script": {"type": "string", "enum": list(SCRIPTS)}})


def _hit() -> Schema:
    passage = _object({"start": _COUNT, "end": _COUNT, "opens": _YES, "closes": _YES,
                       "segments": _list(_ref("Segment"))})
    return {"allOf": [_ref("Listed"), _object({
        "marked_title": _list(_ref("Segment")), "score": _NUMBER, "reprints": _COUNT, "occurrences": _COUNT,
        "snippet": _list(_ref("Segment")), "passages": _list(passage), "missing": _list(_TEXT)})]}


def _structure() -> Schema:
    """What was typed, part by part."""
    inner, area = _ref("Structure"), {"enum": ["title", "body", None]}
    return {"oneOf": [
        _object({"word": _TEXT, "in": area, "synonyms": _list(_TEXT)}),
        _object({"string": _TEXT, "in": area}), _object({"pattern": _TEXT, "in": area}),
        _object({"field": _TEXT, "values": _list(_TEXT)}), _object({"all": _list(inner)}),
        _object({"any": _list(inner), "at_least": _COUNT}), _object({"not": inner})]}


def _interpretation() -> Schema:
    typed = _object({"field": _TEXT, "typed": _TEXT, "values": _list(_TEXT), "excluded": _YES})
    understood = _object({"facet": _TEXT, "typed": _TEXT, "values": _list(_TEXT), "count": _COUNT,
                          "as": _MAYBE, "ambiguous": _YES})
    facets = ("region", "year", "source", "theme", "kind", "script")
    filters = _object({name: _list(_TEXT) for name in facets})
    return _object({
        "words": _list(_TEXT), "exact": _list(_TEXT), "patterns": _list(_TEXT), "excluded": _list(_TEXT),
        "typed_filters": _list(typed), "synonyms": {"type": "object", "additionalProperties": _list(_TEXT)},
        "converted": _YES, "conversions": _list(_object({"typed": _TEXT, "searched": _TEXT})),
        "own_script": _YES, "relaxed": _or_null(_object({"at_least": _COUNT, "of": _COUNT})),
        "tree": {"type": "object"}, "structure": _or_null(_ref("Structure")),
        "notes": _list(_ref("Note")), "sort": _TEXT, "filters": filters,
        "understood": _list(understood), "year_by": _TEXT, "year_facet": _TEXT, "year_counts": _TEXT,
        "no_synonyms": _list(_TEXT), "collapsed": _YES})


def _answer() -> Schema:
    relaxed = _object({"at_least": _COUNT, "of": _COUNT, "nowhere": _list(_TEXT),
                       "words": _list(_object({"word": _TEXT, "reports": _COUNT}))})
    meant = _object({"query": _TEXT, "reports": _COUNT,
                     "changes": _list(_object({"typed": _TEXT, "meant": _TEXT}))})
    partly = _object({"at_least": _COUNT, "of": _COUNT, "reports": _COUNT})
    without = _object({"field": _TEXT, "values": _list(_TEXT), "typed": _YES, "query": _TEXT,
                       "reports": _COUNT})
    facets = _object({"region": _list(_ref("Region"))}
                     | {name: _list(_ref("Value")) for name in FACETS if name != "region"})
    return _object({
        "query": _TEXT, "interpretation": _ref("Interpretation"), "total": _COUNT, "reports": _COUNT,
        "groups": _COUNT, "only_by_conversion": _COUNT, "relaxed": _or_null(relaxed),
        "did_you_mean": _list(meant), "partly": _or_null(partly), "without": _list(without),
        "hits": _list(_ref("Hit")),
        "next_offset": {"type": ["integer", "null"]}, "max_offset": _COUNT, "facets": facets,
        "facets_more": {"type": "object", "additionalProperties": _COUNT}, "took_ms": _NUMBER})


def _report() -> Schema:
    paragraph = _object({"start": _COUNT, "segments": _list(_ref("Segment"))})
    return _object({
        "id": _TEXT, "part": _COUNT, "title": _MAYBE, "body": _TEXT, "script": _TEXT, "published": _MAYBE,
        "period": _list({"type": "integer"}), "source": _MAYBE, "author": _MAYBE, "url": _MAYBE,
        "region": _or_null(_list(_TEXT)), "regions": _list({"type": "object"}), "themes": _list(_TEXT),
        "kind": _MAYBE, "sections": _list(_object({"heading": _TEXT, "start": _COUNT})),
        "repairs": _list({"type": "object"}), "evidence": {"type": "object"}, "page": {"type": "object"},
        "marked_title": _list(_ref("Segment")), "marked_body": _list(paragraph), "occurrences": _COUNT,
        "reprints": _list(_ref("Listed")), "reprints_total": _COUNT})


def _similar() -> Schema:
    passage = _object({"start": _COUNT, "end": _COUNT, "segments": _list(_ref("Segment"))})
    hit = {"allOf": [_ref("Listed"), _object({
        "score": _NUMBER, "reprints": _COUNT, "common": _list(_TEXT), "marked_title": _list(_ref("Segment")),
        "passage": _or_null(passage)})]}
    return _object({
        "report": _MAYBE, "not_in": _MAYBE, "at_least": _COUNT, "hits": _list(hit),
        "words": _list(_object({"word": _TEXT, "weight": _NUMBER, "reports": _COUNT}))})


def _concordance() -> Schema:
    line = _object({
        "left": _TEXT, "hit": _TEXT, "right": _TEXT, "report": _TEXT, "title": _MAYBE, "year": _MAYBE,
        "region": _or_null(_list(_TEXT)), "area": {"type": "string", "enum": ["title", "body"]},
        "offset": _COUNT})
    return _object({
        "query": _TEXT, "strings": _list(_TEXT), "interpretation": _ref("Interpretation"),
        "occurrences": _COUNT, "reports": _COUNT, "width": _COUNT, "sort": _TEXT, "sorted": _COUNT,
        "max_sorted": _COUNT, "complete": _YES, "offset": _COUNT, "lines": _list(line)})


def _trend() -> Schema:
    rate: Schema = {"type": ["number", "null"]}
    count = _object({"occurrences": _COUNT, "reports": _COUNT, "per_letters": rate, "per_report": rate,
                     "share": rate})
    row = _object({"value": _TEXT, "label": _TEXT, "all_reports": _COUNT, "all_letters": _COUNT,
                   "counts": _list(count)})
    return _object({
        "by": _TEXT, "under": _MAYBE, "letters": _COUNT, "collapsed": _YES, "note": _TEXT,
        "terms": _list(_object({"term": _TEXT, "strings": _list(_TEXT)})),
        "filters": {"type": "object", "additionalProperties": _list(_TEXT)}, "notes": _list(_ref("Note")),
        "rows": _list(row), "total": row})
