"""How misaligned runs are counted: what nobody can repair stands apart, and only when left alone."""

from __future__ import annotations

import pytest

from tests.evaluation.provenance import RUNS, Event
from tests.evaluation.scoring import score

GOLD = "人次，帶教15人"
# `，帶教1` became `?yáo)?`: the digit went with half a character.
EATEN = Event(["gloss"], 2, 6, "?yáo)?")
WHOLE = Event(["gloss"], 2, 5, "?yáo)Ы")


@pytest.mark.parametrize(("event", "result", "counts"), [
    (EATEN, "人次?yáo)?5人", (0, 0, 0, 1, 1)),  # declined rightly
    (EATEN, "人次，帶教75人", (1, 0, 1, 1, 0)),  # a digit was invented
    (WHOLE, GOLD, (1, 1, 0, 0, 0)),
    (WHOLE, "人次?yáo)Ы15人", (1, 0, 0, 0, 0)),
])
def test_an_eaten_digit_is_no_failure_and_an_invented_one_is(
    event: Event, result: str, counts: tuple[int, ...],
) -> None:
    tally = score(GOLD, result, [event]).classes[RUNS]
    assert (tally.damaged, tally.repaired, tally.wrong, tally.hopeless, tally.declined) == counts
