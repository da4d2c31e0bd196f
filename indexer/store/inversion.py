"""Words, pairs of letters and marks become lists of where they are: sorts of whole arrays of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.store.letters import Codes, Letters, as_text, blanks_of, codes_of
from indexer.store.lists import Counts, ListsWriter, exclusive_sum, spread
from indexer.store.records import write_blobs
from indexer.store.sections import Sink
from indexer.store.segment import CODE_BITS

# Documents, letters that are worked on together: arrays that stay in the processor's cache.
_DOCUMENTS_TOGETHER = 64
_LETTERS_TOGETHER = 1 << 17
# Letters of a word, marks of a run that are one number together.
_LETTERS_PACKED = 3
_LETTER_BITS = 16
_MARKS_PACKED = 3
_PLACE_BITS = np.uint64(32)

Keys = NDArray[np.uint64]


class Vocabulary(dict[Any, int]):
    """Numbers things in the order in which they are met."""

    def __missing__(self, met: Any) -> int:
        number = self[met] = len(self)
        return number

    def numbers(self, things: Iterable[Any]) -> NDArray[np.int64]:
        """The numbers of many things."""
        return np.fromiter(map(self.__getitem__, things), np.int64)


def write_words(file: Sink, area: str, texts: Sequence[str]) -> int:
    """The words of an area, each with its documents and how often each of these holds it; returns
    how many words there are.

    A word of a few letters and the number of its document are one number: to sort these is to group
    the words, in order, and their documents, in order.  Only other words are told apart by name.
    """
    packing = _Packing(len(texts))
    named = Vocabulary()
    packed, others = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
    for start in range(0, len(texts), _DOCUMENTS_TOGETHER):
        keys, words, of_words = packing.of(texts[start:start + _DOCUMENTS_TOGETHER], start)
        packed.append(keys)
        others.append(packing.key(named.numbers(words).astype(np.uint64), of_words))
    short, long = (packing.grouped(np.concatenate(keys)) for keys in (packed, others))
    terms = [*packing.texts(short.terms), *named]
    counts = np.concatenate([short.counts, long.counts])
    docs, often = np.concatenate([short.docs, long.docs]), np.concatenate([short.often, long.often])
    if len(named):
        order = np.array(sorted(range(len(terms)), key=terms.__getitem__), np.int64)
        moved = spread(exclusive_sum(counts)[order], counts[order])
        terms, counts = [terms[at] for at in order.tolist()], counts[order]
        docs, often = docs[moved], often[moved]
    write_texts(file, f"{area}.terms", terms)
    write_lists(file, f"{area}.docs", docs, counts)
    write_lists(file, f"{area}.frequencies", often, counts, ascending=False)
    return len(terms)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Terms, in how many documents each is, these documents, and how often each holds it."""

    terms: Keys
    counts: Counts
    docs: NDArray[np.uint32]
    often: Counts


class _Packing:
    """Words of a few letters of 16 bits, and the numbers of their documents, as one number.

    These are in the order of the words: 0 stands where a word has no letter any more.
    """

    def __init__(self, documents: int) -> None:
        self._doc_bits = np.uint64(documents.bit_length())
        self._letters = min((64 - documents.bit_length()) // _LETTER_BITS, _LETTERS_PACKED)

    def of(self, texts: Sequence[str], first: int) -> tuple[Keys, list[str], Counts]:
        """The words of some documents, the first of which has number `first`: those that are packed,
        and the others with their documents."""
        text = "".join(f"{words}\n" for words in texts)
        codes = codes_of(text)
        blank = np.ones(len(codes) + 1, bool)
        blank[1:] = blanks_of(codes)
        edges = np.flatnonzero(blank[1:] != blank[:-1])
        starts, ends = edges[::2], edges[1::2]
        borders = np.cumsum([len(words) + 1 for words in texts])
        docs = np.repeat(np.arange(first, first + len(texts)),
                         np.diff(np.searchsorted(starts, borders), prepend=0))
        fits = ends - starts <= self._letters
        unusual = (codes >= 1 << _LETTER_BITS) | (codes == 0)
        if len(starts) and unusual.any():
            fits &= ~np.logical_or.reduceat(unusual, starts)
        others = np.flatnonzero(~fits)
        words = [text[start:end] for start, end in
                 zip(starts[others].tolist(), ends[others].tolist(), strict=True)]
        letters = np.zeros(len(codes) + self._letters, np.uint16)
        letters[:len(codes)] = np.where(blank[1:], 0, codes)
        return self.key(self._packed(letters, starts[fits], ends[fits]), docs[fits]), words, docs[others]

    def _packed(self, letters: NDArray[np.uint16], starts: Counts, ends: Counts) -> Keys:
        keys = letters[starts].astype(np.uint64)
        for at in range(1, self._letters):
            letter = letters[starts + at]
            if at > 1:  # behind the blank that ends a word of one letter stands another word
                letter[starts + at >= ends] = 0
            keys <<= np.uint64(_LETTER_BITS)
            keys |= letter
        return keys

    def key(self, terms: Keys, docs: Counts) -> Keys:
        """Terms and documents as one number each."""
        return terms << self._doc_bits | docs.astype(np.uint64)

    def texts(self, terms: Keys) -> list[str]:
        """Packed words as texts."""
        rows = np.full((len(terms), self._letters + 1), ord("\n"), np.uint32)
        for at in range(self._letters):
            rows[:, at] = terms >> np.uint64(_LETTER_BITS * (self._letters - 1 - at)) & np.uint64(0xFFFF)
        return as_text(rows[rows > 0]).split("\n")[:-1]

    def grouped(self, keys: Keys) -> _Groups:
        """Keys by their terms; they are sorted in place."""
        keys.sort()
        starts = _starts(keys)
        often = np.diff(starts, append=len(keys))
        keys = keys[starts]
        terms = keys >> self._doc_bits
        first = _starts(terms)
        docs = (keys & ((np.uint64(1) << self._doc_bits) - np.uint64(1))).astype(np.uint32)
        return _Groups(terms[first], np.diff(first, append=len(keys)), docs, often)


def write_letters(file: Sink, letters: Letters) -> None:
    """Pairs of letters, marks and variants with their places."""
    file.add("areas", letters.areas.astype(np.uint32))
    known = np.zeros(1 << CODE_BITS, bool)
    known[letters.codes] = True
    alphabet = np.flatnonzero(known).astype(np.uint64)
    ranks = np.zeros(int(alphabet.max(initial=0)) + 1, np.uint64)
    ranks[alphabet.astype(np.int64)] = np.arange(len(alphabet), dtype=np.uint64)
    size = np.uint64(max(len(alphabet), 1))
    if len(alphabet) < 1 << 16:
        pairs, places = _sorted_pairs(letters.codes, ranks, size)
    else:  # more different characters than any real archive holds
        places = np.flatnonzero(letters.codes[:-1])
        pairs = ranks[letters.codes[places]] * size + ranks[letters.codes[places + 1]]
        order = np.lexsort((places, pairs))
        pairs, places = pairs[order], places[order]
    starts = _starts(pairs)
    terms = pairs[starts].astype(np.uint64)
    file.add("pairs.keys", alphabet[(terms // size).astype(np.int64)] << np.uint64(CODE_BITS)
             | alphabet[(terms % size).astype(np.int64)])
    write_lists(file, "pairs.places", places, np.diff(starts, append=len(pairs)))
    _write_variants(file, letters)
    write_marks(file, letters)


def _sorted_pairs(codes: Codes, ranks: Keys, size: np.uint64) -> tuple[NDArray[Any], NDArray[Any]]:
    """Pairs in order, the places of each in order: one sort of both as one number."""
    # A pair that begins with the border is sought by nobody.
    keys = np.empty(int(np.count_nonzero(codes[:-1])), "<u8")
    filled = 0
    for start in range(0, len(codes) - 1, _LETTERS_TOGETHER):
        some = codes[start:start + _LETTERS_TOGETHER + 1]
        own = ranks[some]
        pairs = own[:-1] * size
        pairs += own[1:]
        pairs <<= _PLACE_BITS
        pairs |= np.arange(start, start + len(pairs), dtype=np.uint64)
        pairs = pairs[some[:-1] != 0]
        keys[filled:filled + len(pairs)] = pairs
        filled += len(pairs)
    keys.sort()
    halves = keys.view("<u4")
    return halves[1::2], halves[::2]


def _write_variants(file: Sink, letters: Letters) -> None:
    keys = (letters.variants.astype(np.uint64) << np.uint64(CODE_BITS)
            | letters.codes[letters.variant_places].astype(np.uint64))
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = _starts(keys)
    file.add("variants.keys", keys[starts])
    write_lists(file, "variants.places", letters.variant_places[order], np.diff(starts, append=len(keys)))


def write_marks(file: Sink, letters: Letters) -> None:
    """Runs of marks, the letters before which each stands, and which letters have one before them."""
    starts = letters.run_starts
    sizes = np.diff(starts, append=len(letters.marks))
    padded = np.concatenate([letters.marks, np.zeros(_MARKS_PACKED, np.uint32)]).astype(np.uint64)
    keys = np.zeros(len(starts), np.uint64)
    for at in range(_MARKS_PACKED):
        keys = keys << np.uint64(CODE_BITS) | np.where(sizes > at, padded[starts + at], np.uint64(0))
    keys[sizes > _MARKS_PACKED] = 0
    packed, numbers = np.unique(keys, return_inverse=True)
    named = Vocabulary()
    for key in packed.tolist():
        named[as_text(np.array(_unpacked(key), np.uint32)) if key else ""] = len(named)
    long = np.flatnonzero(sizes > _MARKS_PACKED)
    numbers[long] = named.numbers(as_text(letters.marks[start:start + size])
                                  for start, size in zip(starts[long], sizes[long], strict=True))
    terms = sorted(term for term in named if term)
    ranks = np.zeros(len(named), np.uint32)
    ranks[[named[term] for term in terms]] = np.arange(len(terms))
    met = ranks[numbers].astype(np.min_scalar_type(max(len(terms), 1)))
    order = np.argsort(met, kind="stable")
    write_texts(file, "marks.terms", terms)
    write_lists(file, "marks.places", letters.behind[starts][order], np.bincount(met, minlength=len(terms)))
    file.add("marked", np.packbits(letters.marked, bitorder="little"))


def _unpacked(key: int) -> list[int]:
    """The characters of a packed run of marks."""
    codes = [key >> CODE_BITS * at & (1 << CODE_BITS) - 1 for at in reversed(range(_MARKS_PACKED))]
    return [code for code in codes if code]


def _starts(keys: NDArray[Any]) -> NDArray[np.int64]:
    """Where a new value begins in a sorted array."""
    if not len(keys):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))


def write_lists(file: Sink, name: str, values: NDArray[Any], counts: Counts, *,
                ascending: bool = True) -> None:
    """All lists of a field at once."""
    writer = ListsWriter(name, ascending=ascending)
    writer.add(values, counts.astype(np.int64))
    writer.write(file)


def write_texts(file: Sink, name: str, texts: Iterable[str]) -> None:
    """Texts one behind the other, and where each ends."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    write_blobs(file, name, encoded)
