"""Figures with names, and the floors that are pinned for them: nothing is lowered silently."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FLOORS = Path(__file__).parent / "floors.toml"
# Of a sample, a figure may lie below the floor by this many standard errors.
ERRORS = 3.0
# With fewer pages than this in a sample a ratio says nothing.
LEAST_PAGES = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value; its standard error and the pages behind it where it comes from a sample."""

    value: float
    error: float = 0.0
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """What a figure must reach now (`floor`, or `ceiling` where less is better), and in the end."""

    name: str
    bound: float
    target: float | None
    upper: bool

    def met(self, value: float) -> bool:
        """Whether the value is on the right side of the bound."""
        return value <= self.bound if self.upper else value >= self.bound

    def reached(self, value: float) -> bool:
        """Whether the value is on the right side of the target."""
        if self.target is None:
            return True
        return value <= self.target if self.upper else value >= self.target


def read_pins(file: Path = FLOORS) -> dict[str, Pin]:
    """The pins of a TOML file of `"name" = { floor = …, target = … }`, by name.

    Raises ValueError where an entry has neither a floor nor a ceiling, or both.
    """
    pins = {}
    for name, entry in tomllib.loads(file.read_text(encoding="utf-8")).items():
        if ("floor" in entry) == ("ceiling" in entry):
            raise ValueError(f"{file.name}: {name} needs a floor or a ceiling")
        upper = "ceiling" in entry
        bound = entry["ceiling" if upper else "floor"]
        pins[name] = Pin(name, float(bound), entry.get("target"), upper)
    return pins


def refusals(figures: Mapping[str, Figure], pins: Mapping[str, Pin], *, sample: bool = False,
             skipped: Sequence[str] = ()) -> list[str]:
    """Why the figures are refused, one sentence each; empty when every pin is met.

    A pinned figure that was not measured is refused too, unless its name begins with one of
    `skipped`.  Of a `sample`, three standard errors are allowed for, and figures that rest on too
    few pages are passed over.
    """
    found = []
    for name, pin in pins.items():
        figure = figures.get(name)
        if figure is None or (sample and figure.pages is not None and figure.pages < LEAST_PAGES):
            if figure is None and not sample and not name.startswith(tuple(skipped)):
                found.append(f"{name} was not measured (pinned at {pin.bound:g})")
            continue
        allowance = ERRORS * figure.error if sample else 0.0
        value = figure.value - allowance if pin.upper else figure.value + allowance
        if not pin.met(value):
            word = "above its ceiling" if pin.upper else "below its floor"
            found.append(f"{name} is {figure.value:.5g}, {word} {pin.bound:g}")
    return found


def raised(text: str, figures: Mapping[str, Figure], pins: Mapping[str, Pin]) -> str:
    """The text of the floors' file with every bound moved to the measured value, never lowered.

    Values are cut to four decimals on the safe side and never moved beyond the target.
    """
    lines = []
    for line in text.split("\n"):
        name = line.split("=")[0].strip().strip('"')
        pin, figure = pins.get(name), figures.get(name)
        if pin and figure and pin.target is not None and pin.met(figure.value):
            cut = math.ceil if pin.upper else math.floor
            value = cut(figure.value * 10_000) / 10_000
            value = max(value, pin.target) if pin.upper else min(value, pin.target)
            word = "ceiling" if pin.upper else "floor"
            lines.append(f'"{name}" = {{ {word} = {value:g}, target = {pin.target:g} }}')
        else:
            lines.append(line)
    return "\n".join(lines)


def ratio(pairs: Sequence[tuple[float, float]]) -> Figure:
    """Sum over sum of (part, whole) page by page, with the standard error over the pages.

    >>> ratio([(1, 1), (1, 1)])
    Figure(value=1.0, error=0.0, pages=2)
    """
    pairs = [pair for pair in pairs if pair[1]]
    whole = sum(w for _, w in pairs)
    if not whole:
        return Figure(1.0, 0.0, 0)
    value = sum(p for p, _ in pairs) / whole
    spread = sum((p - value * w) ** 2 for p, w in pairs)
    return Figure(value, math.sqrt(spread) / whole, len(pairs))


def mean(values: Sequence[float]) -> Figure:
    """The mean with its standard error."""
    return ratio([(value, 1.0) for value in values])
