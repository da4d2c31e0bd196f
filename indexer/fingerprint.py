"""What made a record: digests of the code, the dictionaries and the libraries that decide its content."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

_ROOT = Path(__file__).parent

# Cleaning: bytes to clean, described text. A change means that pages are read again.
_CLEANING_CODE = ("model.py", "pipeline.py", "record.py", "text", "metadata", "lexicon")
# What lies beside them and decides nothing about a clean page.
_NOT_CLEANING = ("tokenise.py", "user_words.txt", "synonyms.tsv", "synonyms.py")
_CLEANING_LIBRARIES = ("beautifulsoup4", "lxml", "charset-normalizer", "pypinyin",
                       "opencc-python-reimplemented")
# Tokens: clean text to index terms. A change means that stored text is tokenised again.
_TOKEN_CODE = ("text/script.py", "text/tokenise.py", "store/exact.py", "store/letters.py", "store/build.py",
               "store/inversion.py", "store/reprints.py", "lexicon/user_words.txt", "lexicon/variants.tsv")
_TOKEN_LIBRARIES = ("jieba", "whoosh3", "opencc-python-reimplemented")


@functools.cache
def cleaning() -> str:
    """The fingerprint of everything that turns a raw page into clean, described reports."""
    files = _files(_CLEANING_CODE)
    own = [path for path in files if path.name not in _NOT_CLEANING]
    return _digest(own, _CLEANING_LIBRARIES)


@functools.cache
def tokens() -> str:
    """The fingerprint of everything that turns clean text into index terms."""
    return _digest(_files(_TOKEN_CODE), _TOKEN_LIBRARIES)


def parts() -> dict[str, str]:
    """Versions and dictionaries by name, for people: what `bangfu stats` and receipts show."""
    names = sorted({*_CLEANING_LIBRARIES, *_TOKEN_LIBRARIES})
    dictionaries = _files(("lexicon",))
    return {
        **{name: version(name) for name in names},
        **{path.name: sha256(path.read_bytes()).hexdigest()[:12] for path in dictionaries
           if path.suffix != ".py"},
        "cleaning": cleaning(), "tokens": tokens(),
    }


def _files(names: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for name in names:
        path = _ROOT / name
        found += [path] if path.is_file() else sorted(path.rglob("*"))
    return [path for path in found if path.is_file() and path.suffix not in (".pyc", ".pyo")]


def _digest(files: list[Path], libraries: Iterable[str]) -> str:
    digest = sha256()
    for path in files:
        digest.update(f"{path.relative_to(_ROOT)}\0".encode())
        digest.update(path.read_bytes())
    for library in libraries:
        digest.update(f"{library} {version(library)}\0".encode())
    return digest.hexdigest()[:16]
