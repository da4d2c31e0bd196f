"""The GET parameters of pages and API: read into a question, and written back into links."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import quote_plus

from werkzeug.datastructures import MultiDict

from indexer.errors import UsageError
from indexer.text.script import fold
from search_web.query.question import MAX_LIMIT, MAX_OFFSET, Question, Selection

Args = MultiDict[str, str]

PAGE_SIZES = (10, 20, 50, 100)
# Each value of a filter is compared with every value of the facet.
MAX_VALUES = 50

# The names that a state is read from, those that may be repeated first; and what single pages take besides.
REPEATABLE = frozenset({"region", "year", "source", "script", "theme", "kind", "no_synonym"})
STATE_NAMES = REPEATABLE | {"q", "year_by", "own_script", "fold", "partly", "sort", "size", "page"}
PAGE_NAMES = {
    "pages.search": STATE_NAMES | {"place", "from", "to"}, "pages.report": STATE_NAMES | {"n", "read"},
    "pages.source": STATE_NAMES | {"n", "read"}, "study.kwic": STATE_NAMES | {"width", "order"},
    "study.trends": STATE_NAMES | {"terms", "by", "measure", "under"}, "study.coverage": frozenset({"under"}),
    "alike.similar": frozenset({"of", "text", "start", "end"}),
}

_NUMBER = re.compile(r"[+-]?[0-9]{1,12}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
# What a link may hold as it is: letters of any script and Chinese punctuation (browsers escape them),
# digits, `_ . / ~ -`.
_NOT_PLAIN = re.compile(r"[^\w./~\-“”‘’…—、-】！-～]")
_RANGE = re.compile(r"([0-9]{4})?(\.\.)?([0-9]{4})?")


def number(args: Args, name: str, default: int) -> int:
    """A whole number; `default` when absent or empty. Raises UsageError."""
    text = args.get(name, "").strip()
    if not text:
        return default
    if not _NUMBER.fullmatch(text):
        raise UsageError(f"{name} must be a whole number, not {text[:40]!r}.", "bad-number",
                         name=name, value=text)
    return int(text)


def page_number(args: Args) -> int:
    """The page that is asked for, from 1. Raises UsageError."""
    page = number(args, "page", 1)
    if page < 1:
        raise UsageError("Pages are counted from 1.", "bad-page", value=page)
    return page


def values(args: Args, name: str) -> tuple[str, ...]:
    """A repeatable parameter: each value once, empty ones (of an unfilled form) left out.

    Raises UsageError beyond MAX_VALUES.
    """
    found = tuple(dict.fromkeys(filter(None, (_clean(value) for value in args.getlist(name)))))
    if len(found) > MAX_VALUES:
        raise UsageError(f"At most {MAX_VALUES} values of {name} can be chosen; these are {len(found)}.",
                         "too-many-values", name=name, limit=MAX_VALUES, count=len(found))
    return found


def switch(args: Args, name: str, default: bool) -> bool:
    """A parameter that is 1 or 0; `default` when absent or empty. Raises UsageError."""
    text = args.get(name, "").strip()
    if text not in ("", "0", "1"):
        raise UsageError(f"{name} must be 1 or 0, not {text[:40]!r}.", "bad-switch", name=name, value=text)
    return text == "1" if text else default


def question(args: Args) -> Question:
    """The question of an API request: `limit` (or `size`) and `offset` (or `page`). Raises UsageError."""
    limit = _page_size(args) if args.get("size", "").strip() else number(args, "limit", PAGE_SIZES[0])
    page = page_number(args)
    offset = number(args, "offset", 0)
    if page > 1 and offset:
        raise UsageError("Give page or offset, not both.", "page-and-offset")
    return Question(
        **_selection(args), sort=optional(args, "sort"), limit=limit,
        offset=offset or (page - 1) * max(min(limit, MAX_LIMIT), 0),
        whole_tree=switch(args, "all", False))


def counting(args: Args, limit: int = 0) -> Question:
    """The question of a request that counts or aligns: words and filters, every reprint by itself.

    `limit` is the number of lines where none is asked for.  Raises UsageError.
    """
    return Question(**_selection(args, collapse=False), limit=number(args, "limit", limit),
                    offset=number(args, "offset", 0))


def query(args: Args) -> str:
    """The words that were typed."""
    return _clean(args.get("q", ""))


def _selection(args: Args, collapse: bool = True) -> dict[str, Any]:
    """What questions and states select, but for the order."""
    return {
        "query": query(args), "regions": values(args, "region"), "years": values(args, "year"),
        "sources": values(args, "source"), "scripts": values(args, "script"),
        "themes": values(args, "theme"), "kinds": values(args, "kind"),
        "years_by": optional(args, "year_by") or "period",
        "own_script": switch(args, "own_script", False), "no_synonyms": values(args, "no_synonym"),
        "collapse": switch(args, "fold", collapse), "partly": switch(args, "partly", False),
    }


def _page_size(args: Args) -> int:
    size = number(args, "size", PAGE_SIZES[0])
    if size not in PAGE_SIZES:
        raise UsageError(f"A page holds 10, 20, 50 or 100 hits, not {size}.", "bad-size", value=size)
    return size


def optional(args: Args, name: str) -> str | None:
    """A value that may be absent or empty."""
    return _clean(args.get(name, "")) or None


def _escaped(text: str) -> str:
    """A value for a link, Chinese left as it is.

    >>> _escaped("“四个不摘” & 100%")
    '“四个不摘”+%26+100%25'
    """
    return _NOT_PLAIN.sub(lambda match: quote_plus(match[0]), text)


def _clean(text: str) -> str:
    """Control characters can come by URL only; no value holds one."""
    return _CONTROLS.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class State(Selection):
    """What a page of results shows: all of it stands in the URL, and every link is made from it.

    A page and its size, which people see, stand for the offset and limit of a `Question`.
    """

    size: int = PAGE_SIZES[0]
    page: int = 1

    @classmethod
    def of(cls, args: Args, *, listing: bool = True) -> Self:
        """The state that a URL names. Raises UsageError for a value that cannot be meant.

        Without `listing` its page is one of something else than hits, and its reader's business.
        """
        page = page_number(args) if listing else 1
        size = _page_size(args)
        if (page - 1) * size >= MAX_OFFSET:
            raise UsageError(f"The list can be read up to hit {MAX_OFFSET:,}.", "bad-offset",
                             limit=MAX_OFFSET)
        return cls(**_selection(args), sort=optional(args, "sort"), size=size, page=page)

    @property
    def question(self) -> Question:
        """What the service is asked."""
        return Question(**self.values, limit=self.size, offset=(self.page - 1) * self.size)

    @property
    def filtered(self) -> bool:
        """Is any filter set?"""
        return bool(self._chosen)

    @property
    def _chosen(self) -> list[tuple[str, str]]:
        return [(name, value) for name, chosen in (
            ("region", self.regions), ("year", self.years), ("source", self.sources),
            ("theme", self.themes), ("kind", self.kinds), ("script", self.scripts)) for value in chosen]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Names and values of everything but the words and the page, for links and hidden inputs."""
        pairs = [*self._chosen, *(("no_synonym", word) for word in self.no_synonyms)]
        pairs += [(name, value) for name, value, default in (
            ("year_by", self.years_by, "period"), ("own_script", str(int(self.own_script)), "0"),
            ("fold", str(int(self.collapse)), "1"),
            ("partly", str(int(self.partly)), "0"), ("sort", self.sort or "", ""),
            ("size", str(self.size), str(PAGE_SIZES[0]))) if value != default]
        return pairs

    @property
    def href(self) -> str:
        """The state as a relative link, Chinese left readable (and short)."""
        pairs = ([("q", self.query)] if self.query else []) + self.kept
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return "?" + "&".join(f"{name}={_escaped(value)}" for name, value in pairs)

    def but(self, **changes: Any) -> State:
        """This state with other values; the list starts at its first page again."""
        return replace(self, **({"page": 1} | changes))

    @property
    def unfiltered(self) -> State:
        """The same words without any filter."""
        return self.but(regions=(), years=(), sources=(), themes=(), kinds=(), scripts=())

    def with_region(self, value: str) -> State:
        """One more region. Going down a branch narrows: the region above gives way, and the other
        way round, as 甘肃省 OR 甘肃省/酒泉市 would be 甘肃省.
        """
        others = (one for one in self.regions if not _within(one, value) and not _within(value, one))
        return self.but(regions=(*others, value))

    def with_year(self, value: str) -> State:
        """One more year; a range that holds it gives way, for the same reason."""
        others = (one for one in self.years if not in_years(value, one))
        return self.but(years=(*others, value))

    def having(self, name: str, value: str) -> State:
        """One filter value more; `name` is a field of this class."""
        return self.but(**{name: tuple(dict.fromkeys((*getattr(self, name), value)))})

    def without(self, name: str, value: str) -> State:
        """One filter value less; `name` is a field of this class."""
        return self.but(**{name: tuple(one for one in getattr(self, name) if one != value)})


def _within(value: str, ancestor: str) -> bool:
    return value == ancestor or value.startswith(ancestor + "/")


def in_years(year: str, chosen: str) -> bool:
    """Does a chosen year or range hold `year`?

    >>> in_years("2013", "2012..2015"), in_years("2013", "..2012"), in_years("unknown", "2012..")
    (True, False, False)
    """
    match = _RANGE.fullmatch(fold(chosen).strip())
    if year == chosen or match is None or not match[2]:
        return year == chosen
    return year.isdecimal() and (match[1] or "0000") <= year <= (match[3] or "9999")
