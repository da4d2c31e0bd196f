"""Answers as they are read on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from indexer.wording import counted

Values = Mapping[str, Any]

# Values of a facet that are printed.
SHOWN_VALUES = 12
# Names of a filter that are printed.
SHOWN_NAMES = 5


def print_answer(console: Console, answer: Values, facets: Sequence[str]) -> None:
    """How the query was read, the hits, and the facets that were asked for."""
    folded = f" ({answer['total']:,} with reprints folded)" if answer["total"] < answer["reports"] else ""
    console.print(f"{counted(answer['reports'], 'report')}{folded}, {answer['took_ms']} ms", style="bold",
                  highlight=False)
    for sentence in (*account(answer["interpretation"]), *beside(answer)):
        console.print(Text(sentence, style="yellow"))
    for hit in answer["hits"]:
        console.print()
        title = hit["marked_title"] or [{"text": "(no title)", "hit": False}]
        console.print(_marked(title, "reverse", "bold"))
        console.print(Text(_facts(hit), style="dim"))
        console.print(_marked([{"text": "  ", "hit": False}, *hit["snippet"]], "bold red"))
    for name in facets:
        items = answer["facets"][name][:SHOWN_VALUES]
        values = "  ".join(f"{item['value']} {item['count']}" for item in items)
        if values:
            console.print(Text(f"\n{name}: {values}", style="cyan"))


def account(read: Values) -> Iterator[str]:
    """How the query was read, in sentences: the parts as they were typed and joined, and the filters."""
    if read["structure"]:
        yield f"Read as: {told(read['structure'])}"
    chosen = [f"{name} {_few(values)}" for name, values in read["filters"].items() if values]
    if chosen:
        yield f"Only: {'; '.join(chosen)}"
    for word, others in read["synonyms"].items():
        yield f"{word} also finds {', '.join(others)} (--no-synonym {word} to leave them out)"
    yield from (note["text"] for note in read["notes"])


def told(part: Values, inside: bool = False) -> str:
    """A part of a query as people write it; brackets where it stands inside of another.

    >>> told({"all": [{"word": "养羊", "in": "title"}, {"not": {"any": [{"string": "苹果", "in": None},
    ...      {"field": "region", "values": ["甘肃省", "四川省"]}], "at_least": 1}}]})
    '养羊 in the title AND NOT (“苹果” OR region 甘肃省 or 四川省)'
    """
    if "not" in part:
        return f"NOT {told(part['not'], True)}"
    inner = part.get("all") or part.get("any")
    if inner is None:
        return _leaf(part)
    several = part.get("at_least", 1) if "any" in part else 1
    if several > 1:
        return f"at least {several} of ({', '.join(told(one, True) for one in inner)})"
    text = (" AND " if "all" in part else " OR ").join(told(one, True) for one in inner)
    return f"({text})" if inside else text


def _leaf(part: Values) -> str:
    if "values" in part:
        return f"{part['field']} {_few(part['values'])}"
    if "string" in part:
        text = f"“{part['string']}”"
    else:
        text = str(part.get("word") or part.get("pattern"))
        near, sign, letters = text.rpartition("~")
        text = f"“{near}”~{letters}" if sign and "pattern" in part else text
    return f"{text} in the {part['in']}" if part.get("in") else text


def _few(values: Sequence[str]) -> str:
    more = len(values) - SHOWN_NAMES
    return " or ".join(values[:SHOWN_NAMES]) + (f" or {more} more" if more > 0 else "")


def beside(answer: Values) -> Iterator[str]:
    """What else is to be said of an answer: conversion, what was given up, what may have been meant."""
    if answer["only_by_conversion"]:
        yield (f"{answer['only_by_conversion']:,} of them only because both scripts are searched "
               "(--own-script)")
    if answer["relaxed"] and answer["relaxed"]["nowhere"]:
        yield f"In no report: {' '.join(answer['relaxed']['nowhere'])}"
    if answer["partly"]:
        holding = "holds" if answer["partly"]["reports"] == 1 else "hold"
        yield (f"{answer['partly']['reports']:,} more {holding} only a part of the words, at least "
               f"{answer['partly']['at_least']} of {answer['partly']['of']} (--partly)")
    for one in answer["without"]:
        name = "" if one["typed"] else f"{one['field']} "
        what = f"{name}{_few(one['values'])}" if one["field"] else "any condition"
        yield f"Without {what}: {one['reports']:,}"
    for one in answer["did_you_mean"]:
        yield f"Did you mean {one['query']}? ({one['reports']:,})"


def print_concordance(console: Console, answer: Values) -> None:
    """Lines with the hits below each other."""
    found = f"{counted(answer['occurrences'], 'occurrence')} in {counted(answer['reports'], 'report')}"
    console.print(found, style="bold", highlight=False)
    for sentence in account(answer["interpretation"]):
        console.print(Text(sentence, style="yellow"))
    if not answer["complete"]:
        console.print(Text(f"Sorted are the first {answer['sorted']:,}.", style="yellow"))
    widest = max((cell_len(line["left"]) for line in answer["lines"]), default=0)
    for line in answer["lines"]:
        text = Text(" " * (widest - cell_len(line["left"])) + line["left"])
        text.append(f" {line['hit']} ", style="bold red").append(line["right"])
        text.append(f"  {line['report']}@{line['offset']} {line['year'] or ''} "
                    f"{' / '.join(line['region'] or ())}", style="dim")
        console.print(text, no_wrap=True, overflow="ignore", crop=False)


def print_trend(console: Console, answer: Values) -> None:
    """A table: a row for each value, for each term its occurrences, its reports, its rate by letters."""
    head = [answer["by"], "reports", "letters"]
    for term in answer["terms"]:
        head += [term["term"], "in", "per 10,000", "per report"]
    rows = [head]
    for row in (*answer["rows"], answer["total"] | {"label": "all"}):
        cells = [row["label"], f"{row['all_reports']:,}", f"{row['all_letters']:,}"]
        for count in row["counts"]:
            cells += [f"{count['occurrences']:,}", f"{count['reports']:,}",
                      *("" if rate is None else f"{rate:.2f}"
                        for rate in (count["per_letters"], count["per_report"]))]
        rows.append(cells)
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(head))]
    for number, cells in enumerate(rows):
        line = _padded(cells[0], widths[0])
        for cell, width in zip(cells[1:], widths[1:], strict=True):
            line += "  " + _padded(cell, width, right=True)
        console.print(Text(line, style="bold" if number in (0, len(rows) - 1) else ""))
    for note in answer["notes"]:
        console.print(Text(note["text"], style="yellow"))
    console.print(Text(answer["note"], style="dim"))


def _padded(text: str, width: int, right: bool = False) -> str:
    """A cell of a table, Chinese counted as two columns."""
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks


def print_similar(console: Console, answer: Values) -> None:
    """Similar reports with their best passages and the words in common."""
    console.print(Text("Telling words: " + " ".join(one["word"] for one in answer["words"]), style="yellow"))
    if not answer["hits"]:
        console.print("No report is similar enough.")
    for hit in answer["hits"]:
        console.print()
        console.print(Text(hit["title"] or "(no title)", style="bold"))
        console.print(Text(_facts(hit), style="dim"))
        console.print(Text("  in common: " + " ".join(hit["common"]), style="cyan"))
        if hit["passage"]:
            console.print(_marked([{"text": "  ", "hit": False}, *hit["passage"]["segments"]], "bold red"))


def _facts(hit: Values) -> str:
    reprints = f"+{counted(hit['reprints'], 'reprint')}" if hit["reprints"] else ""
    facts = (" / ".join(hit["region"] or ("region unknown",)), hit["published"] or "no date", hit["source"],
             hit["path"], hit["id"], reprints)
    return "  ".join(fact for fact in facts if fact)


def _marked(segments: Sequence[Values], style: str, plain: str = "") -> Text:
    text = Text(style=plain)
    for piece in segments:
        text.append(piece["text"], style=style if piece["hit"] else "")
    return text
