"""Facets as they are shown: each value with its count, its share and the link that chooses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer.store.engine import UNKNOWN
from indexer.text.script import fold
from search_web.language.i18n import gettext
from search_web.pages.charts import MAX_YEARS
from search_web.pages.parameters import State, in_years

# Regions of a result page, all levels together, before lower levels wait to be asked for: a
# village list of a whole province would be longer than the hits.
MAX_REGIONS = 120
# Regions directly below one, the most frequent first; the others are only counted.
MAX_BRANCH = 60
# From so many regions on it is worth having a box to find one.
FINDABLE = 8

NAMES = {"region": "地区", "year": "年份", "theme": "主题", "kind": "体裁", "source": "来源",
         "script": "原文文字"}
UNKNOWN_LABELS = {"region": "地区不详", "year": "年份不详", "source": "来源不详", "theme": "主题不详",
                  "kind": "体裁不详", "script": "文字不详"}
SCRIPT_LABELS = {"hans": "简体", "hant": "繁体", "mixed": "简繁混用"}
# The fields of a State that hold the chosen values.
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
    """A facet with its choices; `form` says how it is drawn: tree, years or list.

    Of years: `columns` in order, those between without a report included; the first and the last
    there are, and what is chosen where it is one range.
    """

    name: str
    label: str
    form: str
    choices: tuple[Choice, ...]
    findable: bool = False
    sought: str = ""
    columns: tuple[Choice, ...] = ()
    first: str = ""
    last: str = ""
    chosen_first: str = ""
    chosen_last: str = ""


def panel(facets: Mapping[str, Sequence[Node]], state: State, href: Href, sought: str = "") -> list[Facet]:
    """All facets of an answer in their order, empty ones left out; `sought` narrows the regions."""
    found = []
    for name, called in NAMES.items():
        items = facets.get(name) or ()
        label = gettext(called)
        if name == "region" and (items or sought):
            kept = found_regions(items, sought) if sought else items
            found.append(Facet(name, label, "tree", region_choices(kept, state, href, whole=bool(sought)),
                               findable=bool(sought) or _size(items) > FINDABLE, sought=sought))
        elif name == "year" and items:
            found.append(_years(label, items, state, href))
        elif items:
            found.append(Facet(name, label, "list", list_choices(name, items, state, href)))
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


def region_choices(nodes: Sequence[Node], state: State, href: Href = _plain,
                   whole: bool = False) -> tuple[Choice, ...]:
    """The region tree; levels that would make it too long are left out but where one is chosen.

    `whole`: every branch stands open, for what was sought may lie deep.
    """
    return _regions(nodes, state, href, _levels(nodes), whole)


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


def _regions(nodes: Sequence[Node], state: State, href: Href, levels: int, whole: bool) -> tuple[Choice, ...]:
    choices = []
    for node in nodes:
        value = node["value"]
        chosen = value in state.regions
        opened = chosen or _leads_to_chosen(value, state) or whole
        below = _shown(node["children"], state) if levels > 1 or opened else []
        choices.append(Choice(
            _label("region", value) if value == UNKNOWN else node["label"], node["count"],
            href(state.without("regions", value) if chosen else state.with_region(value)), chosen,
            children=_regions(below, state, href, levels - 1, whole), open=opened,
            more=len(node["children"]) - len(below) if below else 0))
    return tuple(choices)


def _shown(nodes: Sequence[Node], state: State) -> list[Node]:
    """The first MAX_BRANCH of a branch, and what is chosen."""
    return [node for place, node in enumerate(nodes)
            if place < MAX_BRANCH or node["value"] in state.regions or _leads_to_chosen(node["value"], state)]


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


def _years(label: str, items: Sequence[Node], state: State, href: Href) -> Facet:
    choices = year_choices(items, state, href)
    known = {int(choice.label): choice for choice in choices if choice.label.isdecimal()}
    span = range(min(known), max(known) + 1) if known else range(0)
    shown = span if len(span) <= MAX_YEARS else sorted(known)
    largest = max((choice.count for choice in known.values()), default=1)
    columns = tuple(replace(known[year], share=round(100 * known[year].count / largest, 1)) if year in known
                    else Choice(str(year), 0, "", False) for year in shown)
    first, last = (str(min(known)), str(max(known))) if known else ("", "")
    low, _, high = state.years[0].partition("..") if len(state.years) == 1 else ("", "", "")
    one = len(state.years) == 1 and ".." not in state.years[0] and state.years[0] != UNKNOWN
    return Facet("year", label, "years", choices, columns=columns, first=first, last=last,
                 chosen_first="" if low == UNKNOWN else low, chosen_last=low if one else high)


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
