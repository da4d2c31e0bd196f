"""Makes the reports that are indexed: pages of the page maker, cleaned by the real pipeline, tokenised once."""

from __future__ import annotations

import pickle
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from indexer import fingerprint, record
from indexer.archive import read_archive
from indexer.model import Problem, RawPage
from indexer.pipeline import process
from indexer.store.engine import Document, Made
from tests.bench.texts import CHUNK, MORE, Texts, commit_sizes, display_record
from tests.pagemaker.containers import write_files
from tests.pagemaker.render import make_pages


def prepare(texts: Texts, jobs: int) -> None:
    """Make, clean and tokenise whatever is not there yet, in `jobs` processes.

    What is finished stays when this is stopped. A change of the tokeniser tokenises the kept clean texts
    again; a change of the cleaning does not clean again, unless records hold more by now than they did.
    """
    missing = [part for part in _plan(texts) if not (texts.documents_folder / part[0]).exists()]
    if jobs == 1 or len(missing) == 1:
        for part in missing:
            _make(texts, part)
    elif missing:
        with ProcessPoolExecutor(jobs) as pool:
            for done, _ in enumerate(pool.map(partial(_make, texts), missing), 1):
                print(f"{done} of {len(missing)} chunks of {CHUNK} pages prepared", file=sys.stderr, flush=True)


def _plan(texts: Texts) -> list[tuple[str, int, int]]:
    """Name, first page and number of pages of every chunk, the additional ones last."""
    plan = [(name, number * CHUNK, min(CHUNK, texts.count - number * CHUNK))
            for number, name in enumerate(texts.chunks)]
    return [*plan, (MORE, texts.count, sum(commit_sizes(texts.count)))]


def _make(texts: Texts, part: tuple[str, int, int]) -> None:
    name, start, size = part
    clean = texts.clean_folder / name
    documents = _tokenised(clean)
    if documents is None:
        folder = (texts.folder if name == MORE else texts.pages) / name
        _write_pages(folder, partial(make_pages, size, texts.seed, start=start))
        documents = [document for page in _read(folder) for document in _cleaned(page)]
        _keep(clean, [(display_record(document), document.state) for document in documents])
    _keep(texts.documents_folder / name, documents)


def _write_pages(folder: Path, make: Any) -> None:
    """Write made pages into a new folder, which is there only when it is whole."""
    if folder.exists():
        return
    unfinished = folder.parent.parent / f"unfinished-{folder.name}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    write_files(list(make()), unfinished)
    folder.parent.mkdir(exist_ok=True)
    unfinished.rename(folder)


def _read(folder: Path) -> Iterator[RawPage]:
    """The pages of a chunk, known by the paths that they have below the folder of all chunks."""
    for page in read_archive([folder.absolute()]):
        if isinstance(page, RawPage):
            yield replace(page, path=f"{folder.name}/{page.path}")


def _cleaned(page: RawPage) -> list[Document]:
    """A page's reports, none where it could not be read."""
    result = process(page)
    made = Made(page.digest, fingerprint.cleaning(), "")
    return [] if isinstance(result, Problem) else record.documents(result, made)


def _tokenised(clean: Path) -> list[Document] | None:
    """Kept reports tokenised again; None where there are none, or a record says more by now than it did."""
    if not clean.exists():
        return None
    try:
        return [record.document(stored, state) for stored, state in pickle.loads(clean.read_bytes())]
    except (KeyError, TypeError, AttributeError):
        return None


def _keep(file: Path, value: Any) -> None:
    """Write a file that is there only when it is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
    unfinished.rename(file)
