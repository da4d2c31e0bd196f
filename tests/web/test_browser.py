"""A real server, a real browser: the way from a search to a report, wide and narrow, without JavaScript."""

from __future__ import annotations

import csv
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from indexer.indexing import Options, run
from tests.conftest import html_page, write_archive
from tests.web.conftest import serving

CHROMIUM = shutil.which("chromium")
ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts"
SAMPLE = Path(__file__).resolve().parents[2] / "corpus" / "pages"
SIZES = {"wide": (1280, 900), "narrow": (375, 812)}

needs_chromium = pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"),
                                    reason="chromium is not installed (make test installs it)")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """A visitor with a screen; everything that goes wrong on the way is kept."""

    def __init__(self, browser: Browser, server: str, size: str, scripts: bool = True,
                 width: int | None = None, dots: int = 1, scheme: str = "light") -> None:
        self._wide, height = SIZES[size]
        self._size = size
        self._server = server
        context = browser.new_context(viewport={"width": width or self._wide, "height": height},
                                      java_script_enabled=scripts, locale="zh-CN", device_scale_factor=dots,
                                      color_scheme=scheme, accept_downloads=True)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self._server):
            self.complaints.append(f"a request to {request.url}")

    def look(self, name: str) -> None:
        """Keep a picture; nothing may stick out to the side."""
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}-{self._size}.png", full_page=True)
        self.check_width()

    def check_with_axe(self) -> None:
        """axe-core finds nothing."""
        found = Axe().run(self.page).response["violations"]
        assert not found, [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]

    def check_width(self) -> None:
        root = "document.documentElement"
        assert self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") <= 0, self.page.url


def address(server: str, path: str, **fields: str) -> str:
    """An address with Chinese escaped as a browser does."""
    return f"{server}{path}?" + "&".join(f"{name}={quote(value)}" for name, value in fields.items())


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
        "coverage": server + "/coverage", "help": server + "/help", "about": server + "/about",
        "not-found": server + "/nothing", "bad-year": address(server, "/search", q="村", year="abc"),
    }


PAGES = tuple(pages_of(""))


@needs_chromium
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", [*PAGES, "report", "source"])
def test_every_page_in_both_sizes(browser: Browser, server: str, name: str, size: str) -> None:
    """A picture of each page; nothing sticks out, nothing is asked of elsewhere, axe-core finds nothing."""
    visitor = Visitor(browser, server, size)
    page = visitor.page
    page.goto(pages_of(server).get(name, pages_of(server)["results"]))
    if name in ("report", "source"):
        page.locator(".hits h2 a").first.click()
    if name == "source":
        page.get_by_role("link", name="与原始网页对照").click()
    visitor.look(name)
    visitor.check_with_axe()
    # The browser itself names a page in its console that was answered by 400 or 404.
    assert [one for one in visitor.complaints if "status of 40" not in one] == []


@needs_chromium
@pytest.mark.parametrize(("scheme", "language"), [("light", "zh-Hant"), ("dark", "en")])
def test_colours_and_languages(browser: Browser, server: str, scheme: str, language: str) -> None:
    visitor = Visitor(browser, server, "wide", scheme=scheme)
    for name in ("home", "results", "trends-regions", "coverage"):
        url = pages_of(server)[name]
        visitor.page.goto(url + ("&" if "?" in url else "?") + f"lang={language}")
        visitor.check_with_axe()
        visitor.look(f"{name}-{language}-{scheme}")
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


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server in front of a part of the sample archive: pages of many counties."""
    index = tmp_path_factory.mktemp("sample") / "index"
    run(Options(tuple(SAMPLE / name for name in ("gov", "news", "print")), index, jobs=2))
    with serving(index) as server:
        yield server


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
        new.unlink()
        subprocess.run([*command, "--prune"], check=False, capture_output=True, timeout=120)
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
def test_the_smallest_screen_and_twice_the_size(browser: Browser, server: str) -> None:
    """320 px, and 200 % zoom of a screen of 640: the same to a browser, with twice the dots."""
    visitor = Visitor(browser, server, "narrow", width=320, dots=2)
    for url in pages_of(server).values():
        visitor.page.goto(url)
        visitor.check_width()


@needs_chromium
def test_keyboard_all_the_way(browser: Browser, server: str) -> None:
    visitor = Visitor(browser, server, "narrow", width=320)
    page = visitor.page
    page.goto(address(server, "/search", q="引水入戶"))
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.locator(".hits h2 a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/report/**")
    visitor.check_width()
    assert "Noto Serif CJK TC" in page.locator(".body").evaluate("node => getComputedStyle(node).fontFamily")
    assert visitor.complaints == []


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
def test_the_weight_of_a_page_of_results(browser: Browser, server: str) -> None:
    visitor = Visitor(browser, server, "wide")
    sizes: dict[str, int] = {}
    visitor.page.on("response", lambda response: sizes.update({response.url: len(response.body())}))
    visitor.page.goto(address(server, "/search", q="驻村"), wait_until="networkidle")
    html = sum(size for url, size in sizes.items() if "/search?" in url)
    print(f"results: {html:,} bytes of HTML, {sum(sizes.values()):,} in all, {len(sizes)} requests")
    assert html < 60_000
    assert sum(sizes.values()) < 150_000


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


def test_eight_visitors_at_once(server: str) -> None:
    """A bounded load from eight clients, without an error; the figures are printed."""
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
    print(f"{len(urls)} requests by 8 clients: {len(urls) / seconds:.0f} a second, "
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
