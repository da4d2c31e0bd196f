"""A character language model of modern written Chinese: how likely is a character behind others.

Provenance of `ngrams.npz`: rebuilt by `indexer.lexicon.build_ngrams`, which names its sources and
their licences.  The arrays form a trie: `children{n}` holds for each string of n characters how many
longer ones begin with it, `last{n}` the last letter of each string (ascending inside its parent),
`chance{n}` its log probability and `weight{n}` its back-off weight, both in steps of a tenth.
"""

from __future__ import annotations

import functools
import re
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from indexer.lexicon.continuations import BEYOND, LARGEST, Continuations, Longer, Pairs, each, find

ORDER = 4
BREAK = "\n"  # the beginning and the end of a line
UNKNOWN = "\ufffd"
# Log probabilities lie between 0 and -25.4.
STEP = 0.1

_LOGS = np.arange(256) * -STEP
Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_DIGIT = re.compile(r"[0-9]")
_LATIN = re.compile(r"[A-Za-z]")


def letters(text: str) -> str:
    """`text` (Simplified) in the letters of the model, of the same length: all digits are one
    letter, all Latin letters another, full-width marks are those of ASCII."""
    return _LATIN.sub("a", _DIGIT.sub("0", text.translate(_WIDE)))


def quantised(values: Floats) -> npt.NDArray[np.uint8]:
    """Log probabilities in steps, for the file."""
    return np.clip(np.round(-values / STEP), 0, LARGEST).astype(np.uint8)


class Model:
    """Conditional log probabilities, for many characters at once."""

    def __init__(self, arrays: dict[str, npt.NDArray[np.generic]]) -> None:
        alphabet = str(arrays["alphabet"])
        self.size = len(alphabet)
        self._id = {char: number for number, char in enumerate(alphabet)}
        self._keys: list[Ids] = [np.arange(self.size, dtype=np.int64)]
        # As they lie in the file, a byte each; what is looked up becomes a log probability.
        self._chance = [arrays["chance1"]]
        self._weight: list[npt.NDArray[np.generic]] = []
        for order in range(2, ORDER + 1):
            children = arrays[f"children{order - 1}"].astype(np.int64)
            keys: Ids = np.repeat(np.arange(len(children)) * self.size, children)
            keys += arrays[f"last{order}"].astype(np.int64)
            self._keys.append(np.append(keys, BEYOND))
            self._chance.append(arrays[f"chance{order}"])
            self._weight.append(np.append(arrays[f"weight{order - 1}"], np.uint8(0)))  # -1: of no string
        self._longer: list[Continuations] = [Pairs(self.size, self._keys[1], self._chance[1])]
        for length in range(2, ORDER):
            self._longer.append(Longer(self.size, self._keys[length], self._chance[length]))

    def ids(self, text: str) -> list[int]:
        """The letters of a Simplified text as numbers; what the model does not know is one number."""
        return [self._id.get(char, 1) for char in letters(text)]

    def frequency(self, char: str) -> float:
        """Log probability of one character wherever it stands."""
        return float(_LOGS[self._chance[0][self.ids(char)[0]]])

    def chances(self, contexts: Ids, nexts: Ids, parents: Ids | None = None) -> Floats:
        """Log probability of each letter of `nexts` behind its row of `contexts` (ORDER - 1 columns,
        the nearest last): the row of the same number, or the one that `parents` names."""
        result: Floats = _LOGS[self._chance[0][nexts]]
        # Where each string of so many letters stands among those of its length, -1 for nowhere, by its end.
        places = contexts
        for length in range(1, ORDER):
            if length > 1:
                places = find(self._keys[length - 1], places[:, :-1] * self.size + contexts[:, length - 1:])
            strings = places[:, -1]
            result += each(_LOGS[self._weight[length - 1][strings]], parents)
            longer, found = self._longer[length - 1].find(strings, nexts, parents)
            result[longer] = _LOGS[found]
        return result

    @functools.cached_property
    def anywhere(self) -> Floats:
        """Log probability of each letter where nothing is known of what stands in front."""
        return self.chances(np.ones((1, ORDER - 1), dtype=np.int64),
                            np.arange(self.size, dtype=np.int64), np.zeros(self.size, dtype=np.int64))


@functools.cache
def model() -> Model:
    """The model of the lexicon, read when a page first needs it."""
    with (files("indexer.lexicon") / "ngrams.npz").open("rb") as file, np.load(file) as arrays:
        return Model({name: arrays[name] for name in arrays.files})
