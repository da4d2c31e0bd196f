"""Shapes what the engine found as JSON values: hits with passages, facets, and how it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from indexer.store.engine import UNKNOWN, FacetCounts, Hit, Hits
from indexer.store.query import Exact, Or, Query
from search_web.answer.occurrences import Leaf, Text, marks, occurrences, strings
from search_web.answer.snippet import joined, passages, segments, shown
from search_web.query.question import Filters, Names, Question, year_facet
from search_web.query.reader import Reading

FACETS = ("region", "year", "published_year", "source", "theme", "kind", "script")
# Sources are many and most are named once or twice; the others of a list come by the facets' own call.
SHOWN_SOURCES = 50


def texts(hit: Hit) -> tuple[Text, Text]:
    """Title and body of a hit, each with its search form as it was made when indexing."""
    title, body = hit.stored["title"] or "", hit.stored["body"]
    return Text("title", hit.text[:len(title)], title), Text("body", hit.text[len(title) + 1:], body)


def listed(hit: Hit) -> dict[str, Any]:
    """What every list says of a report."""
    stored = hit.stored
    return {
        "id": hit.id, "page_id": stored["page"]["id"], "path": stored["page"]["path"],
        "url": stored["url"], "title": stored["title"], "source": stored["source"],
        "published": stored["published"], "period": stored["period"], "region": stored["region"],
        "themes": stored["themes"], "kind": stored["kind"], "script": stored["script"],
    }


def hit_values(hit: Hit, reading: Reading, leaves: Sequence[Leaf]) -> dict[str, Any]:
    """One hit of a list: what is known of it, its best passages, and what of the query it lacks."""
    title, body = texts(hit)
    marked = marks(leaves, body)
    found = passages(body.shown, body.folded, marked, title=title.shown)
    return listed(hit) | {
        "marked_title": segments(title.shown, marks(leaves, title)),
        "score": round(hit.score, 4), "reprints": hit.reprints, "occurrences": len(marked),
        "snippet": joined(body.shown, marked, found),
        "passages": [{"start": one.start, "end": one.end, "opens": one.opens, "closes": one.closes,
                      "segments": shown(body.shown, marked, one)} for one in found],
        "missing": _missing(reading, title, body),
    }


def passage_text(hit: Hit, leaves: Sequence[Leaf]) -> str:
    """The best passages of a hit as one line of plain text."""
    title, body = texts(hit)
    marked = marks(leaves, body)
    found = passages(body.shown, body.folded, marked, title=title.shown)
    return "".join(piece["text"] for piece in joined(body.shown, marked, found))


def _missing(reading: Reading, title: Text, body: Text) -> list[str]:
    """The words of a relaxed query that the report does not hold."""
    if reading.missing is None:
        return []
    return [word_of(query) for query in reading.plan.words
            if not any(occurrences(leaf, text) for leaf in strings(query) for text in (title, body))]


def word_of(query: Query) -> str:
    """The word that a part of a plan stands for, its synonyms left out."""
    match query:
        case Exact(text, _, _):
            return text
        case Or(parts, _) if parts:
            return word_of(parts[0])
    return ""


def paragraphs(text: Text, marked: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    """The paragraphs of a report with their offsets, as plain and hit pieces."""
    found = []
    start = first = 0
    for line in text.shown.split("\n"):
        end = start + len(line)
        # Hits come in order: each line looks at its own only.
        while first < len(marked) and marked[first][1] <= start:
            first += 1
        last = first
        while last < len(marked) and marked[last][0] < end:
            last += 1
        found.append({"start": start, "segments": segments(text.shown, marked[first:last], start, end)})
        start = end + 1
    return found


# -- facets

def facets(found: Hits, filters: Filters, names: Names, question: Question) -> dict[str, Any]:
    """The counted facets; a chosen value is always among them."""
    counts = found.facets
    chosen = {facet: filters.values.get(facet, frozenset()) for facet in FACETS}
    opened = None if question.whole_tree else _opened(chosen["region"])
    return {
        "region": _tree(counts["region"], names.branches, opened),
        "year": _years(counts["year"]), "published_year": _years(counts["published_year"]),
        "source": _top(counts["source"], chosen["source"], SHOWN_SOURCES),
        **{facet: _top(counts[facet], chosen[facet], len(counts[facet]))
           for facet in ("theme", "kind", "script")},
    }


def not_shown(found: Hits, shown_facets: Mapping[str, Sequence[Any]]) -> dict[str, int]:
    """How many values of a facet that is cut are not among those shown."""
    return {"source": max(len(found.facets["source"]) - len(shown_facets["source"]), 0)}


def _top(counts: FacetCounts, chosen: Iterable[str], number: int) -> list[dict[str, Any]]:
    """The most frequent values, the unknown last; those chosen whatever they count."""
    items = dict(counts.top(number))
    items |= {value: counts.get(value, 0) for value in sorted(chosen) if value not in items}
    ordered = sorted(items.items(), key=lambda item: item[0] == UNKNOWN)
    return [{"value": value, "count": count} for value, count in ordered]


def _years(counts: FacetCounts) -> list[dict[str, Any]]:
    """Years, the newest first, the unknown ones last."""
    years = [{"value": UNKNOWN if value == UNKNOWN else int(value), "count": count}
             for value, count in counts.items()]
    return sorted(years, key=lambda item: (item["value"] != UNKNOWN, str(item["value"])), reverse=True)


def _opened(chosen: Iterable[str]) -> frozenset[str]:
    """The chosen regions and all above them."""
    return frozenset("/".join(parts[:depth]) for value in chosen for parts in (value.split("/"),)
                     for depth in range(1, len(parts) + 1))


def _tree(counts: FacetCounts, branches: Mapping[str, Sequence[str]],
          opened: frozenset[str] | None) -> list[dict[str, Any]]:
    """Region counts as a tree of two levels, deeper along the opened regions (None: all are).

    `value` is the path that a filter takes, `label` its last name; `more`: regions with reports lie
    below that are listed once this one is chosen.
    """
    def nodes(parent: str, depth: int) -> list[dict[str, Any]]:
        found = [(value, counts[value]) for value in branches.get(parent, ()) if value in counts]
        made = []
        for value, count in sorted(found, key=lambda item: (item[0] == UNKNOWN, -item[1], item[0])):
            children = (nodes(value, depth + 1) if opened is None or depth < 1 or value in opened else [])
            made.append({"value": value, "label": value.rpartition("/")[2], "count": count,
                         "more": not children and any(one in counts for one in branches.get(value, ())),
                         "children": children})
        return made

    return nodes("", 0)


# -- the account

def interpretation(reading: Reading, question: Question, filters: Filters, sort: str) -> dict[str, Any]:
    """How the query was read, as JSON values: `Reading.describe` and everything around the words."""
    read = reading.describe()
    return read | {
        "sort": sort,
        "filters": {"region": filters.kept("region"), "year": list(question.years),
                    **{facet: filters.kept(facet) for facet in ("source", "theme", "kind", "script")}},
        "understood": [
            {"facet": facet, "typed": meant.typed, "values": sorted(meant.values)[:SHOWN_SOURCES],
             "count": len(meant.values), "as": meant.understood or None, "ambiguous": meant.ambiguous}
            for facet, all_meant in filters.meant.items() for meant in all_meant],
        "year_by": question.years_by, "year_facet": year_facet(question),
        "year_counts": "the years that a report is about; its publication year where they are unknown",
        "no_synonyms": list(question.no_synonyms), "collapsed": question.collapse,
        "notes": read["notes"] + [asdict(note) for note in filters.notes],
    }
