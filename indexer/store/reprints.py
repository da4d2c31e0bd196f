"""Reprints: reports whose bodies are nearly the same text, found by signatures made when indexing.

MinHash over all strings of five letters (Broder 1997), one permutation and 64 bins (Li, Owen &
Zhang 2012), of which a byte each is kept (b-bit minwise hashing, Li & König 2010).  Candidates
share four neighbouring bins; what share of all bins two reports have alike then estimates how much
of their texts is common.  Titles do not count: the same title stands over different reports.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.store.letters import Letters

Signatures = NDArray[np.uint8]

SHINGLE = 5
BINS = 64
BAND = 4
# A body of fewer letters says too little to be called anybody's reprint.
LEAST_LETTERS = 80
# Bins alike from which two reports are reprints: a cut sentence or an added by-line leaves more
# than nine tenths, two reports written after one model less than half.
ALIKE = 0.75

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_NONE = np.uint64(0xFFFFFFFFFFFFFFFF)


def signatures(letters: Letters) -> Signatures:
    """A row of `BINS` bytes for each report; 0 is a bin that nothing fell into."""
    count = (len(letters.areas) - 1) // 2
    least = np.full(count * BINS, _NONE)
    if len(letters.codes) >= SHINGLE:
        hashes = _hashes(letters.codes)
        # A string of letters belongs to a report when it ends before the border of its body.
        starts, ends = letters.areas[1::2], letters.areas[2::2] - SHINGLE
        sizes = np.maximum(ends - starts, 0)
        docs = np.repeat(np.arange(count), sizes)
        inside = np.arange(len(docs)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        hashes = hashes[inside + np.repeat(starts, sizes)]
        np.minimum.at(least, docs * BINS + (hashes >> np.uint64(58)).astype(np.int64), hashes << np.uint64(6))
    rows = (_mixed(least) % np.uint64(255)).astype(np.uint8) + np.uint8(1)
    rows[least == _NONE] = 0
    return rows.reshape(count, BINS)


def _hashes(codes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """A number for every string of `SHINGLE` letters."""
    wide = codes.astype(np.uint64)
    size = len(codes) - SHINGLE + 1
    hashes = np.zeros(size, np.uint64)
    for offset in range(SHINGLE):
        hashes *= _FACTOR
        hashes += wide[offset:offset + size]
    return _mixed(hashes)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finisher of SplitMix64 (Steele, Lea & Flood 2014): every bit depends on every bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def groups(rows: Signatures, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The group of each report: the number of its first member, its own where it stands alone.

    `lengths` are the letters of the bodies, 0 for a report that is not there.
    """
    docs = np.flatnonzero(lengths >= LEAST_LETTERS)
    group = np.arange(len(rows))
    for first, second in _alike(rows, docs, lengths).tolist():
        a, b = _root(group, first), _root(group, second)
        group[max(a, b)] = min(a, b)
    for doc in np.flatnonzero(group != np.arange(len(rows))).tolist():
        group[doc] = _root(group, doc)
    return group


def _root(group: NDArray[np.int64], doc: int) -> int:
    while int(group[doc]) != doc:
        group[doc] = group[group[doc]]
        doc = int(group[doc])
    return doc


def _alike(rows: Signatures, docs: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of reports that are alike: candidates by bands, judged by all bins."""
    pairs = [np.zeros((0, 2), np.int64)]
    for start in range(0, BINS, BAND):
        keys = np.ascontiguousarray(rows[docs, start:start + BAND]).view(np.uint32)[:, 0]
        order = docs[np.lexsort((lengths[docs], keys))]
        keys = np.ascontiguousarray(rows[order, start:start + BAND]).view(np.uint32)[:, 0]
        same = np.flatnonzero(keys[1:] == keys[:-1])
        pairs.append(np.stack([order[same], order[same + 1]], axis=1))
    found = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
    a, b = rows[found[:, 0]], rows[found[:, 1]]
    alike = ((a == b) & (a > 0)).sum(axis=1)
    reprints: NDArray[np.int64] = found[alike >= ALIKE * np.maximum(((a > 0) | (b > 0)).sum(axis=1), 1)]
    return reprints
