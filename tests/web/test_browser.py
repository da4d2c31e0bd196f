"""A real server, a real browser: the way from a search to a report, wide and narrow, without JavaScript."""

from __future__ import annotations

import csv
import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from indexer.indexing import Options, run
from tests.conftest import html_page, write_archive
from tests.web.conftest import serving
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
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_path_of_a_researcher(browser: Browser, server: str, size: str, scripts: bool) -> None:
    """Traditional in, narrowed by province and years, sorted, opened, from hit to hit, cited, exported."""
    visitor = Visitor(browser, server, size, scripts)
    page = visitor.page
    page.goto(server)
    page.get_by_role("searchbox" if not scripts else "combobox").first.fill("駐村")
    page.get_by_role("button", name="检索").click()
    expect(page).to_have_title(re.compile("駐村"))
    expect(page.locator("h1 .total")).to_have_text("25 篇")
    if size == "narrow":
        page.get_by_role("link", name="筛选").click()
    page.locator("#narrow").get_by_role("link", name="甘肃省").click()
    expect(page.locator("h1 .total")).to_have_text("12 篇")
    page.get_by_label("从哪一年").fill("2015")
    page.get_by_label("到哪一年").fill("2018")
    page.get_by_role("button", name="按年份").click()
    expect(page.locator(".chips a")).to_contain_text(["甘肃省", "2015–2018", "清除全部"])
    found = int(page.locator("h1 .total").inner_text().split()[0])
    assert 0 < found < 12
    page.get_by_role("navigation", name="排序").get_by_role("link", name="最早").click()
    years = [int(text[:4]) for text in page.locator(".hits time").evaluate_all("all => all.map(one => one.dateTime)")]
    assert years == sorted(years)
    page.locator(".hits h2 a").first.click()
    expect(page.locator(".steps")).to_contain_text(f"第 1 篇，共 {found} 篇")
    expect(page.locator(".body mark").first).to_have_text("驻村")
    if scripts:
        page.keyboard.press("n")
        expect(page.locator("mark.current")).to_have_count(1)
        page.keyboard.press("n")
        expect(page.locator(".body mark").nth(1)).to_have_class("current")
        page.keyboard.press("p")
        expect(page.locator(".body mark").nth(0)).to_have_class("current")
        page.keyboard.press("j")
        expect(page.locator(".steps")).to_contain_text("第 2 篇")
        page.keyboard.press("k")
        expect(page.locator(".steps")).to_contain_text("第 1 篇")
    page.get_by_text("依据").first.click()
    expect(page.locator(".why[open] q")).to_be_visible()
    assert "[EB/OL]" in page.locator(".citation pre").first.inner_text()
    page.get_by_role("link", name="回到检索结果").click()
    page.locator(".menu summary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV 表格").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    rows = [row for row in csv.reader(text.splitlines()) if row]
    assert sum("驻村帮扶工作情况" in ",".join(row) for row in rows) == found
    assert visitor.complaints == []


@needs_chromium
@pytest.mark.parametrize("size", SIZES)
def test_the_path_of_a_member_of_staff(browser: Browser, sample: str, size: str) -> None:
    """From a theme and a place to a report, and to what others did elsewhere."""
    visitor = Visitor(browser, sample, size)
    page = visitor.page
    page.goto(sample)
    visitor.look("sample-home")
    page.locator(".cloud a").first.click()
    assert "主题" in page.locator(".chips a").first.inner_text()
    visitor.look("sample-theme")
    page.locator("#narrow [aria-labelledby=f-region] .tree a").first.click()
    expect(page.locator(".chips a")).to_have_count(3)
    page.locator(".hits h2 a").first.click()
    similar = page.locator(".similar .hits > li")
    while not similar.count():
        page.get_by_role("link", name="下一篇").first.click()
    places = page.locator("#about .places li:has-text('主述地区') a").all_inner_texts()
    county = "".join(places[:3])
    assert all(county not in place for place in similar.locator(".facts").all_inner_texts()), county
    visitor.look("similar")
    visitor.check_with_axe()
    similar.first.locator("h3 a").click()
    expect(page.locator("mark").first).to_be_visible()
    assert visitor.complaints == []


@needs_chromium
def test_the_path_of_an_archivist(browser: Browser, tmp_path: Path) -> None:
    """The server runs, a page is added to the index, the next search finds it; then it is changed and gone."""
    archive, index = write_archive(tmp_path / "archive", 4), tmp_path / "index"
    run(Options((archive,), index, jobs=1))
    with serving(index) as server:
        visitor = Visitor(browser, server, "wide")
        page = visitor.page
        page.goto(address(server, "/search", q="蓝莓"))
        expect(page.locator("h1 .total")).to_have_text("0 篇")
        new = archive / "new.html"
        new.write_text(html_page("临洮县蓝莓种植情况", ["全县试种蓝莓二百亩，驻村工作队联系销路，户均增收三千元。"]), encoding="utf-8")
        command = [sys.executable, "-m", "search_web", "index", str(archive), "--index", str(index), "--jobs", "1"]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        page.reload()
        expect(page.locator("h1 .total")).to_have_text("1 篇")
        page.locator(".hits h2 a").click()
        expect(page.locator(".body mark").first).to_have_text("蓝莓")
        page.goto(server + "/about")
        expect(page.locator("main")).to_contain_text("新收 1 页")
        new.write_text(html_page("临洮县蓝莓种植情况", ["全县改种黑枸杞二百亩，驻村工作队联系销路，户均增收三千元。"]), encoding="utf-8")
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        page.goto(address(server, "/search", q="黑枸杞"))
        expect(page.locator("h1 .total")).to_have_text("1 篇")
        new.unlink()
        subprocess.run([*command, "--prune"], check=True, capture_output=True, timeout=120)
        page.reload()
        expect(page.locator("h1 .total")).to_have_text("0 篇")
        assert visitor.complaints == []


@needs_chromium
def test_completion_while_typing(browser: Browser, server: str) -> None:
    visitor = Visitor(browser, server, "wide")
    page = visitor.page
    page.goto(server)
    box = page.get_by_role("combobox").first
    box.press_sequentially("养")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    visitor.look("completions")
    visitor.check_with_axe()
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    chosen = box.input_value()
    assert chosen.startswith("养") or ":" in chosen
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("养")
    box.fill("养羊")
    page.keyboard.press("Enter")
    expect(page.locator("h1 .asked")).to_have_text("养羊")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.get_by_role("combobox").first).to_be_focused()
    assert visitor.complaints == []


@needs_chromium
def test_the_smallest_screen_and_twice_the_size(browser: Browser, server: str, paths: dict[str, str]) -> None:
    """320 px, and 200 % zoom of a screen of 640: the same to a browser, with twice the dots."""
    visitor = Visitor(browser, server, "narrow", width=320, dots=2)
    for url in paths.values():
        visitor.page.goto(url)
        visitor.check_width()


def tab_to(page: Page, selector: str, most: int = 150) -> None:
    """Press Tab until an element of the selector has the focus; every focus on the way can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_SEEN), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by the keyboard on {page.url}")


FOCUS_IS_SEEN = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  if (one === document.body || one.id === 'main') return true;
  const box = one.getBoundingClientRect();
  return box.width > 0 && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
}"""


@needs_chromium
def test_the_path_of_a_researcher_by_keyboard_alone(browser: Browser, server: str) -> None:
    visitor = Visitor(browser, server, "wide")
    page, keyboard = visitor.page, visitor.page.keyboard
    page.goto(server)
    keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    tab_to(page, "#q")
    keyboard.type("駐村")
    keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    tab_to(page, "#narrow [aria-labelledby=f-region] summary")
    keyboard.press("Enter")
    expect(page.locator("#narrow .tree").first).to_be_hidden()
    keyboard.press("Enter")
    tab_to(page, "#narrow .tree > li > a")
    keyboard.press("Enter")
    expect(page.locator(".chips a")).to_have_count(1)
    tab_to(page, ".tools nav a[href*='sort=oldest']")
    keyboard.press("Enter")
    page.wait_for_url("**sort=oldest**")
    tab_to(page, ".hits h2 a")
    keyboard.press("Enter")
    page.wait_for_url("**/report/**")
    keyboard.press("n")
    expect(page.locator("mark.current")).to_be_visible()
    tab_to(page, ".why summary")
    keyboard.press("Enter")
    expect(page.locator(".why[open] q").first).to_be_visible()
    tab_to(page, ".citation summary")
    page.go_back()
    tab_to(page, ".menu summary")
    keyboard.press("Enter")
    tab_to(page, ".menu a")
    with page.expect_download():
        keyboard.press("Enter")
    keyboard.press("Escape")
    expect(page.locator(".menu ul")).to_be_hidden()
    assert visitor.complaints == []


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


def test_eight_visitors_at_once(server: str, record_property: Callable[[str, object], None]) -> None:
    """A bounded load from eight clients, without an error; the figures are told at the end of the run."""
    words = ("驻村", "蜂蜜", "一户一策", '"矛盾纠纷"', "养羊 蜂蜜", "駐村", "吃水难", "地区:甘肃省 驻村")
    urls = [address(server, "/search", q=word, page=str(page)) for word in words for page in (1, 2)] * 4

    def visit(url: str) -> tuple[int, float]:
        begun = time.perf_counter()
        status, _ = status_and_text(url)
        return status, time.perf_counter() - begun

    begun = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(visit, urls))
    seconds = time.perf_counter() - begun
    times = sorted(taken for _, taken in answers)
    record_property("figure", f"{len(urls)} requests by 8 clients: {len(urls) / seconds:.0f} a second, "
                    f"median {times[len(times) // 2] * 1000:.0f} ms, 95th percentile {times[int(len(times) * 0.95)] * 1000:.0f} ms")
    assert {status for status, _ in answers} == {200}


def status_and_text(url: str) -> tuple[int, str]:
    """What the server says, errors included."""
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_the_server_answers_a_query_of_ten_thousand_characters(server: str) -> None:
    status, text = status_and_text(f"{server}/search?q=" + quote("村" * 10_000))
    assert status == 400
    assert "最多 1,000 个字" in text
    long_but_fine = "驻村工作队" * 10
    assert status_and_text(f"{server}/search?q=" + quote(f'"{long_but_fine * 15}"'))[0] == 200


def test_a_taken_port_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "search_web", "serve", "--index", str(tmp_path), "--port", str(port)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 2
    assert f"Cannot listen on http://127.0.0.1:{port}" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_server_waits_for_an_index(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "search_web", "serve", "--index", str(tmp_path / "none"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        try:
            server = next(word for word in first.split() if word.startswith("http://"))
            assert "There is no index" in second
            assert status_and_text(server)[0] == 503
            assert status_and_text(f"{server}/healthz")[0] == 200
        finally:
            process.terminate()
            rest = process.stdout.read()
    assert "Traceback" not in rest
