"""Made pages of every kind of damage through the whole pipeline, measured against their gold."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from multiprocessing import get_context
from time import process_time

from indexer.metadata import Evident, describe
from indexer.model import Extracted, Label, Problem, RawPage, Report, Source
from indexer.pipeline import process
from indexer.text.decode import decode
from indexer.text.extract import extract
from indexer.text.repair import repair
from indexer.text.script import fold
from tests.evaluation.described import Counts, compare
from tests.evaluation.fixers import clocked
from tests.evaluation.provenance import recorded
from tests.evaluation.scoring import Score, Tally, score
from tests.pagemaker.gold import Made
from tests.pagemaker.render import ON_REPORTS, ON_TITLES, make_page

TODAY = date(2026, 1, 1)
# Every eleventh page is undamaged: what is repaired there is harm.
CLEAN = 11
EXAMPLES = 400
# One page in this many goes through the stages once more, each under the clock.
CLOCKED = 5


@dataclass(slots=True)
class PageResult:
    """What was measured on one page."""

    name: str
    site: str
    characters: int
    size: int
    score: Score
    described: Counts
    misdescribed: list[tuple[str, str, str]]
    shown: int
    shown_lost: int
    seconds: dict[str, float]
    fixers: dict[str, float]
    describing: list[float]


@dataclass(slots=True)
class PageMeasure:
    """All pages together. `by_page` holds the tallies of each class page by page.

    `size` (in bytes), `seconds` and `fixers` are of the `clocked` pages alone.
    """

    pages: int = 0
    clocked: int = 0
    size: int = 0
    characters: int = 0
    classes: dict[str, Tally] = field(default_factory=dict)
    by_page: dict[str, list[Tally]] = field(default_factory=dict)
    f1: list[float] = field(default_factory=list)
    f1_by_site: dict[str, list[float]] = field(default_factory=dict)
    kept: int = 0
    lost: int = 0
    foreign: int = 0
    described: list[Counts] = field(default_factory=list)
    # Milliseconds that the description of each report of the clocked pages takes.
    describing: list[float] = field(default_factory=list)
    # (facts that are still somewhere, facts that the page shows) of every clocked page.
    shown: list[tuple[float, float]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    fixers: dict[str, float] = field(default_factory=dict)
    failures: dict[str, list[tuple[str, str, str, str]]] = field(default_factory=dict)

    def add(self, page: PageResult) -> None:
        """Count one page in."""
        self.pages += 1
        if page.seconds:
            self.clocked += 1
            self.size += page.size
        self.characters += page.characters
        for name, tally in page.score.classes.items():
            self.classes.setdefault(name, Tally()).add(tally)
            self.by_page.setdefault(name, []).append(tally)
        self.f1.append(page.score.f1)
        self.f1_by_site.setdefault(page.site, []).append(page.score.f1)
        self.kept += page.score.kept
        self.lost += page.score.lost
        self.foreign += page.score.foreign
        self.described.append(page.described)
        self.describing += page.describing
        self.shown.append((page.shown - page.shown_lost, page.shown))
        for total, some in ((self.seconds, page.seconds), (self.fixers, page.fixers)):
            for name, took in some.items():
                total[name] = total.get(name, 0.0) + took
        for failure in page.score.failures:
            self._note(failure.name, page.name, failure.raw, failure.got, failure.want)
        for name, got, want in page.misdescribed:
            self._note(f"metadata {name}", page.name, "", got, want)

    def _note(self, name: str, page: str, raw: str, got: str, want: str) -> None:
        kept = self.failures.setdefault(name, [])
        if len(kept) < EXAMPLES:
            kept.append((page, raw, got, want))


def measure(count: int, seed: int, jobs: int, *, progress: bool = False) -> PageMeasure:
    """Pages 0..`count` - 1 of the archive `seed`, and a tenth as many undamaged ones besides."""
    total = PageMeasure()
    numbers = [(seed, n) for n in range(count + count // (CLEAN - 1))]
    for result in _results(numbers, jobs):
        total.add(result)
        if progress and total.pages % 100 == 0:
            print(f"\rpages {total.pages}/{len(numbers)}", end="", file=sys.stderr, flush=True)
    if progress:
        print(file=sys.stderr)
    return total


def _results(numbers: Iterable[tuple[int, int]], jobs: int) -> Iterator[PageResult]:
    if jobs == 1:
        yield from map(measure_page, numbers)
        return
    # Unlike a Pool, an executor says so when its processes cannot start or die.
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        yield from pool.map(measure_page, numbers, chunksize=10)


def measure_page(number: tuple[int, int]) -> PageResult:
    """Make one page, clean it and compare."""
    seed, index = number
    with recorded() as recorder:
        made = make_page(seed, index, damaged=index % CLEAN != CLEAN - 1)
    gold = "\n".join(report.body for report in made.gold.reports)
    events, names = recorder.events(gold)
    if names != [name for name in made.gold.damage if name not in ON_REPORTS]:
        raise RuntimeError(f"page {index}: the damage {made.gold.damage} was overheard as {names}")
    raw = raw_page(made)
    processed = process(raw, TODAY)
    # A page that is refused has lost everything that it shows.
    reports = () if isinstance(processed, Problem) else processed.reports
    result = "\n".join(report.body for report in reports)
    described, misdescribed = compare(reports, made.gold.reports)
    seconds: dict[str, float] = {}
    fixers: dict[str, float] = {}
    describing: list[float] = []
    shown = lost = 0
    if index % CLOCKED == 0:
        extracted, seconds, labels = _stages(raw)
        _, fixers, _ = clocked(extracted.text)
        describing = _describing(reports, extracted, labels, raw.url)
        seconds["describe"] = sum(describing) / 1000
        shown, lost = _shown_lost(made, extracted, labels, result)
    return PageResult(
        f"{seed}/{index} {made.gold.site} {'+'.join(made.gold.damage)}", made.gold.site, len(gold),
        len(made.content), score(gold, result, events), described, misdescribed, shown, lost, seconds, fixers,
        describing)


def raw_page(made: Made) -> RawPage:
    """The made page as an archive hands it out, with its address."""
    gold = made.gold
    return RawPage(gold.path, made.content, gold.media, Source(gold.path), gold.url)


def _stages(raw: RawPage) -> tuple[Extracted, dict[str, float], tuple[Label, ...]]:
    """The stages one by one, with the processor time of each and all metadata lines."""
    clock = [process_time()]
    decoded = decode(raw)
    clock.append(process_time())
    extracted = extract(raw, decoded)
    clock.append(process_time())
    repaired = repair(extracted.text)
    clock.append(process_time())
    took = dict(zip(("decode", "extract", "repair"), (b - a for a, b in pairwise(clock)), strict=True))
    return extracted, took, (*extracted.labels, *repaired.labels)


def _describing(reports: tuple[Report, ...], extracted: Extracted, labels: tuple[Label, ...],
                url: str | None) -> list[float]:
    """Milliseconds of processor time that the description of each report takes."""
    took = []
    for report in reports:
        evident = Evident(report.body, fold(report.body), extracted.titles, labels, url,
                          report.part, len(reports))
        start = process_time()
        describe(evident, fold)
        took.append(1000 * (process_time() - start))
    return took


def _shown_lost(made: Made, extracted: Extracted, labels: tuple[Label, ...],
                result: str) -> tuple[int, int]:
    """Titles, dates and sources that the page shows, and how many of them are nowhere any more:
    neither in a title, nor in a label, nor in the text, nor in the address.

    Pages whose titles are damaged too are not asked.
    """
    if ON_TITLES & set(made.gold.damage):
        return 0, 0
    held = "\n".join([*extracted.titles, *(label.words + label.value for label in labels),
                      result])
    numbers = "".join(c if c.isdigit() else " " for c in held + " " + (made.gold.url or "")).split()
    joined = "".join(number.zfill(2) for number in numbers)
    shown = lost = 0
    report = made.gold.reports[0]
    for words in (report.title, report.source):
        if words:
            shown += 1
            lost += words not in held
    if report.published and "年" not in report.published:
        day = report.published.replace("-", "")
        spelt = "〇" in held or "二零" in held
        shown += 1
        lost += day not in joined and not spelt
    return shown, lost
