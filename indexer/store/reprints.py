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

_FACTOR = np.uint32(0x27D4EB2F)
_NONE = np.uint32(0xFFFFFFFF)
# Reports that are worked on together: arrays that stay in the processor's cache.
_TOGETHER = 64


def signatures(letters: Letters) -> Signatures:
    """A row of `BINS` bytes for each report; 0 is a bin that nothing fell into."""
    count = (len(letters.areas) - 1) // 2
    rows = np.zeros((count, BINS), np.uint8)
    for first in range(0, count, _TOGETHER):
        areas = letters.areas[2 * first:2 * (first + _TOGETHER) + 1]
        rows[first:first + _TOGETHER] = _rows(letters.codes[areas[0]:areas[-1]], areas - areas[0])
    return rows


def _rows(codes: NDArray[np.uint32], areas: NDArray[np.int64]) -> Signatures:
    count = (len(areas) - 1) // 2
    least = np.full(count * BINS, _NONE)
    # A string of letters belongs to a report when it ends before the border of its body.
    starts = areas[1::2]
    sizes = np.maximum(areas[2::2] - SHINGLE - starts, 0)
    if sizes.any():
        hashes = _hashes(codes)
        hashes = np.concatenate([hashes[start:start + size]
                                 for start, size in zip(starts.tolist(), sizes.tolist(), strict=True)])
        bins = np.repeat(np.arange(count) * BINS, sizes)
        bins += hashes >> np.uint32(26)
        hashes <<= np.uint32(6)
        np.minimum.at(least, bins, hashes)
    rows = (_mixed(least) % np.uint32(255)).astype(np.uint8) + np.uint8(1)
    rows[least == _NONE] = 0
    return rows.reshape(count, BINS)


def _hashes(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """A number for every string of `SHINGLE` letters."""
    hashes = codes[:len(codes) - SHINGLE + 1].copy()
    for offset in range(1, SHINGLE):
        hashes *= _FACTOR
        hashes += codes[offset:offset + len(hashes)]
    return _mixed(hashes)


def _mixed(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The finisher of MurmurHash3 (Appleby 2011): every bit depends on every bit."""
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))


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
    # By length, so that of equal bands those of like length become neighbours: the place in this order
    # tells reports apart, and a band and a place are one number to be sorted.
    docs = docs[np.argsort(lengths[docs], kind="stable")]
    places = np.arange(len(docs), dtype=np.uint64)
    for start in range(0, BINS, BAND):
        bands = np.ascontiguousarray(rows[docs, start:start + BAND]).view(np.uint32)[:, 0]
        keys = bands.astype(np.uint64) << np.uint64(32) | places
        keys.sort()
        same = np.flatnonzero(keys[1:] >> np.uint64(32) == keys[:-1] >> np.uint64(32))
        order = docs[(keys & np.uint64(0xFFFFFFFF)).astype(np.int64)]
        pairs.append(np.stack([order[same], order[same + 1]], axis=1))
    found = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
    a, b = rows[found[:, 0]], rows[found[:, 1]]
    alike = ((a == b) & (a > 0)).sum(axis=1)
    reprints: NDArray[np.int64] = found[alike >= ALIKE * np.maximum(((a > 0) | (b > 0)).sum(axis=1), 1)]
    return reprints
