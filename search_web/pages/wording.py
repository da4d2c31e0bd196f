"""What the templates say in the reader's language: repairs, rules, roles, years, and the parts of a query."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from flask import g, request
from markupsafe import Markup, escape

from indexer.text.repair import FIXERS
from search_web.language import findings
from search_web.language.i18n import gettext, language
from search_web.pages.parameters import PAGE_NAMES, REPEATABLE, State

_TEXT_LANGUAGES = {"hans": "zh-Hans", "hant": "zh-Hant"}
_SCRIPTS = {"hans": "简体", "hant": "繁体", "mixed": "简繁混用"}
_FIELDS = {"title": "标题", "body": "正文", "region": "地区", "year": "年份", "published": "发布",
           "source": "来源", "theme": "主题", "kind": "体裁", "script": "文字", "length": "篇幅"}
# Parameters of an address that are told to have been left aside, and how much of their names.
_MAX_TOLD, _MAX_NAME = 5, 40
_MEDIA = {"html": "网页", "text": "纯文本"}


def text_language(script: str) -> str:
    """The `lang` of a text in a script.

    >>> text_language("hant"), text_language("mixed")
    ('zh-Hant', 'zh')
    """
    return _TEXT_LANGUAGES.get(script, "zh")


def year_spans(years: Sequence[int]) -> str:
    """Years, neighbours joined.

    >>> year_spans([2012, 2013, 2014, 2016])
    '2012–2014、2016'
    """
    if not years:
        return ""
    cuts = [at for at, (a, b) in enumerate(pairwise(years), 1) if b != a + 1]
    runs = [years[a:b] for a, b in pairwise([0, *cuts, len(years)])]
    between = ", " if language() == "en" else "、"
    return between.join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def script_name(script: str) -> str:
    """What a script is called."""
    return gettext(_SCRIPTS.get(script, script))


def media_name(kind: str) -> str:
    """What a kind of file is called."""
    return gettext(_MEDIA.get(kind, kind))


def filter_name(field: str) -> str:
    """What a field of the query language is called."""
    return gettext(_FIELDS.get(field, field))


def fixer_explained(name: str) -> Markup:
    """What a repair does: in English in the words of its own documentation."""
    doc = dict(FIXERS)[name].__doc__ if name in dict(FIXERS) else ""
    return _in_its_language(*findings.fixer_explained(
        name, " ".join((doc or "").strip().split("\n\n")[0].split())))


def said(sentence: str) -> Markup:
    """A sentence of the indexer, marked with the language that it stands in."""
    return _in_its_language(*findings.said(sentence))


def _in_its_language(text: str, lang: str) -> Markup:
    return Markup('<span lang="{}">{}</span>').format(lang, text)


def visible(text: str) -> str:
    """Blanks and line ends of a repair, made visible.

    >>> visible("四个\\n　不摘")
    '四个⏎␣不摘'
    """
    return text.replace("\n", "⏎").replace("\t", "⇥").replace("\u3000", "␣").replace("\u00a0", "␣").replace(
        " ", "␣")


def marked_word(text: str) -> Markup:
    """A part of the query, set off."""
    return Markup('<b lang="zh">{}</b>').format(text)


def synonym_links(word: str, others: Sequence[str], state: State, here: Callable[[State], str]) -> Markup:
    """The synonyms of a word, each with the link that does without it; `here` makes the addresses."""
    one = Markup('<b lang="zh">{}</b> <a rel="nofollow" class="drop" href="{}" aria-label="{}">×</a>')
    pieces = [one.format(
        other, here(state.having("no_synonyms", other)),
        gettext("不用同义词“%(word)s”") % {"word": other}) for other in others]
    if len(others) > 1:
        pieces.append(Markup('<a rel="nofollow" href="{}">{}</a>').format(
            here(state.having("no_synonyms", word)), gettext("都不用")))
    return escape(" ").join(pieces)


def conversions(pairs: Sequence[Mapping[str, Any]]) -> Markup:
    """Which parts of the query were converted: 貧困 → 贫困."""
    return escape(", " if language() == "en" else "、").join(
        Markup('<span lang="zh">{} → {}</span>').format(pair["typed"], pair["searched"]) for pair in pairs)


def chosen(name: str, choices: Collection[str], default: str) -> str:
    """The value of a parameter where it is one of the choices; `left_aside` tells of another one."""
    given = request.args.get(name, "").strip()
    if given and given not in choices:
        cannot_be_read(name)
    return given if given in choices else default


def cannot_be_read(name: str) -> None:
    """Remember that the value of a parameter is none that this page knows."""
    g.setdefault("not_read", []).append(name)


def left_aside() -> list[str]:
    """Sentences on what this address names and this page does not read, or reads once only."""
    known = PAGE_NAMES.get(request.endpoint or "")
    if known is None:
        return []
    told = []
    for name, given in request.args.lists():
        if name not in known and name != "lang":
            told.append(gettext("地址里的“%(name)s”这里用不上，已略去。") % {"name": name[:_MAX_NAME]})
        elif len(given) > 1 and name not in REPEATABLE:
            told.append(gettext("地址里的“%(name)s”不止一个，用的是第一个。") % {"name": name[:_MAX_NAME]})
    told += [gettext("地址里“%(name)s”的值这里用不上，已略去。") % {"name": name}
             for name in g.get("not_read", ())]
    return told[:_MAX_TOLD]
