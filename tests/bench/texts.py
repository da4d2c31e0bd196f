"""The reports that are indexed: where they are kept, and how they are loaded (`making` makes them)."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import indexer
from indexer import fingerprint
from indexer.store.engine import Document, Made, unpack

# Pages that are made, cleaned and kept together: one file of each kind.
CHUNK = 1000
# The chunk of reports that are added to a full index; so often ten, then a thousand at once.
MORE = "more"
SMALL_COMMIT, SMALL_COMMITS, LARGE_COMMIT = 10, 3, 1000
# Code that turns a kept record into a document, beside the tokeniser.
CODE = ("record.py", "store/engine.py")


def commit_sizes(count: int) -> list[int]:
    """Sizes of the commits that are measured on an index of `count` reports.

    >>> commit_sizes(100_000), commit_sizes(200)
    ([10, 10, 10, 1000], [10, 10, 10, 100])
    """
    return [SMALL_COMMIT] * SMALL_COMMITS + [min(LARGE_COMMIT, count // 2)]


def clean_bytes(document: Document) -> int:
    """UTF-8 bytes of a report's clean text: its title and its body."""
    return len(document.display.replace("\0", "").encode())


def display_record(document: Document) -> dict[str, Any]:
    """The record that a hit shows."""
    return unpack(document.stored)[0]


@dataclass(frozen=True)
class Texts:
    """`count` made pages of the archive `seed`, and some more to be added later, below `work`."""

    work: Path
    count: int
    seed: int

    @property
    def folder(self) -> Path:
        """Where everything of this set lies."""
        return self.work / f"{self.count}-{self.seed}"

    @property
    def pages(self) -> Path:
        """The raw pages, a folder for each chunk."""
        return self.folder / "pages"

    @property
    def clean_folder(self) -> Path:
        """Cleaned reports: display records with their pages' states."""
        return self.folder / "clean"

    @cached_property
    def documents_folder(self) -> Path:
        """Tokenised reports: another folder when code that makes them has changed."""
        digest = sha256(fingerprint.tokens().encode())
        for name in CODE:
            digest.update((Path(indexer.__file__).parent / name).read_bytes())
        return self.folder / f"documents-{digest.hexdigest()[:12]}"

    @property
    def chunks(self) -> list[str]:
        """Names of the chunks that are indexed."""
        return [f"{number:04d}" for number in range(-(-self.count // CHUNK))]

    def documents(self, limit: int) -> Iterator[list[Document]]:
        """The reports of the first `limit` pages (in whole chunks), a chunk at a time.

        They carry today's fingerprints: the texts were cleaned once, but what is measured is how
        an index that this program made is read and updated.
        """
        for name in self.chunks[:-(-limit // CHUNK)]:
            yield list(self._load(name))

    def more(self) -> list[Document]:
        """The reports that are added to the full index."""
        return list(self._load(MORE))

    def _load(self, name: str) -> Iterator[Document]:
        documents: list[Document] = pickle.loads((self.documents_folder / name).read_bytes())
        for document in documents:
            state = document.state
            made = Made(state.made.digest, fingerprint.cleaning(), fingerprint.tokens())
            yield replace(document, state=replace(state, made=made))

    @property
    def cleaned_by(self) -> str:
        """The fingerprint of the cleaning that made the kept texts."""
        (_, state), *_ = pickle.loads((self.clean_folder / self.chunks[0]).read_bytes())
        return str(state.made.cleaning)
