"""What befell a made page: every damaged place of its gold text, with its class and what is shown.

The page maker applies its forward models one after the other; they are listened to while it works,
so that a place knows its class even where a page carries six kinds of damage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.pagemaker import damage, render
from tests.pagemaker.damage import Change, Damaged

NOTE = re.compile(r"\([a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿɡ]+\)\Z", re.IGNORECASE)
SIGNATURE = re.compile(r"[a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿɡ]\)", re.IGNORECASE)
# Of two kinds of damage at one place the one named first here is the one that has to be undone first.
STRONGEST = ("mojibake_latin1", "mojibake_cp1252", "mojibake_gbk", "gloss")
# The classes into which the damage of a gloss generator falls.
NOTES, RUNS, TORN = "pinyin_notes", "misaligned_runs", "torn_separators"


@dataclass(slots=True)
class Event:
    """`gold[start:end]` is shown as `shown` (an insertion where start == end)."""

    names: list[str]
    start: int
    end: int
    shown: str

    @property
    def name(self) -> str:
        """The class of the damage."""
        name = next((n for n in STRONGEST if n in self.names), self.names[0])
        if name != "gloss":
            return name
        if self.start == self.end and NOTE.match(self.shown):
            return NOTES
        return RUNS if SIGNATURE.search(self.shown) else TORN

    @property
    def units(self) -> int:
        """The characters that a repair has to give back, or, of an insertion, to take away."""
        return self.end - self.start or len(self.shown)


@dataclass(slots=True)
class Recorder:
    """What the forward models were given and what they made of it, in order."""

    calls: list[tuple[str, Damaged]] = field(default_factory=list)

    def listening(self, model: Callable[..., Damaged]) -> Callable[..., Damaged]:
        """The model, overheard."""
        def overheard(clean: str, *rest: Any) -> Damaged:
            done = model(clean, *rest)
            self.calls.append((clean, done))
            return done
        return overheard

    def events(self, gold: str) -> tuple[list[Event], list[str]]:
        """The damaged places of `gold`, ascending, and the models that made them, in order."""
        trace = Trace(gold)
        names = []
        for clean, done in self.calls:
            if clean == trace.text:
                trace.change(done)
                if done.changes:
                    names.append(done.name)
        return trace.events(), names


@contextmanager
def recorded() -> Iterator[Recorder]:
    """While it is open, the page maker's models tell what they do."""
    recorder = Recorder()
    models, gloss = dict(damage.MODELS), vars(render)["gloss"]
    damage.MODELS.update({name: recorder.listening(model) for name, model in models.items()})
    vars(render)["gloss"] = recorder.listening(gloss)
    try:
        yield recorder
    finally:
        damage.MODELS.update(models)
        vars(render)["gloss"] = gloss


class Trace:
    """A text on its way through the models: for each character where in the gold it came from."""

    def __init__(self, gold: str) -> None:
        self.text = gold
        self._gold_length = len(gold)
        # An index of the gold, or -1 - the number of the event that put the character in.
        self._origin = list(range(len(gold)))
        self._names: list[list[str]] = []
        self._gold: list[set[int]] = []

    def change(self, done: Damaged) -> None:
        """Take over the changes that one model made."""
        text: list[str] = []
        origin: list[int] = []
        at = 0
        for change in done.changes:
            start, end, new = _trimmed(self.text, change)
            text.append(self.text[at:start])
            origin += self._origin[at:start]
            text.append(new)
            origin += [-1 - self._event(done.name, self._origin[start:end])] * len(new)
            at = end
        self.text = "".join(text) + self.text[at:]
        self._origin = origin + self._origin[at:]

    def _event(self, name: str, touched: list[int]) -> int:
        """The event of a change: a new one, or the one that was there, grown."""
        number = next((-1 - o for o in touched if o < 0), len(self._names))
        if number == len(self._names):
            self._names.append([])
            self._gold.append(set())
        self._names[number].append(name)
        for origin in touched:
            if origin >= 0:
                self._gold[number].add(origin)
            elif -1 - origin != number:
                self._gold[number] |= self._gold[-1 - origin]
                self._names[number] += self._names[-1 - origin]
        return number

    def events(self) -> list[Event]:
        """The damaged places in the order of the gold."""
        shown: dict[int, list[str]] = {}
        gap: dict[int, int] = {}
        following = self._gold_length
        for character, origin in zip(reversed(self.text), reversed(self._origin), strict=True):
            if origin >= 0:
                following = origin
            else:
                shown.setdefault(-1 - origin, []).append(character)
                gap[-1 - origin] = following
        found = []
        for number, names in enumerate(self._names):
            gold = self._gold[number]
            if not gold and number not in gap:
                continue
            start, end = (min(gold), max(gold) + 1) if gold else (gap[number], gap[number])
            found.append(Event(names, start, end, "".join(reversed(shown.get(number, [])))))
        return sorted(found, key=lambda event: (event.start, event.end))


def _trimmed(text: str, change: Change) -> tuple[int, int, str]:
    """The change without the characters that stay as they are at its two ends."""
    start, end, new = change.start, change.end, change.new
    while start < end and new and text[start] == new[0]:
        start, new = start + 1, new[1:]
    while start < end and new and text[end - 1] == new[-1]:
        end, new = end - 1, new[:-1]
    return start, end, new
