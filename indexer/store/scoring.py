"""BM25F: how well a report answers a word or a string, title and body weighed together."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.store.snapshot import Frequencies, Numbers, Snapshot

# Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", section 3.6;
# the inverse document frequency as in Lucene, never negative.
# Reports are long and their words repeat by genre, so that frequency saturates early.  On the judged
# queries (tests/evaluation/tuning.py) no value near these is better by 0.001 on the tuning half and
# not worse on the other.
K1 = 1.2
TITLE_WEIGHT = 4.0
BODY_WEIGHT = 1.0
# How far a long title, a long body, dampens frequency: titles are all of one length.
TITLE_B = 0.3
BODY_B = 0.75


class Scorer:
    """Scores by the statistics of one snapshot: its living documents, lengths in letters."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def _norms(self) -> tuple[Numbers, Numbers]:
        """What a frequency in the title, in the body of each document is worth."""
        titles, bodies = self._snapshot.lengths
        return (TITLE_WEIGHT / self._dampening(titles, TITLE_B),
                BODY_WEIGHT / self._dampening(bodies, BODY_B))

    def _dampening(self, lengths: NDArray[np.int64], b: float) -> Numbers:
        docs = self._snapshot.docs
        average = float(lengths[docs].mean()) if len(docs) else 1.0
        return np.asarray(1 - b + b * lengths / max(average, 1.0), np.float64)

    def score(self, found: Frequencies) -> Numbers:
        """The score of each document of `found`."""
        total, holding = len(self._snapshot.docs), len(found.docs)
        idf = np.log1p((total - holding + 0.5) / (holding + 0.5))
        title, body = self._norms
        frequency = found.body * body[found.docs]
        if found.title.any():
            frequency += found.title * title[found.docs]
        scores: Numbers = frequency / (K1 + frequency)
        scores *= idf
        return scores
