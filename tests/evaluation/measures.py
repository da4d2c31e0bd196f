"""All measurements together, as named figures and as tables for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from tests.evaluation.clean_text import Harm
from tests.evaluation.described import (
    EXACT,
    INVENTED,
    MISSED,
    ROWS,
    UNKNOWN,
    WRONG,
    Counts,
    described_figures,
    total,
)
from tests.evaluation.exactness import Exactness
from tests.evaluation.figures import Figure, Pin, mean, ratio
from tests.evaluation.pages import PageMeasure
from tests.evaluation.provenance import RUNS, TORN
from tests.evaluation.queries import Answered, query_figures
from tests.evaluation.ranking import HEADS, Ranking
from tests.evaluation.scoring import UNDAMAGED
from tests.evaluation.seeds import Seed

Row = tuple[str, ...]


@dataclass(slots=True)
class Measured:
    """What one evaluation found; None where a part was not run."""

    seeds: list[Seed] | None = None
    pages: PageMeasure | None = None
    harm: Harm | None = None
    corpus: list[Counts] | None = None
    queries: list[Answered] | None = None
    ranking: Ranking | None = None
    exactness: Exactness | None = None
    skipped: dict[str, str] = field(default_factory=dict)

    def figures(self) -> dict[str, Figure]:
        """Every figure by its name."""
        found: dict[str, Figure] = {}
        for seed in self.seeds or ():
            found[f"seeds.{seed.name[:3]}.similarity"] = Figure(seed.similarity)
        if self.seeds:
            found["seeds.runs_right"] = Figure(sum(seed.runs_right for seed in self.seeds))
            found["seeds.facts_wrong"] = Figure(sum(len(seed.misdescribed) for seed in self.seeds))
        if self.pages:
            found |= page_figures(self.pages)
        if self.corpus:
            found |= described_figures("corpus", self.corpus)
        if self.harm:
            found["harm.characters_per_million"] = per_million(self.harm.plain)
            found["harm.edge_lines_lost"] = Figure(self.harm.edges)
            found["harm.in_markup_per_million"] = per_million(self.harm.marked)
        if self.queries:
            found |= query_figures(self.queries)
        for searching in (self.ranking, self.exactness):
            found |= searching.figures() if searching else {}
        return found


def per_million(texts: list[tuple[float, float]]) -> Figure:
    """Characters changed in a million, out of (changed, all) text by text."""
    share = ratio(texts)
    return Figure(1e6 * share.value, 1e6 * share.error) if share.pages else Figure(0.0)


def page_figures(pages: PageMeasure) -> dict[str, Figure]:
    """Recall and precision by class, extraction, speed."""
    found = {}
    for name, tallies in pages.by_page.items():
        if name == UNDAMAGED:
            continue
        recall = ratio([(t.repaired, t.damaged) for t in tallies])
        if name in (RUNS, TORN):
            found[f"{name}.repaired"] = recall
            found[f"{name}.wrong"] = ratio([(t.wrong, t.damaged) for t in tallies])
            found[f"{name}.declined_rightly"] = ratio([(t.declined, t.hopeless) for t in tallies])
        else:
            found[f"{name}.recall"] = recall
            found[f"{name}.precision"] = ratio(
                [(t.repaired, t.repaired + t.wrong + t.casualties) for t in tallies])
    harmed = pages.classes.get(UNDAMAGED)
    found["undamaged.casualties_per_million"] = Figure(
        1e6 * (harmed.casualties if harmed else 0) / pages.characters)
    found["extraction.f1"] = mean(pages.f1)
    for site, values in pages.f1_by_site.items():
        found[f"extraction.f1.{site}"] = mean(values)
    found["extraction.labels_kept"] = ratio(pages.shown)
    found |= described_figures("described", pages.described)
    took = sum(pages.seconds.values()) or 1e-9
    found["speed.pages_per_second"] = Figure(pages.clocked / took)
    found["speed.description_ms"] = Figure(median(pages.describing) if pages.describing else 0.0)
    found["speed.megabytes_per_second"] = Figure(pages.size / 1e6 / took)
    return found


def tables(measured: Measured, pins: dict[str, Pin]) -> Iterator[tuple[str, Row, list[Row]]]:
    """Title, heads and rows of every table."""
    figures = measured.figures()
    yield "Figures", ("figure", "value", "floor", "target", ""), [
        _pinned(name, figure, pins.get(name)) for name, figure in figures.items()]
    if measured.pages:
        yield _classes(measured.pages)
        yield _speed(measured.pages)
        yield "Metadata, made pages", *_described(total(measured.pages.described))
    if measured.corpus:
        yield "Metadata, sample archive", *_described(total(measured.corpus))
    if measured.seeds:
        facts: list[Row] = [(s.name[:3], *fact) for s in measured.seeds for fact in s.misdescribed]
        yield "Seeds: facts that differ", ("seed", "fact", "wanted", "got"), facts
        rows: list[Row] = [(s.name[:3], want.replace("\n", "⏎"), got.replace("\n", "⏎"))
                           for s in measured.seeds for want, got in s.differences[:12]]
        yield "Seeds: places that differ", ("seed", "wanted", "got"), rows
    yield from _searching(measured)
    if measured.harm:
        yield "Harm: clean text by genre", ("genre", "characters", "changed"), [
            (name, f"{size:,}", str(changed)) for name, (size, changed) in measured.harm.genres.items()]
        yield "Harm: places that changed", ("genre", "clean", "became", "fixers"), [
            place.row() for place in measured.harm.places[:60]]


def _searching(measured: Measured) -> Iterator[tuple[str, Row, list[Row]]]:
    if measured.ranking:
        yield "Ranking: the figures without one idea (nDCG@10 by half and kind)", HEADS, measured.ranking.rows()
        heads = ("id", "query", "nDCG@10", "grades of the hits")
        yield "Ranking: queries that are answered worst", heads, measured.ranking.worst()
    if measured.queries:
        wrong: list[Row] = [(one.id, one.asked, one.wrong) for one in measured.queries if one.wrong]
        yield "Gold queries that are not right", ("id", "asked", "what is wrong"), wrong
    if measured.exactness:
        heads = ("index", "string", "what is wrong")
        yield "Quoted strings that are not answered rightly", heads, list(measured.exactness.wrong[:60])


def _pinned(name: str, figure: Figure, pin: Pin | None) -> Row:
    value = f"{figure.value:.4f}" if figure.value < 100 else f"{figure.value:,.0f}"
    if pin is None:
        return name, value, "", "", ""
    state = "" if pin.reached(figure.value) else "below target"
    if not pin.met(figure.value):
        state = "REFUSED"
    bound = f"{'≤' if pin.upper else '≥'} {pin.bound:g}"
    return name, value, bound, "" if pin.target is None else f"{pin.target:g}", state


def _classes(pages: PageMeasure) -> tuple[str, Row, list[Row]]:
    heads = ("class", "pages", "damaged", "repaired", "left", "wrong", "casualties", "not repairable", "declined rightly")
    rows = []
    for name, tally in sorted(pages.classes.items()):
        left = tally.damaged - tally.repaired - tally.wrong
        count = sum(1 for t in pages.by_page[name] if t.damaged)
        rows.append((name, *(f"{n:,}" for n in (
            count, tally.damaged, tally.repaired, left, tally.wrong, tally.casualties,
            tally.hopeless, tally.declined))))
    return "Damage by class (characters; runs for the misaligned)", heads, rows


def _speed(pages: PageMeasure) -> tuple[str, Row, list[Row]]:
    heads = ("what", "ms a page", "share of repair")
    rows: list[Row] = [(name, f"{1000 * s / pages.clocked:.3f}", "") for name, s in pages.seconds.items()]
    whole = sum(pages.fixers.values())
    rows += [(f"  {name}", f"{1000 * s / pages.clocked:.3f}", f"{100 * s / whole:.1f} %")
             for name, s in sorted(pages.fixers.items(), key=lambda item: -item[1])]
    return f"Processor time, one core, {pages.clocked} pages of {pages.size / 1e6:.1f} MB", heads, rows


def _described(described: Counts) -> tuple[Row, list[Row]]:
    kinds = (EXACT, UNKNOWN, WRONG, MISSED, INVENTED)
    rows = [(name, *(str(described[name][kind]) for kind in kinds)) for name in ROWS]
    return ("field", "exact", "rightly unknown", "wrong", "missed", "invented"), rows
