"""The language model, adapted to the words of a page: what the page says once it says again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.lexicon.continuations import BEYOND, each
from indexer.lexicon.ngrams import ORDER, Floats, Ids, model

# How much the page's own words count against the model: pseudo-counts by length of context.
PAGE_TRUST = (30.0, 3.0, 1.5)


class PageWords:
    """How often the page says which letters behind which."""

    def __init__(self, letters: list[int]) -> None:
        """`letters`: the sound text of the page, as the model numbers them."""
        self.model = model()
        ids = np.array(letters, dtype=np.int64)
        self._said = np.zeros(self.model.size, dtype=np.bool_)
        self._said[ids] = True
        # A string is a number whose digits are its letters, none of them 0: no two strings are the same.
        self._base = self.model.size + 1
        windows = [np.lib.stride_tricks.sliding_window_view(ids, length + 1)
                   for length in range(1, ORDER) if len(ids) > length]
        self._strings = _Tally([self._keys(window[:, :-1])[-1] for window in windows])
        self._longer = _Tally([self._keys(window)[-1] for window in windows])

    def chances(self, contexts: Ids, nexts: Ids, parents: Ids | None = None) -> Floats:
        """Log probabilities by the model and the page; each letter of `nexts` behind the row of
        `contexts` of its number, or the one that `parents` names."""
        chance: Floats = np.exp(self.model.chances(contexts, nexts, parents))
        keys = self._keys(contexts)
        totals = self._strings.counts(keys)
        said = self._said[nexts]
        for strings, total, trust in zip(keys, totals, PAGE_TRUST, strict=True):
            fit = each(total > 0, parents).nonzero()[0]
            if not len(fit):
                break  # nor does the page say longer ones
            rows = fit if parents is None else parents[fit]
            seen = np.zeros(len(fit))
            again = said[fit].nonzero()[0]
            seen[again] = self._longer.counts(strings[rows[again]] * self._base + nexts[fit[again]] + 1)
            chance[fit] = (seen + trust * chance[fit]) / (total[rows] + trust)
        result: Floats = np.log(chance)
        return result

    def _keys(self, rows: Ids) -> Ids:
        """The last letter of each row, the last two, and so on, as numbers: an array for each length."""
        digits = (rows + 1) * self._base ** np.arange(rows.shape[1] - 1, -1, -1)
        keys: Ids = digits[:, ::-1].cumsum(axis=1).T
        return keys


class _Tally:
    """How often each key was there."""

    def __init__(self, keys: list[Ids]) -> None:
        self._keys, numbers = np.unique(np.concatenate((*keys, [BEYOND])), return_counts=True)
        self._numbers: NDArray[np.float64] = numbers.astype(np.float64)

    def counts(self, wanted: Ids) -> Floats:
        """How often each of these was there."""
        index = self._keys.searchsorted(wanted)
        result: Floats = self._numbers[index] * (self._keys[index] == wanted)
        return result
