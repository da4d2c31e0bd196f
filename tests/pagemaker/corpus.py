"""The committed sample archive: hand-written reports rendered as pages, with containers and reprints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.pagemaker.containers import write_files, write_records, write_warc, write_zip
from tests.pagemaker.gold import Made, Page, Report, read_jsonl, report_from_row, write_jsonl
from tests.pagemaker.render import render

# How much of each kind of site is damaged.
DAMAGED = {"gov": 0.15, "news": 0.15, "mirror": 0.65, "docshare": 0.65}
DAMAGED_ELSEWHERE = 0.5
COMPILATIONS = (4, 3)
REPRINTS = 5
IN_RECORDS, IN_WARC, IN_ZIP = 8, 6, 4


@dataclass(frozen=True, slots=True)
class Draft:
    """A hand-written report with the page it is meant for."""

    id: str
    site: str
    script: str
    report: Report


def read_drafts(files: Iterable[Path]) -> list[Draft]:
    """The drafts of the files, in the order of their ids."""
    rows = [row for file in files for row in read_jsonl(file)]
    drafts = [
        Draft(row["id"], row["site"], row["script"], replace(report_from_row(row), script="hans"))
        for row in rows
    ]
    return sorted(drafts, key=lambda d: d.id)


def number_of(name: str) -> str:
    """A page number that stays the same for the draft."""
    return str(Random(f"number {name}").randint(100000, 999999))


def make_page(name: str, drafts: Sequence[Draft], site: str, script: str) -> Made:
    """The page of one draft, or of several together."""
    chance = Random(f"damage {name}").random()
    damaged = len(drafts) > 1 or chance < DAMAGED.get(site, DAMAGED_ELSEWHERE)
    return render(
        [d.report for d in drafts], site, f"corpus {name}", number_of(name), damaged=damaged, script=script
    )


def reprinted(draft: Draft, rng: Random) -> Draft:
    """The report again, later and elsewhere: slightly cut, or under another title."""
    report = draft.report
    day = report.published
    if day and len(day) == 10:
        later = date.fromisoformat(day) + timedelta(days=rng.randint(1, 20))
        # The same year: what the text calls 今年 stays true.
        day = min(later, date(int(day[:4]), 12, 31)).isoformat()
    title, paragraphs = report.title, report.paragraphs
    if rng.random() < 0.5 or len(paragraphs) < 5:
        county = next((p for p in report.region or () if p[-1] in "县旗区"), None)
        title = f"{county}：{title}" if county and county not in title else f"{title}（转载）"
    else:
        paragraphs = paragraphs[:-1]
    site = rng.choice([s for s in ("forum", "dump", "mirror", "news") if s != draft.site])
    return Draft(
        f"{draft.id}-reprint",
        site,
        "hant" if site == "mirror" else "hans",
        replace(report, title=title, paragraphs=paragraphs, published=day),
    )


def all_pages(drafts: Sequence[Draft]) -> list[Made]:
    """The pages of the archive: compilations, single reports, reprints."""
    rng = Random("the sample archive")
    shared = [d for d in drafts if d.site == "docshare"]
    rng.shuffle(shared)
    pages, used = [], set()
    for size in COMPILATIONS:
        group, shared = sorted(shared[:size], key=lambda d: d.id), shared[size:]
        if len(group) == size:
            used |= {d.id for d in group}
            pages.append(make_page("compilation " + group[0].id, group, "docshare", "hans"))
    single = [d for d in drafts if d.id not in used]
    pages += [make_page(d.id, [d], d.site, d.script) for d in single]
    origins = [d for d in single if d.site in ("gov", "news", "bureau") and d.script == "hans"]
    for origin in rng.sample(origins, min(REPRINTS, len(origins))):
        again = reprinted(origin, Random(f"reprint {origin.id}"))
        pages.append(make_page(again.id, [again], again.site, again.script))
    return pages


def write_corpus(drafts: Sequence[Draft], out: Path) -> list[Page]:
    """Write `out/pages` and `out/expected.jsonl`; return the gold in the order of the paths."""
    pages = sorted(all_pages(drafts), key=lambda p: p.gold.path)
    root = out / "pages"
    root.mkdir(parents=True, exist_ok=True)
    rng = Random("containers")
    html = [p for p in pages if p.gold.media == "html"]
    plain = [p for p in html if p.gold.script == "hans" and p.gold.encoding == "gb18030"]
    zipped = rng.sample(plain, min(IN_ZIP, len(plain) // 2))
    crawled = _sample(html, zipped, IN_WARC, rng)
    recorded = _sample(pages, zipped + crawled, IN_RECORDS, rng)
    held = {p.gold.path for p in zipped + crawled + recorded}
    gold = write_files([p for p in pages if p.gold.path not in held], root, "pages/")
    gold += write_zip(zipped, root / "upload.zip", "pages/")
    gold += write_warc(crawled, root / "crawl.warc.gz", "pages/")
    gold += write_records(recorded, root / "records.jsonl.gz", "pages/")
    gold.sort(key=lambda p: p.path)
    write_jsonl((p.row() for p in gold), out / "expected.jsonl")
    return gold


def _sample(pages: Sequence[Made], taken: Sequence[Made], count: int, rng: Random) -> list[Made]:
    names = {p.gold.path for p in taken}
    free = [p for p in pages if p.gold.path not in names]
    return rng.sample(free, min(count, len(free) // 2))
