"""What the templates say in the reader's language: repairs, rules, roles, years, and the parts of a query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

from indexer.text.repair import FIXERS
from search_web.language import messages
from search_web.language.i18n import gettext, language
from search_web.pages.links import link
from search_web.pages.parameters import State

_TEXT_LANGUAGES = {"hans": "zh-Hans", "hant": "zh-Hant"}
_SCRIPTS = {"hans": "简体", "hant": "繁体", "mixed": "简繁混用"}
_FIELDS = {"title": "标题", "body": "正文", "region": "地区", "year": "年份", "published": "发布",
           "source": "来源", "theme": "主题", "kind": "体裁", "script": "文字", "length": "篇幅",
           "helper": "帮扶方"}
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


def rule(name: str) -> str:
    """What a rule of evidence is called; the label of a labelled line with it: 来源."""
    if name.startswith("label "):
        return gettext("标签行“%(label)s”") % {"label": name.removeprefix("label ")}
    return gettext(messages.rule(name))


def fixer(name: str) -> str:
    """What a repair is called: in English by its own name."""
    return name.replace("-", " ") if language() == "en" else gettext(messages.fixer(name))


def fixer_explained(name: str) -> str:
    """What a repair does, in the words of its own documentation (English)."""
    doc = dict(FIXERS)[name].__doc__ if name in dict(FIXERS) else ""
    return " ".join((doc or "").strip().split("\n\n")[0].split())


def role(name: str) -> str:
    """What a report has to do with a region."""
    return gettext(messages.role(name))


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


def synonym_links(word: str, others: Sequence[str], state: State) -> Markup:
    """The synonyms of a word, each with the link that does without it."""
    one = Markup('<b lang="zh">{}</b> <a rel="nofollow" class="drop" href="{}" aria-label="{}">×</a>')
    pieces = [one.format(
        other, link("pages.search", state.having("no_synonyms", other)),
        gettext("不用同义词“%(word)s”") % {"word": other}) for other in others]
    if len(others) > 1:
        pieces.append(Markup('<a rel="nofollow" href="{}">{}</a>').format(
            link("pages.search", state.having("no_synonyms", word)), gettext("都不用")))
    return escape(" ").join(pieces)


def conversions(pairs: Sequence[Mapping[str, Any]]) -> Markup:
    """Which parts of the query were converted: 貧困 → 贫困."""
    return escape(", " if language() == "en" else "、").join(
        Markup('<span lang="zh">{} → {}</span>').format(pair["typed"], pair["searched"]) for pair in pairs)
