"""Facets as they are shown: each value with its count, its share and the link that chooses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.store.engine import UNKNOWN
from search_web.parameters import State, in_years

# Regions of a result page, all levels together, before lower levels wait to be asked for: a
# village list of a whole province would be longer than the hits.
MAX_REGIONS = 120
# Regions directly below one, the most frequent first; the others are only counted.
MAX_BRANCH = 60
UNKNOWN_LABELS = {"region": "地区不详", "year": "年份不详", "source": "来源不详"}
SCRIPT_LABELS = {"hans": "简体", "hant": "繁体", "mixed": "简繁混用"}

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet. `href` chooses it, or takes it back where it is chosen.

    `share` is the count in percent of the largest one beside it; `open` says that it or
    something below it is chosen; `more` counts children that are left out.
    """

    label: str
    count: int
    href: str
    chosen: bool
    share: float = 0.0
    children: tuple[Choice, ...] = ()
    open: bool = False
    more: int = 0


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter and the link that takes it back."""

    name: str
    label: str
    href: str


def region_choices(nodes: Sequence[Node], state: State) -> tuple[Choice, ...]:
    """The region tree; levels that would make it too long are left out but where one is chosen."""
    return _regions(nodes, state, _levels(nodes))


def _levels(nodes: Sequence[Node]) -> int:
    """How many levels can be shown whole; the first always is."""
    levels, shown, level = 0, 0, list(nodes)
    while level:
        shown += len(level)
        if levels and shown > MAX_REGIONS:
            break
        levels += 1
        level = [child for node in level for child in node["children"]]
    return levels


def _regions(nodes: Sequence[Node], state: State, levels: int) -> tuple[Choice, ...]:
    choices = []
    for node in nodes:
        value = node["value"]
        chosen = value in state.regions
        opened = chosen or _leads_to_chosen(value, state)
        below = _shown(node["children"], state) if levels > 1 or opened else []
        choices.append(Choice(
            UNKNOWN_LABELS["region"] if value == UNKNOWN else node["label"], node["count"],
            (state.without("regions", value) if chosen else state.with_region(value)).href, chosen,
            children=_regions(below, state, levels - 1), open=opened,
            more=len(node["children"]) - len(below) if below else 0))
    return tuple(choices)


def _shown(nodes: Sequence[Node], state: State) -> list[Node]:
    """The first MAX_BRANCH of a branch, and what is chosen."""
    return [node for place, node in enumerate(nodes)
            if place < MAX_BRANCH or node["value"] in state.regions or _leads_to_chosen(node["value"], state)]


def _leads_to_chosen(value: str, state: State) -> bool:
    return any(one.startswith(value + "/") for one in state.regions)


def year_choices(items: Sequence[Node], state: State) -> tuple[Choice, ...]:
    """Years, newest first, the unknown ones last."""
    largest = max((item["count"] for item in items), default=1)
    choices = []
    for item in sorted(items, key=lambda item: item["value"] == UNKNOWN):
        value = str(item["value"])
        chosen = any(in_years(value, one) for one in state.years)
        alone = value in state.years
        choices.append(Choice(
            UNKNOWN_LABELS["year"] if value == UNKNOWN else value, item["count"],
            (state.without("years", value) if alone else state.with_year(value)).href, chosen,
            share=round(100 * item["count"] / largest, 1)))
    return tuple(choices)


def source_choices(items: Sequence[Node], state: State) -> tuple[Choice, ...]:
    """Sources, the most frequent first, chosen ones in front so that no cut hides them."""
    choices = []
    for item in items:
        value = item["value"]
        chosen = value in state.sources
        choices.append(Choice(
            UNKNOWN_LABELS["source"] if value == UNKNOWN else value, item["count"],
            (state.without("sources", value) if chosen else state.with_source(value)).href, chosen))
    return tuple(sorted(choices, key=lambda choice: not choice.chosen))


def script_choices(items: Sequence[Node], state: State) -> tuple[Choice, ...]:
    """The scripts that reports are in."""
    counts = {item["value"]: item["count"] for item in items}
    return tuple(
        Choice(label, counts.get(script, 0),
               state.but(script=None if state.script == script else script).href, state.script == script)
        for script, label in SCRIPT_LABELS.items())


def chips(state: State) -> tuple[Chip, ...]:
    """All active filters."""
    found: list[Chip] = []
    kinds: tuple[tuple[str, str, str, Callable[[str], str]], ...] = (
        ("regions", "地区", "region", lambda value: value.replace("/", " ")),
        ("years", "年份", "year", lambda value: value.replace("..", "–")),
        ("sources", "来源", "source", str))
    for field, name, kind, label in kinds:
        found += [Chip(name, UNKNOWN_LABELS[kind] if value == UNKNOWN else label(value),
                       state.without(field, value).href) for value in getattr(state, field)]
    if state.script:
        found.append(Chip("文字", SCRIPT_LABELS[state.script], state.but(script=None).href))
    return tuple(found)
