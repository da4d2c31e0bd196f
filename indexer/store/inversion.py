"""Words, pairs of letters and marks become lists of where they are: sorts of whole arrays of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from indexer.store.letters import Codes, Letters, Places, as_text, blanks_of, codes_of
from indexer.store.lists import Counts, ListsWriter, exclusive_sum, run_lengths, run_starts, spread
from indexer.store.records import write_blobs
from indexer.store.sections import Sink
from indexer.store.segment import CODE_BITS

# Documents, letters that are worked on together: arrays that stay in the processor's cache.
_DOCUMENTS_TOGETHER = 64
_LETTERS_TOGETHER = 1 << 15
# Letters of a word that are one number with the number of its document, and without.
_LETTERS_PACKED = 3
_LETTERS_ALONE = 4
_LETTER_BITS = 16
# Marks of a run that are one number.
_MARKS_PACKED = 3
# A place is the lower half of a key, so that a sort of keys is one of terms and of their places.
_PLACE_BITS = np.uint64(32)
_KEYS = 1 << 32

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
    words = _Words(texts)
    for start in range(0, len(texts), _DOCUMENTS_TOGETHER):
        words.add(texts[start:start + _DOCUMENTS_TOGETHER], start)
    (short_terms, short), (long_terms, long) = words.short(), words.long()
    terms, both = _Interleaved.of(short_terms, short.counts, long_terms, long.counts)
    write_texts(file, f"{area}.terms", terms)
    write_lists(file, f"{area}.docs", both.joined(short.docs, long.docs), both.counts)
    write_lists(file, f"{area}.frequencies", both.joined(short.often, long.often), both.counts,
                ascending=False)
    return len(terms)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Terms as numbers, in how many documents each is, these documents, and how often each holds it."""

    terms: Keys
    counts: Counts
    docs: NDArray[np.uint32]
    often: NDArray[np.uint32]


class _Words:
    """The words of documents, grouped.

    Words of a few letters of 16 bits are numbers in the order of the words: 0 stands where a word
    has no letter any more.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._doc_bits = np.uint64(len(texts).bit_length())
        self._letters = min((64 - len(texts).bit_length()) // _LETTER_BITS, _LETTERS_PACKED)
        # So many words there may be; what is not filled takes no memory.
        self._short = np.empty(sum(len(text) // 2 + 1 for text in texts), np.uint64)
        self._filled = 0
        self._packed, self._packed_docs = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
        self._named, self._named_docs = Vocabulary(), [np.zeros(0, np.uint64)]
        self._numbers = [np.zeros(0, np.int64)]

    def add(self, texts: Sequence[str], first: int) -> None:
        """Some documents, the first of which has number `first`."""
        text = "\n".join([*texts, ""])
        codes = codes_of(text)
        blank = np.ones(len(codes) + 1, bool)
        blank[1:] = blanks_of(codes)
        edges = np.flatnonzero(blank[1:] != blank[:-1])
        starts, lengths = edges[::2].copy(), edges[1::2] - edges[::2]
        letters = np.zeros(len(codes) + _LETTERS_ALONE, np.uint16)
        letters[:len(codes)] = codes
        letters[:len(codes)] *= ~blank[1:]
        borders = np.searchsorted(starts, np.cumsum([len(words) + 1 for words in texts]))
        docs = np.repeat(np.arange(first, first + len(texts), dtype=np.uint64), np.diff(borders, prepend=0))
        fits = np.minimum(lengths, _LETTERS_ALONE + 1)
        unusual = codes - np.uint32(1) >= np.uint32((1 << _LETTER_BITS) - 1)
        if unusual.any():
            fits[np.logical_or.reduceat(unusual, starts)] = _LETTERS_ALONE + 1
        self._add_short(_packed(letters, starts, lengths, self._letters), docs, fits)
        alone = np.flatnonzero((fits > self._letters) & (fits <= _LETTERS_ALONE))
        self._packed.append(_packed(letters, starts[alone], lengths[alone], _LETTERS_ALONE))
        self._packed_docs.append(docs[alone])
        others = np.flatnonzero(fits > _LETTERS_ALONE)
        self._numbers.append(self._named.numbers(
            text[start:start + length]
            for start, length in zip(starts[others].tolist(), lengths[others].tolist(), strict=True)))
        self._named_docs.append(docs[others])

    def _add_short(self, keys: Keys, docs: Keys, fits: Counts) -> None:
        keys <<= self._doc_bits
        keys |= docs
        keys = keys.compress(fits <= self._letters)
        self._short[self._filled:self._filled + len(keys)] = keys
        self._filled += len(keys)

    def short(self) -> tuple[list[str], _Groups]:
        """Words of so few letters that number of word and document are one number."""
        groups = self._grouped(self._short[:self._filled])
        return _unpacked(groups.terms, self._letters), groups

    def long(self) -> tuple[list[str], _Groups]:
        """All others."""
        packed, numbers = np.unique(np.concatenate(self._packed), return_inverse=True)
        terms = np.concatenate([numbers, *(more + len(packed) for more in self._numbers)])
        docs = np.concatenate([*self._packed_docs, *self._named_docs])
        groups = self._grouped(terms.astype(np.uint64) << self._doc_bits | docs)
        return [*_unpacked(packed, _LETTERS_ALONE), *self._named], groups

    def _grouped(self, keys: Keys) -> _Groups:
        """Keys by their terms; they are sorted in place."""
        keys.sort()
        starts = run_starts(keys)
        often = np.full(len(starts), len(keys), np.uint32)
        often[:-1] = starts[1:]
        often -= starts.astype(np.uint32)
        keys = keys.take(starts)
        docs = keys.astype(np.uint32)
        docs &= np.uint32((1 << int(self._doc_bits)) - 1)
        keys >>= self._doc_bits
        first = run_starts(keys)
        return _Groups(keys[first], run_lengths(first, len(keys)), docs, often)


def _packed(letters: NDArray[np.uint16], starts: Counts, lengths: Counts, most: int) -> Keys:
    """Words as numbers, of longer ones the first letters; behind a word stands a blank, which is 0."""
    keys = letters.take(starts).astype(np.uint64)
    for at in range(1, most):
        letter = letters.take(starts + at)
        if at > 1:  # behind the blank that ends a shorter word stands another one
            letter *= lengths > at
        keys <<= np.uint64(_LETTER_BITS)
        keys |= letter
    return keys


def _unpacked(terms: Keys, most: int) -> list[str]:
    """Packed words as texts."""
    rows = np.full((len(terms), most + 1), ord("\n"), np.uint32)
    for at in range(most):
        rows[:, at] = terms >> np.uint64(_LETTER_BITS * (most - 1 - at)) & np.uint64(0xFFFF)
    return as_text(rows[rows > 0]).split("\n")[:-1]


@dataclass(frozen=True, slots=True)
class _Interleaved:
    """The lists of terms that are in order, and those of other terms, as lists in the order of all.

    `others` are the terms of the second kind in order, `theirs` says of each value whose it is.
    """

    counts: Counts
    theirs: NDArray[np.bool_] | None = None
    moved: Counts | None = None

    @classmethod
    def of(cls, terms: list[str], counts: Counts, others: list[str], other_counts: Counts,
           ) -> tuple[list[str], Self]:
        """The terms in order, and how their lists are put together."""
        if not others:
            return terms, cls(counts)
        everything = [*terms, *others]
        order = np.array(sorted(range(len(everything)), key=everything.__getitem__), np.int64)
        second = order >= len(terms)
        numbers = order[second] - len(terms)
        moved = spread(exclusive_sum(other_counts)[numbers], other_counts[numbers])
        counts = np.concatenate([counts, other_counts])[order]
        return [everything[at] for at in order.tolist()], cls(counts, np.repeat(second, counts), moved)

    def joined(self, values: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
        """The values of all lists, from those of both kinds."""
        if self.theirs is None or self.moved is None:
            return values
        joined = np.empty(len(self.theirs), values.dtype)
        joined[self.theirs] = others[self.moved]
        joined[~self.theirs] = values
        return joined


def write_letters(file: Sink, letters: Letters) -> None:
    """Pairs of letters, marks and variants with their places."""
    file.add("areas", letters.areas.astype(np.uint32))
    codes, varied = letters.codes, letters.codes[letters.variant_places]
    _write_pairs(file, "pairs", _alphabet(codes), (codes[:-1], codes[1:]))
    _write_pairs(file, "variants", _alphabet(letters.variants, varied), (letters.variants, varied),
                 letters.variant_places)
    write_marks(file, letters)


def _write_pairs(file: Sink, name: str, alphabet: Keys, pairs: tuple[Codes, Codes],
                 places: Places | None = None) -> None:
    """Pairs of characters of an alphabet with their places: their own numbers where none are given.

    A pair that begins with the border is left out: it is sought by nobody.
    """
    if len(alphabet) < 1 << 16:
        keys = _sorted_keys(alphabet, *pairs, places)
        halves = keys[np.count_nonzero(pairs[0] == 0):].view("<u4")
        numbers, places = halves[1::2], halves[::2]
        starts = run_starts(numbers)
        first, second = np.divmod(numbers[starts], np.uint32(max(len(alphabet), 1)))
        terms = alphabet[first] << np.uint64(CODE_BITS) | alphabet[second]
    else:  # more different characters than any real archive holds
        places = np.arange(len(pairs[0])) if places is None else places
        keys = pairs[0].astype(np.uint64) << np.uint64(CODE_BITS) | pairs[1]
        order = np.lexsort((places, keys))[np.count_nonzero(pairs[0] == 0):]
        keys, places = keys[order], places[order]
        starts = run_starts(keys)
        terms = keys[starts]
    file.add(f"{name}.keys", terms)
    write_lists(file, f"{name}.places", places, run_lengths(starts, len(places)))


def _alphabet(*rows: Codes) -> Keys:
    """The characters that occur, in order."""
    known = np.zeros(1 << CODE_BITS, bool)
    for row in rows:
        for some in _pieces(len(row)):
            if not known.take(row[some]).all():
                known[row[some]] = True
    return np.flatnonzero(known).astype(np.uint64)


def _ranks(alphabet: Keys) -> Keys:
    """The number of each character of an alphabet, by the character."""
    ranks = np.zeros(int(alphabet.max(initial=0)) + 1, np.uint64)
    ranks[alphabet.astype(np.int64)] = np.arange(len(alphabet), dtype=np.uint64)
    return ranks


def _pieces(length: int) -> Iterator[slice]:
    return (slice(start, start + _LETTERS_TOGETHER) for start in range(0, length, _LETTERS_TOGETHER))


def _sorted_keys(alphabet: Keys, first: Codes, second: Codes, places: Places | None) -> Keys:
    """Pairs in order, the places of each in order: one sort of both as one number."""
    ranks, size = _ranks(alphabet) << _PLACE_BITS, np.uint64(len(alphabet))
    keys = np.empty(len(first), "<u8")
    numbers = np.arange(_LETTERS_TOGETHER, dtype=np.uint64)
    for some in _pieces(len(first)):
        own = keys[some]
        np.multiply(ranks.take(first[some]), size, out=own)
        own += ranks.take(second[some])
        own += numbers[:len(own)] if places is None else places[some].astype(np.uint64)
        numbers += np.uint64(_LETTERS_TOGETHER)
    keys.sort()
    return keys


def write_marks(file: Sink, letters: Letters) -> None:
    """Runs of marks, the letters before which each stands, and which letters have one before them.

    A run of a few marks is a number; only longer ones are told apart by name.
    """
    marks, starts = letters.marks, letters.run_starts
    sizes = run_lengths(starts, len(marks))
    alphabet = np.concatenate([np.zeros(1, np.uint64), _alphabet(marks)])  # 0 stands behind a run
    ranks, size = _ranks(alphabet), len(alphabet)
    most = max(number for number in range(1, _MARKS_PACKED + 1) if size ** number < 1 << 31)
    numbers = ranks.take(marks.take(starts))
    for at in range(1, most):
        numbers *= np.uint64(size)
        longer = np.flatnonzero(sizes > at)
        numbers[longer] += ranks.take(marks.take(starts[longer] + at))
    named, longer = Vocabulary(), np.flatnonzero(sizes > most)
    names = named.numbers(as_text(marks[start:start + length]) for start, length in
                          zip(starts[longer].tolist(), sizes[longer].tolist(), strict=True))
    numbers[longer] = (names + size ** most).astype(np.uint64)
    keys = (numbers << _PLACE_BITS | letters.behind.take(starts).astype(np.uint64)).astype("<u8", copy=False)
    keys.sort()
    halves = keys.view("<u4")
    found, places = halves[1::2], halves[::2]
    groups = run_starts(found)
    counts = run_lengths(groups, len(found))
    packed = found[groups][:len(groups) - len(named)].astype(np.uint64)
    edge, of_packed = int(counts[:len(packed)].sum()), counts[:len(packed)]
    terms, both = _Interleaved.of(_runs_of(packed, alphabet, most), of_packed, [*named], counts[len(packed):])
    write_texts(file, "marks.terms", terms)
    write_lists(file, "marks.places", both.joined(places[:edge], places[edge:]), both.counts)
    file.add("marked", np.packbits(letters.marked, bitorder="little"))


def _runs_of(numbers: Keys, alphabet: Keys, most: int) -> list[str]:
    """Packed runs of marks as texts."""
    rows = np.full((len(numbers), most + 1), ord("\n"), np.uint32)
    for at in reversed(range(most)):
        numbers, ranks = np.divmod(numbers, np.uint64(len(alphabet)))
        rows[:, at] = alphabet[ranks.astype(np.int64)]
    return as_text(rows[rows > 0]).split("\n")[:-1]


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
