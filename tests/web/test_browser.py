"""A real server, a real browser: every page in both sizes, in the dark and in three languages, its type and weight."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Request, expect

from tests.web.visitor import ARTEFACTS, SIZES, Visitor, address, needs_chromium


def pages_of(server: str) -> dict[str, str]:
    """Every page there is, by a name for its picture."""
    return {
        "home": server + "/", "browse": server + "/search",
        "results": address(server, "/search", q="駐村 一户一策"),
        "narrowed": address(server, "/search", q="驻村", region="甘肃省/定西市", year="2014..2016", size="20"),
        "one-result": address(server, "/search", q="引水入戶"),
        "no-result": address(server, "/search", q="没有这个词 驻村 完全不同", year="1999", region="甘肃省"),
        "behind-the-last": address(server, "/search", q="驻村", page="90"),
        "long-query": address(server, "/search", q="长" * 60 + "x" * 300),
        "kwic": address(server, "/kwic", q="驻村"), "kwic-empty": server + "/kwic",
        "trends": address(server, "/trends", terms="驻村，蜂蜜，矛盾纠纷"), "trends-empty": server + "/trends",
        "trends-regions": address(server, "/trends", terms="驻村，蜂蜜", by="region"),
        "similar": address(server, "/similar", text="驻村干部帮助群众销售土豆、蜂蜜，完善村规民约。"), "similar-empty": server + "/similar",
        "coverage": server + "/coverage", "help": server + "/help", "about": server + "/about",
        "not-found": server + "/nothing", "bad-year": address(server, "/search", q="村", year="abc"),
    }


PAGES = tuple(pages_of(""))


@pytest.fixture(scope="module")
def paths(server: str) -> dict[str, str]:
    """The same with a report and what it was made of."""
    with urllib.request.urlopen(address(server, "/api/v1/search", q="引水入戶"), timeout=60) as response:
        found = json.load(response)["hits"][0]["id"]
    asked = {"q": "駐村", "n": "1"}
    return pages_of(server) | {"report": address(server, f"/report/{found}", **asked), "source": address(server, f"/report/{found}/source", **asked),
                               "converted": address(server, f"/report/{found}", read="hans")}


@pytest.fixture(scope="module")
def visitors(browser: Browser, server: str) -> dict[str, Visitor]:
    """One visitor for each size of screen."""
    return {size: Visitor(browser, server, size) for size in SIZES}


@needs_chromium
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", [*PAGES, "report", "source", "converted"])
def test_every_page_in_both_sizes(visitors: dict[str, Visitor], paths: dict[str, str], name: str, size: str) -> None:
    """A picture of each page; nothing sticks out, nothing is asked of elsewhere, axe-core finds nothing."""
    visitor = visitors[size]
    visitor.page.goto(paths[name])
    visitor.look(name)
    if size == "wide":
        visitor.check_with_axe()
    # The browser itself names a page in its console that was answered by 400 or 404.
    assert [one for one in visitor.complaints if "status of 40" not in one] == []


@needs_chromium
def test_every_page_in_the_dark_and_in_english(browser: Browser, server: str, paths: dict[str, str]) -> None:
    visitor = Visitor(browser, server, "narrow", scheme="dark")
    for name, url in paths.items():
        visitor.page.goto(url + ("&" if "?" in url else "?") + "lang=en")
        visitor.check_with_axe()
        visitor.check_width()
        if name in {"home", "results", "report", "source", "trends", "coverage"}:
            visitor.look(f"{name}-en-dark")
    assert [one for one in visitor.complaints if "status of 40" not in one] == []


@needs_chromium
def test_every_page_in_traditional(browser: Browser, server: str, paths: dict[str, str]) -> None:
    visitor = Visitor(browser, server, "wide")
    for name in ("home", "results", "report", "source", "coverage"):
        url = paths[name]
        visitor.page.goto(url + ("&" if "?" in url else "?") + "lang=zh-Hant")
        visitor.look(f"{name}-zh-Hant")
    assert visitor.complaints == []


@needs_chromium
def test_the_smallest_screen_and_twice_the_size(browser: Browser, server: str, paths: dict[str, str]) -> None:
    """320 px, and 200 % zoom of a screen of 640: the same to a browser, with twice the dots."""
    visitor = Visitor(browser, server, "narrow", width=320, dots=2)
    for url in paths.values():
        visitor.page.goto(url)
        visitor.check_width()


@needs_chromium
def test_a_facet_says_whether_it_is_open(browser: Browser, server: str) -> None:
    """What `aria-expanded` would say stands in the accessibility tree: the browser keeps it for `details`."""
    page = Visitor(browser, server, "wide").page
    page.goto(address(server, "/search", q="驻村"))
    session = page.context.new_cdp_session(page)

    def expanded() -> list[tuple[str, bool]]:
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        return [(node["name"]["value"], one["value"]["value"]) for node in nodes if node["role"]["value"] == "DisclosureTriangle"
                for one in node.get("properties", ()) if one["name"] == "expanded"]

    first = dict(expanded())
    assert {"地区", "年份", "主题", "体裁", "来源", "原文文字"} <= {name for name, is_open in first.items() if is_open}
    page.locator("#narrow summary").first.click()
    assert dict(expanded())["地区"] is False


@needs_chromium
def test_the_script_of_a_report_decides_its_typeface(browser: Browser, server: str, paths: dict[str, str]) -> None:
    page = Visitor(browser, server, "wide").page
    page.goto(paths["report"])
    assert "Noto Serif CJK TC" in page.locator(".body").evaluate("node => getComputedStyle(node).fontFamily")
    page.goto(paths["converted"])
    assert "Noto Serif CJK SC" in page.locator(".body").evaluate("node => getComputedStyle(node).fontFamily")


@needs_chromium
def test_chinese_typography(browser: Browser, server: str) -> None:
    """No line of a report begins with closing punctuation; a line holds no more than forty characters."""
    visitor = Visitor(browser, server, "wide")
    page = visitor.page
    page.goto(address(server, "/search", q="引水入戶"))
    page.locator(".hits h2 a").first.click()
    for width in (1280, 375, 320):
        page.set_viewport_size({"width": width, "height": 800})
        firsts = page.evaluate(FIRST_OF_LINES)
        assert firsts
        assert not {first for first in firsts if first in "，。；：、？！”’）》」』"}
    size = page.locator(".body").evaluate("node => [node.clientWidth, parseFloat(getComputedStyle(node).fontSize)]")
    assert size[0] / size[1] <= 40


# The first character of every line of the paragraphs, by where characters stand.
FIRST_OF_LINES = """() => [...document.querySelectorAll('.body p')].flatMap(paragraph => {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT), firsts = [];
  let top = null, node;
  while ((node = walker.nextNode())) for (let at = 0; at < node.length; at++) {
    const range = document.createRange();
    range.setStart(node, at); range.setEnd(node, at + 1);
    const box = range.getBoundingClientRect();
    if (box.width && (top === null || box.top > top + 8)) { firsts.push(node.data[at]); top = box.top; }
  }
  return firsts;
})"""


@needs_chromium
def test_the_weight_of_a_page_of_results(browser: Browser, many: str, record_property: Callable[[str, object], None]) -> None:
    """Everything that a first visit transfers, as it crosses the line."""
    page = Visitor(browser, many, "wide").page
    requests: list[Request] = []

    def keep(request: Request) -> None:
        requests.append(request)

    page.on("request", keep)
    for size, limit in (("10", 60_000), ("100", 150_000)):
        requests.clear()
        page.goto(address(many, "/search", q="驻村", size=size), wait_until="networkidle")
        sent = {request.url: request.sizes() for request in requests}
        everything = sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sent.values())
        html = len(page.content().encode())
        record_property("figure", f"{size} results: {html:,} bytes of HTML, {everything:,} transferred in {len(sent)} requests")
        assert html < limit
        assert everything < 60_000
        assert len(sent) <= 4


@needs_chromium
def test_a_report_on_paper(browser: Browser, server: str) -> None:
    visitor = Visitor(browser, server, "wide")
    page = visitor.page
    page.goto(address(server, "/search", q="引水入戶"))
    page.locator(".hits h2 a").first.click()
    page.emulate_media(media="print")
    for hidden in (".top", ".foot", ".switches", ".back"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".body")).to_be_visible()
    page.screenshot(path=ARTEFACTS / "report-print.png", full_page=True)
