"""The language model, adapted to the words of a page: what the page says once it says again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.lexicon.continuations import each
from indexer.lexicon.ngrams import ORDER, Floats, Ids, model

# How much the page's own words count against the model: pseudo-counts by length of context.
PAGE_TRUST = (30.0, 3.0, 1.5)


class PageWords:
    """How often the page says which letters behind which."""

    def __init__(self, letters: list[int]) -> None:
        """`letters`: the sound text of the page, as the model numbers them."""
        ids = np.array(letters, dtype=np.int64)
        self.model = model()
        self._said = np.zeros(self.model.size, dtype=np.bool_)
        self._said[ids] = True
        self._strings: list[_Tally] = []
        self._longer: list[_Tally] = []
        for length in range(1, ORDER):
            strings = self._keys([ids[start:max(0, len(ids) - length + start)] for start in range(length)])
            self._strings.append(_Tally(strings))
            self._longer.append(_Tally(strings * self.model.size + ids[length:]))

    def chances(self, contexts: Ids, nexts: Ids, parents: Ids | None = None) -> Floats:
        """Log probabilities by the model and the page; each letter of `nexts` behind the row of
        `contexts` of its number, or the one that `parents` names."""
        chance: Floats = np.exp(self.model.chances(contexts, nexts, parents))
        said = self._said[nexts]
        for length, trust in enumerate(PAGE_TRUST, 1):
            strings = self._keys([contexts[:, at] for at in range(ORDER - 1 - length, ORDER - 1)])
            total = self._strings[length - 1].counts(strings)
            if not total.any():
                break  # nor does the page say any longer ones
            known = each(total > 0, parents)
            fit = known.nonzero()[0]
            rows = fit if parents is None else parents[fit]
            seen = np.zeros(len(fit))
            again = said[fit].nonzero()[0]
            seen[again] = self._longer[length - 1].counts(
                strings[rows[again]] * self.model.size + nexts[fit[again]])
            chance[fit] = (seen + trust * chance[fit]) / (total[rows] + trust)
        result: Floats = np.log(chance)
        return result

    def _keys(self, columns: list[Ids]) -> Ids:
        """The strings whose letters stand in columns, as numbers."""
        key = columns[0]
        for column in columns[1:]:
            key = key * self.model.size + column
        return key


_NONE = -1  # no key: so that no tally is empty


class _Tally:
    """How often each key was there."""

    def __init__(self, keys: Ids) -> None:
        self._keys, numbers = np.unique(np.append(keys, _NONE), return_counts=True)
        self._numbers: NDArray[np.float64] = numbers.astype(np.float64)

    def counts(self, wanted: Ids) -> Floats:
        index = np.minimum(self._keys.searchsorted(wanted), len(self._keys) - 1)
        result: Floats = np.where(self._keys[index] == wanted, self._numbers[index], 0.0)
        return result
