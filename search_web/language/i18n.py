"""The language of the interface: by `lang` in the URL or by the browser, spoken from Babel catalogues.

The Simplified Chinese sentence is the key of a catalogue; `catalogues.py` gathers and compiles them.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from babel.dates import get_month_names
from babel.support import NullTranslations, Translations
from flask import g, has_request_context, request

TRANSLATIONS = Path(__file__).parent / "translations"
# The languages that the interface speaks, as `lang` in HTML and in the URL, by their own names.
LANGUAGES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
DEFAULT = "zh-Hans"

_HANT = ("hant", "tw", "hk", "mo")


def locale(language: str) -> str:
    """The name of a language as Babel writes it: zh_Hant."""
    return language.replace("-", "_")


def asked() -> str | None:
    """The language that the URL asks for, so that links can keep it; None where it asks for none."""
    if not has_request_context():
        return None
    wanted = request.args.get("lang", "")
    return wanted if wanted in LANGUAGES else None


def language() -> str:
    """The language of this answer: by the URL, else the first one of the browser's that we speak."""
    if not has_request_context():
        return DEFAULT
    if "language" not in g:
        g.language = asked() or negotiated([tag for tag, _ in request.accept_languages])
    chosen: str = g.language
    return chosen


def negotiated(tags: list[str]) -> str:
    """The first of a browser's languages, best first, that the interface speaks.

    >>> negotiated(["fr", "zh-HK", "en"]), negotiated(["zh-CN"]), negotiated(["ja"])
    ('zh-Hant', 'zh-Hans', 'zh-Hans')
    """
    for tag in tags:
        first, *rest = tag.lower().replace("_", "-").split("-")
        if first == "zh":
            return "zh-Hant" if any(part in _HANT for part in rest) else "zh-Hans"
        if first == "en":
            return "en"
    return DEFAULT


@functools.cache
def _catalogue(name: str) -> NullTranslations:
    return Translations.load(TRANSLATIONS, [locale(name)])


def gettext(text: str) -> str:
    """A sentence in the language of this answer; its placeholders are filled by whoever asks."""
    return _catalogue(language()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The same for a sentence with a number in it: English tells one from many."""
    return _catalogue(language()).ngettext(one, many, count)


def filled(text: str, **values: Any) -> str:
    """A sentence in the language of this answer with `%(name)s` filled in."""
    return gettext(text) % values


def date(iso: str) -> str:
    """A date of any precision, as the language of this answer writes it.

    >>> date("2012-03-06"), date("2012-03"), date("2012")
    ('2012年3月6日', '2012年3月', '2012年')
    """
    year, *rest = (int(part) for part in iso.split("-"))
    if language() != "en":
        return "".join(f"{part}{unit}" for part, unit in zip((year, *rest), "年月日", strict=False))
    names = get_month_names("abbreviated", locale="en")
    return " ".join([*(str(day) for day in rest[1:]), *(names[month] for month in rest[:1]), str(year)])
