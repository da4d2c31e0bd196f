"""Plain words stand in a row, no mark between their letters: what is highlighted, against a scan."""

from __future__ import annotations

import random

from indexer.store.query import Exact
from search_web.answer.occurrences import Text, occurrences
from tests.store.exact_oracle import spans


def test_words_agree_with_a_scan() -> None:
    dice = random.Random(21)
    for _ in range(3000):
        text = "".join(dice.choices("会议人，、。 ”3.", k=dice.randint(1, 20)))
        word = "".join(dice.choices("会议人3", k=dice.randint(1, 3)))
        found = occurrences(Exact(word, unbroken=True), Text("body", text, text))
        assert found == spans(text, word, unbroken=True), (text, word)
