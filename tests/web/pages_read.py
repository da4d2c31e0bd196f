"""Pages as the tests read them: parsed, with what must hold on every one; counts, links, addresses."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import quote

from bs4 import BeautifulSoup
from flask.testing import FlaskClient


def soup(client: FlaskClient, path: str, status: int = 200, lang: str = "zh-Hans") -> BeautifulSoup:
    """A page, parsed; on every one the things that must hold everywhere are checked."""
    response = client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "text/html; charset=utf-8"
    for header, value in (("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
                          ("Referrer-Policy", "no-referrer")):
        assert response.headers[header] == value
    policy = response.headers["Content-Security-Policy"]
    assert policy == ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
    text = response.get_data(as_text=True)
    assert "Traceback" not in text
    page = BeautifulSoup(text, "lxml")
    assert not page.find_all(["style", "iframe", "img"])
    assert all(tag["src"].startswith("/static/") and not tag.get_text() for tag in page.find_all("script"))
    assert all(tag["href"].startswith(("/", "#", "?")) for tag in page.find_all("link") if "canonical" not in tag["rel"])
    assert not page.find_all(style=True)
    assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    assert page.html["lang"] == lang
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels)), levels
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert page.select_one("a.skip")["href"] == "#main"
    assert page.select_one("main#main")
    assert page.select_one("form[role=search] label[for=q]")
    for tag in page.select("input:not([type=hidden]), select, textarea"):
        assert tag.find_parent("label") or page.select_one(f"label[for={tag['id']}]"), tag
    assert all(tag.get_text(strip=True) or tag.get("aria-label") for tag in page.select("a[href], button, summary")), path
    for region in page.select("nav, aside, [role=group]"):
        assert region.get("aria-label") or region.get("aria-labelledby"), region
    return page


def total(page: BeautifulSoup) -> int:
    return int(page.select_one("h1 .total").get_text().split()[0].replace(",", ""))


def reports(client: FlaskClient, href: str) -> int:
    """How many reports, reprints counted each, a link to results finds."""
    return total(soup(client, href + ("&" if "?" in href else "?") + "fold=0"))


def hrefs(page: BeautifulSoup, selector: str) -> dict[str, str]:
    """Link texts of a facet with their targets."""
    return {link.b.get_text() if link.b else link.get_text(" ", strip=True): link["href"]
            for link in page.select(selector)}


def search(text: str = "", **fields: str) -> str:
    """The path of a search; Chinese is escaped as a browser does."""
    pairs = [("q", text), *fields.items()]
    return "/search?" + "&".join(f"{name}={quote(value)}" for name, value in pairs)


def report_of(client: FlaskClient, query: str, words: str | None = None) -> BeautifulSoup:
    """The report page behind the first hit, with marks of the query or of `words`."""
    link = soup(client, search(query)).select_one(".hits h2 a")["href"]
    return soup(client, link if words is None else link.split("?")[0] + "?q=" + quote(words))
