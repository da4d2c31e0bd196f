"""How much of a page's damage a repair undid, what it broke, and what extraction lost or let in.

Definitions.  Gold, the page as shown, and the result are compared character by character.
A *damaged* character is one of the gold that the page shows otherwise, or one that the page shows
and the gold does not have (a note, a page number).  It is *repaired* where the result agrees with
the gold, *left* where it agrees with the page, *wrong* where it agrees with neither.  An undamaged
character that the result changes is a *casualty*, and is laid to the nearest damage of the page.
Recall of a class: repaired / damaged.  Precision: repaired / (repaired + wrong + casualties).
Whole lines that are missing or foreign are extraction's: they count there and not here.
A run in which a digit was eaten cannot be repaired: nothing on the page says which digit.  Left as it
is it counts as *declined*, apart from the damage; anything else that becomes of it is wrong.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from unicodedata import normalize

from tests.evaluation.alignment import Difference, differences
from tests.evaluation.provenance import RUNS, TORN, Event

UNDAMAGED = "undamaged"
# Gold characters around a damaged place within which a difference is that damage's.
NEAR = 1
# A foreign stretch of at least this many characters that begins or ends a line is site chrome.
FOREIGN = 4
CONTEXT = 8
# A note inside a run.
INSERTED = re.compile(r"\([^()]*\)")


@dataclass(slots=True)
class Tally:
    """Characters of one class (runs, for the misaligned runs)."""

    damaged: int = 0
    repaired: int = 0
    wrong: int = 0
    casualties: int = 0
    # Runs that nobody can repair, and those of them that were left as they are.
    hopeless: int = 0
    declined: int = 0

    def add(self, other: Tally) -> None:
        """Count `other` in."""
        self.damaged += other.damaged
        self.repaired += other.repaired
        self.wrong += other.wrong
        self.casualties += other.casualties
        self.hopeless += other.hopeless
        self.declined += other.declined


@dataclass(frozen=True, slots=True)
class Failure:
    """One place that did not come out as the gold has it: `raw` → `got`, wanted `want`."""

    name: str
    raw: str
    got: str
    want: str


@dataclass(slots=True)
class Score:
    """One page: its damage class by class, and extraction in characters that are no blanks."""

    classes: dict[str, Tally] = field(default_factory=dict)
    kept: int = 0
    lost: int = 0
    foreign: int = 0
    failures: list[Failure] = field(default_factory=list)

    def of(self, name: str) -> Tally:
        """The tally of a class."""
        return self.classes.setdefault(name, Tally())

    @property
    def f1(self) -> float:
        """F1 of the extracted characters."""
        whole = 2 * self.kept + self.lost + self.foreign
        return 2 * self.kept / whole if whole else 1.0


def score(gold: str, result: str, events: list[Event]) -> Score:
    """Compare a page's result with its gold, in the knowledge of its damage."""
    return _Scoring(gold, result, events).run()


class _Scoring:
    """The counting for one page."""

    def __init__(self, gold: str, result: str, events: list[Event]) -> None:
        self.gold = gold
        self.score = Score()
        self.events = _runs_joined(events, gold)
        self.starts = [event.start for event in self.events]
        self.reach = max((event.end - event.start for event in self.events), default=0) + NEAR
        self.places = differences(gold, result)
        self.damaged = bytearray(len(gold))
        for event in self.events:
            self.damaged[event.start:event.end] = b"\1" * (event.end - event.start)
        # Per event: gold characters missing, page characters left standing, characters invented.
        self.missing = [0] * len(self.events)
        self.standing = [0] * len(self.events)
        self.invented = [0] * len(self.events)
        self.places_of: dict[int, list[Difference]] = {}

    def run(self) -> Score:
        """All counts."""
        gone = bytearray(len(self.gold))
        for place in self.places:
            if self._is_extraction(place):
                gone[place.start:place.end] = b"\1" * (place.end - place.start)
            else:
                self._difference(place)
        for number, event in enumerate(self.events):
            lost = sum(gone[event.start:event.end])
            if event.start == event.end and 0 < event.start < len(gone) and (
                    gone[event.start] and gone[event.start - 1]):
                lost = event.units
            if lost < event.units:
                self._event(number, event, event.units - lost)
        self._extraction()
        return self.score

    def _is_extraction(self, place: Difference) -> bool:
        """Whole lines missing, or a foreign stretch at the edge of a line."""
        gold = self.gold[place.start:place.end]
        own = place.other.strip()
        if gold and len(own) * 5 < len(gold.strip()):
            before, behind = self.gold[:place.start][-1:], self.gold[place.end:place.end + 1]
            whole = "\n" in gold or (before in ("", "\n") and behind in ("", "\n"))
            return whole and len(gold.strip()) > FOREIGN
        if gold.strip() or len(own) < FOREIGN or self._near(place, other=place.other):
            return False
        edge = place.start == 0 or place.end == len(self.gold)
        return edge or place.other[0] == "\n" or place.other[-1] == "\n"

    def _near(self, place: Difference, other: str = "") -> list[int]:
        """The events around a place; with `other`, only those of which it shows something."""
        first = bisect_left(self.starts, place.start - self.reach)
        found = []
        for number in range(first, len(self.events)):
            event = self.events[number]
            if event.start > place.end + NEAR:
                break
            if event.end >= place.start - NEAR and (
                    not other or _overlap(other, event.shown) > len(other) // 2):
                found.append(number)
        # Damage that the place lies in goes before damage beside it.
        return sorted(found, key=lambda n: self.events[n].end <= place.start
                      or self.events[n].start >= place.end)

    def _difference(self, place: Difference) -> None:
        """Lay a difference to the damage around it, or to nobody."""
        near = self._near(place)
        rest = Counter(_folded(place.other))
        for number in near:
            event = self.events[number]
            overlap = range(max(event.start, place.start), min(event.end, place.end))
            self.missing[number] += len(overlap)
            take = rest & Counter(_folded(event.shown))
            self.standing[number] += take.total()
            rest -= take
            self.places_of.setdefault(number, []).append(place)
        bystanders = sum(not self.damaged[i] for i in range(place.start, place.end))
        foreign = max(rest.total() - bystanders, 0)
        hit = [n for n in near if self.events[n].start < self.events[n].end
               and self.events[n].start < place.end and self.events[n].end > place.start]
        if hit and foreign:
            self.invented[hit[0]] += foreign
            foreign = 0
        casualties = bystanders + foreign
        if casualties:
            name = self._nearest(place)
            self.score.of(name).casualties += casualties
            self._fail(f"{name} casualty", self.gold[place.start:place.end], place)

    def _nearest(self, place: Difference) -> str:
        at = bisect_left(self.starts, place.start)
        around = self.events[max(0, at - 1):at + 1]
        if not around:
            return UNDAMAGED
        return min(around, key=lambda e: max(e.start - place.end, place.start - e.end)).name

    def _event(self, number: int, event: Event, units: int) -> None:
        missing, standing = self.missing[number], self.standing[number]
        invented = self.invented[number]
        name = event.name
        tally = self.score.of(name)
        bad = min(units, max(missing, standing) if event.start < event.end else standing)
        removed = missing and not standing and bool(event.shown)
        wrong = bad if removed else min(bad, invented)
        if name in (RUNS, TORN):
            units, bad, wrong = 1, int(bool(bad or invented)), int(bool(wrong))
            if _eaten(event, self.gold):
                tally.hopeless += 1
                if bad and not wrong:
                    tally.declined += 1
                    return
                bad = wrong = 1  # what was eaten was invented
        tally.damaged += units
        tally.repaired += units - bad
        tally.wrong += wrong
        if bad and number in self.places_of:
            self._fail(f"{name} {'wrong' if wrong else 'left'}", event.shown,
                       self.places_of[number][0], event)

    def _fail(self, name: str, raw: str, place: Difference, event: Event | None = None) -> None:
        start, end = (event.start, event.end) if event else (place.start, place.end)
        left = self.gold[max(0, min(start, place.start) - CONTEXT):place.start]
        want = self.gold[max(0, start - CONTEXT):end + CONTEXT]
        got = left + place.other + self.gold[place.end:place.end + CONTEXT]
        self.score.failures.append(Failure(name, raw[:80], got[:100], want[:100]))

    def _extraction(self) -> None:
        """Undamaged characters kept and lost; whatever stands there that is not the page's text."""
        score = self.score
        score.kept = sum(not c.isspace() and not d for c, d in zip(self.gold, self.damaged, strict=True))
        for place in self.places:
            lost = sum(not self.gold[i].isspace() and not self.damaged[i]
                       for i in range(place.start, place.end))
            score.kept -= lost
            score.lost += lost
            if self._is_extraction(place):
                score.foreign += sum(not c.isspace() for c in place.other)
                name = "extraction lost" if lost else "extraction foreign"
                self._fail(name, "", place)


def _eaten(event: Event, gold: str) -> bool:
    """Did a digit or another character below `@` go with half a character of the run?"""
    ascii_marks = Counter(char for char in gold[event.start:event.end] if " " <= char < "@")
    return bool(ascii_marks - Counter(_folded(INSERTED.sub("", event.shown))))


def _folded(text: str) -> str:
    """Width and compatibility forms folded: raw `?` that became `？` is still the raw one."""
    return normalize("NFKC", text)


def _overlap(a: str, b: str) -> int:
    return (Counter(_folded(a)) & Counter(_folded(b))).total()


def _runs_joined(events: list[Event], gold: str) -> list[Event]:
    """Misaligned stretches that touch are one run: they are repaired together or not at all."""
    out: list[Event] = []
    for event in events:
        last = out[-1] if out else None
        if (last and event.name in (RUNS, TORN) and last.name in (RUNS, TORN)
                and event.start <= last.end and "\n" not in gold[event.start:last.end]):
            out[-1] = Event(last.names + event.names, last.start, max(last.end, event.end),
                            last.shown + event.shown)
        else:
            out.append(event)
    return out
