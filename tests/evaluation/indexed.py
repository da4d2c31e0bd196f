"""The archive that searching is measured on: the sample archive and made pages, indexed as users do it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from indexer.indexing import Options, Summary, run
from indexer.store import open_searcher
from indexer.store.engine import Searcher
from tests.pagemaker.containers import write_files
from tests.pagemaker.gold import Made, Page, page_from_row, read_jsonl
from tests.pagemaker.render import make_page

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"
PAGES = 600
SEED = 7


@dataclass(frozen=True, slots=True)
class Indexed:
    """An archive of two folders, its index, and the gold of its pages by their paths."""

    corpus: Path
    made: Path
    index: Path
    gold: dict[str, Page]

    @contextmanager
    def searcher(self) -> Iterator[Searcher]:
        """The last commit, opened anew: nothing that was computed before is kept."""
        with open_searcher(self.index) as searcher:
            yield searcher

    def run(self, jobs: int) -> Summary:
        """Index what the folders hold now, and forget what is gone."""
        summary = run(Options((self.corpus, self.made), self.index, jobs=jobs, prune=True))
        if summary.failed:
            raise RuntimeError(f"{summary.failed} pages could not be indexed: {summary.failures[:3]}")
        return summary


def made_pages(count: int, start: int = 0) -> list[Made]:
    """Pages of the made archive."""
    return [make_page(SEED, index) for index in range(start, start + count)]


def build(folder: Path, jobs: int, count: int = PAGES) -> Indexed:
    """Write `count` made pages below `folder` and index them with the sample archive."""
    made = folder / "made"
    gold = {page.path: page for page in write_files(made_pages(count), made)}
    gold |= {page.path: page for page in sample()}
    archive = Indexed(CORPUS, made, folder / "index", gold)
    archive.run(jobs)
    return archive


def sample() -> Sequence[Page]:
    """The gold of the sample archive."""
    return [page_from_row(row) for row in read_jsonl(CORPUS / "expected.jsonl")]
