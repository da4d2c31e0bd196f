"""Our extraction beside trafilatura and htmldate: F1 of the text, right dates, milliseconds a page.

Run by hand where the optional `bench` packages are installed (trafilatura 2.3, htmldate 1.11):

    python -m tests.evaluation.compare_extractors --count 400 --seed 11 [--corpus corpus]
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from indexer.archive import read_archive
from indexer.metadata import Evident, describe
from indexer.model import Decoded, Problem, RawPage, Source
from indexer.text.decode import decode
from indexer.text.extract import extract
from indexer.text.repair import repair
from indexer.text.script import fold
from tests.pagemaker.render import make_pages

Extractor = Callable[[RawPage, Decoded], str]
Dater = Callable[[RawPage, Decoded], str | None]


@dataclass(frozen=True, slots=True)
class Case:
    """An HTML page, its text as it should be and its date."""

    raw: RawPage
    decoded: Decoded
    body: str
    published: str | None


def made_cases(count: int, seed: int) -> list[Case]:
    """Undamaged pages of the page maker: what differs is extraction and nothing else."""
    cases = []
    for made in make_pages(count, seed, damaged=False):
        gold = made.gold
        if gold.media == "html":
            raw = RawPage(gold.path, made.content, "html", Source(gold.path), gold.url)
            body = "\n".join(report.body for report in gold.reports)
            cases.append(Case(raw, decode(raw), body, gold.reports[0].published))
    return cases


def corpus_cases(folder: Path) -> list[Case]:
    """The pages of an archive with `expected.jsonl` beside it (damage and all)."""
    with (folder / "expected.jsonl").open(encoding="utf-8") as file:
        gold = {row["path"]: row for row in map(json.loads, file)}
    cases = []
    for raw in read_archive([folder]):
        if isinstance(raw, Problem) or raw.media != "html" or raw.path not in gold:
            continue
        reports = gold[raw.path]["reports"]
        body = "\n".join(report["body"] for report in reports)
        cases.append(Case(raw, decode(raw), body, reports[0]["published"]))
    return cases


def f1(got: str, want: str) -> float:
    """F1 over pairs of neighbouring characters, blanks left out."""
    pairs = [Counter(pairwise("".join(fold(text).split()))) for text in (got, want)]
    common = (pairs[0] & pairs[1]).total()
    return 2 * common / max(pairs[0].total() + pairs[1].total(), 1)


def own_text(raw: RawPage, decoded: Decoded) -> str:
    """Extraction alone, without repair."""
    return extract(raw, decoded).text


def repaired_text(raw: RawPage, decoded: Decoded) -> str:
    """Extraction and repair, as the pipeline has them."""
    return repair(extract(raw, decoded).text).text


def own_date(raw: RawPage, decoded: Decoded) -> str | None:
    """The date as the pipeline finds it."""
    extracted = extract(raw, decoded)
    repaired = repair(extracted.text)
    known = describe(Evident(
        body=repaired.text, folded=fold(repaired.text), titles=extracted.titles,
        labels=(*extracted.labels, *repaired.labels), url=raw.url,
        today=int(date.today().strftime("%Y%m%d"))), fold)
    return known.published.value if known.published else None


def trafilatura_text(recall: bool) -> Extractor:
    """Trafilatura with tables, for precision or for recall; comments left out."""
    import trafilatura  # noqa: PLC0415 - an optional package

    def run(raw: RawPage, decoded: Decoded) -> str:
        return trafilatura.extract(decoded.text, url=raw.url, include_tables=True, include_comments=False,
                                   favor_recall=recall, favor_precision=not recall) or ""

    return run


def htmldate_date(raw: RawPage, decoded: Decoded) -> str | None:
    """The original date that htmldate finds."""
    import htmldate  # noqa: PLC0415 - an optional package

    return htmldate.find_date(decoded.text, url=raw.url, original_date=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    cases = corpus_cases(options.corpus) if options.corpus else made_cases(options.count, options.seed)
    print(f"{len(cases)} HTML pages")
    _texts(cases, {"own extraction": own_text, "own extraction and repair": repaired_text,
                   "trafilatura, recall": trafilatura_text(True), "trafilatura, precision": trafilatura_text(False)})
    _dates(cases, {"own dates (whole pipeline)": own_date, "htmldate": htmldate_date})


def _texts(cases: Iterable[Case], extractors: dict[str, Extractor]) -> None:
    print(f"\n{'text':28} {'mean F1':>8} {'lowest':>8} {'empty':>6} {'ms/page':>8}")
    for name, extractor in extractors.items():
        scores, empty, spent = [], 0, 0.0
        for case in cases:
            started = time.process_time()
            text = extractor(case.raw, case.decoded)
            spent += time.process_time() - started
            empty += not text
            scores.append(f1(text, case.body))
        print(f"{name:28} {sum(scores) / len(scores):8.4f} {min(scores):8.4f} {empty:6} {spent / len(scores) * 1e3:8.2f}")


def _dates(cases: Iterable[Case], daters: dict[str, Dater]) -> None:
    print(f"\n{'date':28} {'right':>8} {'wrong':>8} {'missed':>8} {'ms/page':>8}")
    for name, dater in daters.items():
        counts: Counter[str] = Counter()
        spent = 0.0
        for case in cases:
            started = time.process_time()
            found = dater(case.raw, case.decoded)
            spent += time.process_time() - started
            counts["right" if found == case.published else "missed" if found is None else "wrong"] += 1
        total = counts.total()
        print(f"{name:28} {counts['right'] / total:8.3f} {counts['wrong'] / total:8.3f} {counts['missed'] / total:8.3f} "
              f"{spent / total * 1e3:8.2f}")


if __name__ == "__main__":
    main()
