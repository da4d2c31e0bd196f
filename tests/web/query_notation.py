"""Queries as the tests read them, query trees that can be written by hand, and small reports to ask."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.store.engine import Document, Made, PageState
from indexer.store.query import (
    All,
    And,
    Exact,
    Near,
    Not,
    Or,
    Prefer,
    Query,
    Range,
    Tag,
    Term,
    Wildcard,
)
from indexer.text.script import fold
from indexer.text.tokenise import tokenise
from search_web.query.reader import (
    WEIGHTS,
    Reading,
    Weights,
    read_query,
)

PLACES = {"甘肃": "甘肃省", "四川": "四川省", "临洮": "甘肃省/临洮县"}


def resolve_region(text: str) -> frozenset[str]:
    name = fold(text).removesuffix("省").removesuffix("县")
    return frozenset({PLACES[name]}) if name in PLACES else frozenset()


def reading(typed: str, own_script: bool = False, without: Iterable[str] = (), weights: Weights = WEIGHTS) -> Reading:
    return read_query(typed, own_script=own_script, without_synonyms=frozenset(without), weights=weights,
                      resolvers={"region": resolve_region})


# A notation for trees that can be written by hand.

def tree(query: Query) -> str:
    """The tree as the cases write it, without its wishes and the brackets around all of it."""
    text = _tree(query)
    return text[1:-1] if text.startswith("(") and _closes_at_end(text) else text


def _closes_at_end(text: str) -> bool:
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if not depth:
            return at == len(text) - 1
    return False


def _tree(query: Query) -> str:
    match query:
        case Prefer(inner, _):
            return _tree(inner)
        case All():
            return "everything"
        case And((only,)):
            return _tree(only)
        case And(parts):
            return "(" + " & ".join(map(_tree, parts)) + ")"
        case Or(()):
            return "nothing"
        case Or(parts, minimum):
            return (f"{minimum}:" if minimum > 1 else "") + "(" + " / ".join(map(_tree, parts)) + ")"
        case Not(part):
            return "!" + _tree(part)
        case Tag(facet, values):
            return f"{facet}={','.join(sorted(values))}"
        case Range(column, low, high):
            return f"{column}={low or ''}..{high or ''}"
    return (f"{query.area}:" if query.area else "") + _leaf(query)


def _leaf(query: Term | Wildcard | Exact | Near) -> str:
    match query:
        case Near(parts, distance, ordered):
            return "<" + f" {'*' if ordered else '~'}{distance} ".join(parts) + ">"
        case Wildcard(pattern):
            return f"like:{pattern}"
        case Exact(text, _, str(typed)):
            return f"{text}[{typed}]"
        case Exact(text):
            return text
    raise AssertionError(query)


def report(name: str, title: str, body: str, published: int = 20150406, **facets: str) -> Document:
    """A small report; facets are single values, a region stands with its ancestors."""
    folded = fold(title), fold(body)
    region = facets.pop("region", "unknown").split("/")
    values: dict[str, tuple[str, ...]] = {facet: (value,) for facet, value in facets.items()}
    values["region"] = tuple("/".join(region[:n + 1]) for n in range(len(region)))
    return Document(
        id=name, state=PageState(name, "", "", Made("", "", ""), 1),
        title_words=" ".join(word.text for word in tokenise(folded[0])),
        body_words=" ".join(word.text for word in tokenise(folded[1])),
        text="\0".join(folded), display=f"{title}\0{body}", facets=values, published=published, stored=b"")

REPORTS = [
    report("A", "临洮县驻村帮扶工作总结", "驻村工作队落实“四个不摘”要求，帮助贫困户养羊，户均增收12.5%。合作社发展苹果产业。",
           region="甘肃省/临洮县", year="2014", kind="总结"),
    report("B", "產業幫扶見成效", "合作社帶動貧困戶種植核桃、花椒，\n不種蘋果。", 20120300, region="四川省", year="2012", kind="新闻"),
    report("C", "双联行动简报", "联村联户、为民富民行动开展以来，干部为建档立卡户硬化道路3公里。产业发展很快，农户很多，养蜂也多，"
           "办起了一家又一家的专业合作社。", 0, region="甘肃省", year="unknown", kind="简报"),
]
