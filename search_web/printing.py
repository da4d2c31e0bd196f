"""Answers as they are read on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

Values = Mapping[str, Any]

# Values of a facet that are printed.
SHOWN_VALUES = 12


def print_answer(console: Console, answer: Values, facets: Sequence[str]) -> None:
    """How the query was read, the hits, and the facets that were asked for."""
    noun = "report" if answer["reports"] == 1 else "reports"
    folded = f" ({answer['total']:,} with reprints folded)" if answer["total"] < answer["reports"] else ""
    console.print(f"{answer['reports']:,} {noun}{folded}, {answer['took_ms']} ms", style="bold",
                  highlight=False)
    for sentence in account(answer):
        console.print(Text(sentence, style="yellow"))
    for hit in answer["hits"]:
        console.print()
        title = hit["marked_title"] or [{"text": "(no title)", "hit": False}]
        console.print(_marked(title, "reverse", "bold"))
        console.print(Text(_facts(hit), style="dim"))
        console.print(_marked([{"text": "  ", "hit": False}, *hit["snippet"]], "bold red"))
    for name in facets:
        items = answer["facets"][name][:SHOWN_VALUES]
        counted = "  ".join(f"{item['value']} {item['count']}" for item in items)
        if counted:
            console.print(Text(f"\n{name}: {counted}", style="cyan"))


def account(answer: Values) -> Iterator[str]:
    """How the query was read, in sentences."""
    read = answer["interpretation"]
    parts = {"words": read["words"], "exactly": [f"“{text}”" for text in read["exact"]],
             "pattern": read["patterns"], "without": read["excluded"]}
    said = [f"{name} {' '.join(values)}" for name, values in parts.items() if values]
    said += [f"{'without ' * one['excluded']}{one['field']} {'|'.join(one['values'][:5])}"
             for one in read["typed_filters"]]
    said += [f"{name} {'|'.join(values)}" for name, values in read["filters"].items() if values]
    if said:
        yield "Read as: " + "; ".join(said)
    for word, others in read["synonyms"].items():
        yield f"{word} also finds {', '.join(others)} (--no-synonym {word} to leave them out)"
    if answer["only_by_conversion"]:
        yield (f"{answer['only_by_conversion']:,} of them only because both scripts are searched "
               "(--own-script)")
    if answer["relaxed"] and answer["relaxed"]["nowhere"]:
        yield f"In no report: {' '.join(answer['relaxed']['nowhere'])}"
    yield from (note["text"] for note in read["notes"])
    for one in answer["did_you_mean"]:
        yield f"Did you mean {one['query']}? ({one['reports']:,})"


def print_concordance(console: Console, answer: Values) -> None:
    """Lines with the hits below each other."""
    console.print(f"{answer['occurrences']:,} occurrences in {answer['reports']:,} reports", style="bold",
                  highlight=False)
    for note in answer["interpretation"]["notes"]:
        console.print(Text(note["text"], style="yellow"))
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
        head += [term["term"], "in", "per 10,000"]
    rows = [head]
    for row in (*answer["rows"], answer["total"] | {"label": "all"}):
        cells = [row["label"], f"{row['all_reports']:,}", f"{row['all_letters']:,}"]
        for count in row["counts"]:
            rate = count["per_letters"]
            cells += [f"{count['occurrences']:,}", f"{count['reports']:,}",
                      "" if rate is None else f"{rate:.2f}"]
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
    reprints = f"+{hit['reprints']} reprints" if hit["reprints"] else ""
    facts = (" / ".join(hit["region"] or ("region unknown",)), hit["published"] or "no date", hit["source"],
             hit["path"], hit["id"], reprints)
    return "  ".join(fact for fact in facts if fact)


def _marked(segments: Sequence[Values], style: str, plain: str = "") -> Text:
    text = Text(style=plain)
    for piece in segments:
        text.append(piece["text"], style=style if piece["hit"] else "")
    return text
