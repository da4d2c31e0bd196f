"""The interface in three languages: catalogues complete, placeholders right, compiled files fresh."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search_web.language import catalogues
from search_web.language.i18n import LANGUAGES, TRANSLATIONS, locale
from tests.web.pages_read import search, soup

TEMPLATES = Path(catalogues.__file__).parents[1] / "pages" / "templates"
PAGES = ["/", search("驻村 养蜂", region="甘肃省", year="2014"), search("没有这个词"), "/kwic?q=驻村", "/trends?terms=驻村",
         "/trends?terms=驻村&by=region", "/coverage", "/help", "/about"]
_PLACES = re.compile(r"%\(\w+\)s|\{\w+[^}]*\}|</?\w+[^>]*>")


def files(language: str) -> Path:
    return TRANSLATIONS / locale(language) / "LC_MESSAGES"


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_are_complete_and_fresh(language: str) -> None:
    """When this fails: python -m search_web.language.catalogues, then write the English that it names."""
    kept, today = catalogues.read(files(language) / "messages.po"), catalogues.updated(language)
    assert {str(message.id) for message in kept} == {str(message.id) for message in today}
    assert catalogues.missing(kept, language) == []
    assert (files(language) / "messages.mo").read_bytes() == catalogues.compiled(kept)


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_what_is_filled_in(language: str) -> None:
    for message in catalogues.read(files(language) / "messages.po"):
        if not message.id:
            continue
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = message.id if isinstance(message.id, str) else message.id[-1]
        for one in filter(None, said):
            assert places(one) == places(wanted), message.id


def places(text: str) -> list[str]:
    """Placeholders and tags, whatever their attributes."""
    return sorted(re.sub(r"<(/?\w+)[^>]*>", r"<\1>", place) for place in _PLACES.findall(text))


def test_no_template_speaks_past_the_catalogues() -> None:
    for path in TEMPLATES.iterdir():
        text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = text.replace('<span lang="zh-Hans">帮扶文库</span>', "")
        assert not re.findall(r"[\u3400-\u9fff]+", text), path.name


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_every_language(client: FlaskClient, path: str, language: str) -> None:
    page = soup(client, path + ("&" if "?" in path else "?") + f"lang={language}", lang=language)
    inside = [link["href"] for link in page.select("a[href^='/'], a[href^='?']")
              if "/api/" not in link["href"] and not link.find_parent(class_="tongues")]
    assert all(f"lang={language}" in href for href in inside), "links keep the language"
    if language == "en":
        spoken = [text for text in page.select_one("main").find_all(string=re.compile(r"[\u3400-\u9fff]"))
                  if not text.find_parent(attrs={"lang": re.compile("^zh")})]
        # Names of places, sources and terms stay what they are called.
        assert not [text for text in spoken if re.search("[的请了]", text)]
        marked = [text for text in page.find_all(string=re.compile("[：（）、]"))
                  if not text.find_parent(attrs={"lang": re.compile("^zh")}) and not text.find_parent("title")]
        told = [tag["title"] for tag in page.select("main [title]")] + [tag["aria-label"] for tag in page.select("[aria-label]")]
        assert not marked
        assert not [text for text in told if re.search("[：（）、]", text)]


def test_a_feed_speaks_the_language_that_it_names(client: FlaskClient) -> None:
    for language, unknown in (("en", "Newest reports"), ("zh-Hant", "最近發布")):
        feed = client.get("/search.atom", headers={"Accept-Language": language})
        assert f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">' in feed.get_data(as_text=True)
        assert unknown in feed.get_data(as_text=True)
        assert "Accept-Language" in feed.headers["Vary"]


def test_the_browser_decides_where_the_address_does_not(client: FlaskClient) -> None:
    for accepted, language in (("en-GB,zh;q=0.5", "en"), ("zh-TW", "zh-Hant"), ("zh-HK,en", "zh-Hant"),
                               ("zh-CN", "zh-Hans"), ("fr", "zh-Hans"), ("", "zh-Hans"), ("fr,en;q=0.1", "en")):
        response = client.get("/help", headers={"Accept-Language": accepted})
        assert f'<html lang="{language}">' in response.get_data(as_text=True), accepted
        assert "Accept-Language" in response.headers["Vary"]
    assert 'lang="en"' in client.get("/?lang=en", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert '<html lang="zh-Hans">' in client.get("/?lang=xx").get_data(as_text=True)


def test_errors_and_notes_speak_the_language_too(client: FlaskClient) -> None:
    assert "is no year" in soup(client, search("村", year="abc", lang="en"), 400, "en").main.get_text()
    assert "不是年份" in soup(client, search("村", year="abc", lang="zh-Hant"), 400, "zh-Hant").main.get_text()
    assert "沒有成對" in soup(client, search('"村', lang="zh-Hant"), lang="zh-Hant").select_one(".read").get_text()
    assert "is not closed" in soup(client, search('"村', lang="en"), lang="en").select_one(".read").get_text()


def test_english_tells_one_from_many(client: FlaskClient) -> None:
    for query, said in (("引水入戶", "There is 1 result and no page 9."), ("駐村", "There are 25 results and no page 9.")):
        assert said in client.get(search(query, page="9", lang="en")).get_data(as_text=True)
