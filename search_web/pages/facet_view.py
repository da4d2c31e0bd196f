"""Facets as they are shown: each value with its count, its share and the link that chooses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from indexer.store.engine import UNKNOWN
from indexer.text.script import fold
from search_web.language.i18n import gettext
from search_web.pages.charts import MAX_YEARS
from search_web.pages.parameters import State, in_years

# Regions of a result page, all levels together, before lower levels wait to be asked for: a
# village list of a whole province would be longer than the hits.
MAX_REGIONS = 120
# Bytes for the regions of a page, and what a choice takes beside its address: as every address holds
# the whole state, a long query leaves room for fewer choices.
ROOM, TAKEN = 18_000, 130
# The other facets get this part of it each.
PART = 4
# Regions directly below one, the most frequent first; the others are only counted.
MAX_BRANCH = 60
# From so many regions on it is worth having a box to find one.
FINDABLE = 8

NAMES = {"region": "地区", "year": "年份", "published_year": "发布年份", "theme": "主题", "kind": "体裁",
         "source": "来源", "script": "原文文字"}
UNKNOWN_LABELS = {"region": "地区不详", "year": "年份不详", "source": "来源不详", "theme": "主题不详",
                  "kind": "体裁不详", "script": "文字不详"}
SCRIPT_LABELS = {"hans": "简体", "hant": "繁体", "mixed": "简繁混用"}
# The fields of a State that hold the chosen values, facets in the order of the panel.
FIELDS = {"region": "regions", "year": "years", "theme": "themes", "kind": "kinds", "source": "sources",
          "script": "scripts"}

Node = Mapping[str, Any]
# What makes an address of a state; the pages keep the language in it.
Href = Callable[[State], str]


def _plain(state: State) -> str:
    return state.href


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


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its choices; `form` says how it is drawn: tree, years or list.  `more` counts values
    that are left out.

    Of years: `columns` in order, those between without a report included; the first and the last
    there are, and what is chosen where it is one range.
    """

    name: str
    label: str
    form: str
    choices: tuple[Choice, ...]
    more: int = 0
    findable: bool = False
    sought: str = ""
    columns: tuple[Choice, ...] = ()
    first: str = ""
    last: str = ""
    chosen_first: str = ""
    chosen_last: str = ""


def panel(facets: Mapping[str, Sequence[Node]], state: State, href: Href, sought: str = "",
          more: Mapping[str, int] = MappingProxyType({})) -> list[Facet]:
    """All facets of an answer in their order, empty ones left out; `sought` narrows the regions.

    `more`: how many values of a facet the answer does not hold.
    """
    room = max(ROOM // (TAKEN + len(href(state).encode())), PART)
    found = []
    for name in FIELDS:
        items = facets.get(name) or ()
        label = gettext(NAMES[name])
        if name == "region" and (items or sought):
            found.append(_tree(label, items, state, href, sought, room))
        elif name == "year" and items:
            found.append(_years(label, items, state, href, room // PART))
        elif items:
            choices = list_choices(name, items, state, href)
            shown = _first(choices, room // PART)
            found.append(Facet(name, label, "list", shown, len(choices) - len(shown) + more.get(name, 0)))
    return found


def _first(choices: Sequence[Choice], room: int) -> tuple[Choice, ...]:
    """As many choices as there is room for, and all that are chosen."""
    return tuple(choice for place, choice in enumerate(choices)
                 if place < room or choice.chosen or choice.open)


def _tree(label: str, items: Sequence[Node], state: State, href: Href, sought: str, room: int) -> Facet:
    kept = first_regions(found_regions(items, sought), room) if sought else items
    choices = region_choices(kept, state, href, whole=bool(sought), room=room)
    shown = _first(choices, room)
    left = _size(found_regions(items, sought)) - _size(kept) if sought else len(choices) - len(shown)
    return Facet("region", label, "tree", shown, left, findable=bool(sought) or _size(items) > FINDABLE,
                 sought=sought)


def first_regions(nodes: Sequence[Node], room: int) -> list[Node]:
    """The first so many regions of a tree in the order of reading, with those they lie in."""
    found: list[Node] = []
    for node in nodes:
        if room <= 0:
            break
        below = first_regions(node["children"], room - 1)
        room -= 1 + _size(below)
        found.append({**node, "children": below})
    return found


def _size(nodes: Sequence[Node]) -> int:
    return sum(1 + _size(node["children"]) for node in nodes)


def found_regions(nodes: Sequence[Node], sought: str) -> list[Node]:
    """The regions whose names hold what is sought, with those they lie in; either script."""
    wanted = fold(sought)
    found = []
    for node in nodes:
        if wanted in fold(node["label"]):
            found.append(node)
        elif below := found_regions(node["children"], sought):
            found.append({**node, "children": below})
    return found


def region_choices(nodes: Sequence[Node], state: State, href: Href = _plain, whole: bool = False,
                   room: int = MAX_REGIONS) -> tuple[Choice, ...]:
    """The region tree; levels that would make it too long are left out but where one is chosen.

    `whole`: every branch stands open, for what was sought may lie deep.
    """
    room = min(room, MAX_REGIONS)
    return _regions(nodes, state, href, _levels(nodes, room), whole, min(room, MAX_BRANCH))


def _levels(nodes: Sequence[Node], room: int) -> int:
    """How many levels can be shown whole; the first always is."""
    levels, shown, level = 0, 0, list(nodes)
    while level:
        shown += len(level)
        if levels and shown > room:
            break
        levels += 1
        level = [child for node in level for child in node["children"]]
    return levels


def _regions(nodes: Sequence[Node], state: State, href: Href, levels: int, whole: bool,
             branch: int) -> tuple[Choice, ...]:
    choices = []
    for node in nodes:
        value = node["value"]
        chosen = value in state.regions
        opened = chosen or _leads_to_chosen(value, state) or whole
        below = _shown(node["children"], state, branch) if levels > 1 or opened else []
        choices.append(Choice(
            _label("region", value) if value == UNKNOWN else node["label"], node["count"],
            href(state.without("regions", value) if chosen else state.with_region(value)), chosen,
            children=_regions(below, state, href, levels - 1, whole, branch), open=opened,
            more=len(node["children"]) - len(below) if below else 0))
    return tuple(choices)


def _shown(nodes: Sequence[Node], state: State, branch: int) -> list[Node]:
    """The first of a branch, and what is chosen."""
    return [node for place, node in enumerate(nodes)
            if place < branch or node["value"] in state.regions or _leads_to_chosen(node["value"], state)]


def _leads_to_chosen(value: str, state: State) -> bool:
    return any(one.startswith(value + "/") for one in state.regions)


def _label(facet: str, value: str) -> str:
    """What a value is called on screen. Places and sources are called what they are."""
    if value == UNKNOWN:
        return gettext(UNKNOWN_LABELS[facet])
    if facet == "script":
        return gettext(SCRIPT_LABELS.get(value, value))
    return gettext(value) if facet in ("theme", "kind") else value


def year_choices(items: Sequence[Node], state: State, href: Href = _plain) -> tuple[Choice, ...]:
    """Years, newest first, the unknown ones last."""
    largest = max((item["count"] for item in items), default=1)
    choices = []
    for item in sorted(items, key=lambda item: item["value"] == UNKNOWN):
        value = str(item["value"])
        chosen = any(in_years(value, one) for one in state.years)
        alone = value in state.years
        choices.append(Choice(
            _label("year", value), item["count"],
            href(state.without("years", value) if alone else state.with_year(value)), chosen,
            share=round(100 * item["count"] / largest, 1)))
    return tuple(choices)


def _years(label: str, items: Sequence[Node], state: State, href: Href, room: int) -> Facet:
    """The years as a histogram, each with a link where there is room, and as a list."""
    choices = year_choices(items, state, href)
    known = {int(choice.label): choice for choice in choices if choice.label.isdecimal()}
    span = range(min(known), max(known) + 1) if known else range(0)
    shown = span if len(span) <= MAX_YEARS else sorted(known)
    largest = max((choice.count for choice in known.values()), default=1)
    columns = tuple(replace(known[year], share=round(100 * known[year].count / largest, 1)) if year in known
                    else Choice(str(year), 0, "", False) for year in shown)
    if len(columns) > room:
        columns = tuple(replace(column, href="") for column in columns)
    listed = _first(choices, room)
    first, last = (str(min(known)), str(max(known))) if known else ("", "")
    low, _, high = state.years[0].partition("..") if len(state.years) == 1 else ("", "", "")
    one = len(state.years) == 1 and ".." not in state.years[0] and state.years[0] != UNKNOWN
    return Facet("year", label, "years", listed, len(choices) - len(listed), columns=columns, first=first,
                 last=last, chosen_first="" if low == UNKNOWN else low, chosen_last=low if one else high)


def list_choices(facet: str, items: Sequence[Node], state: State, href: Href = _plain) -> tuple[Choice, ...]:
    """The values of a plain facet, most frequent first, chosen ones in front so that no cut hides them."""
    field = FIELDS[facet]
    taken = getattr(state, field)
    choices = []
    for item in items:
        value = str(item["value"])
        chosen = value in taken
        choices.append((value == UNKNOWN, Choice(
            _label(facet, value), item["count"],
            href(state.without(field, value) if chosen else state.having(field, value)), chosen)))
    return tuple(choice for _, choice in sorted(choices, key=lambda item: (not item[1].chosen, item[0])))


def chips(state: State, href: Href = _plain) -> tuple[Chip, ...]:
    """All active filters."""
    found: list[Chip] = []
    for facet, field in FIELDS.items():
        for value in getattr(state, field):
            label = _label(facet, value)
            shown = label.replace("/", " ") if facet == "region" else label.replace("..", "–")
            found.append(Chip(gettext(NAMES[facet]), shown, href(state.without(field, value))))
    return tuple(found)
