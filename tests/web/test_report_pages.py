"""The page of a report: its text, its place in the list, where it comes from, how it is cited."""

from __future__ import annotations

from pathlib import Path

from flask.testing import FlaskClient

from indexer.indexing import Options, last_summary, run
from search_web.app import create_app
from tests.conftest import html_page, write_archive
from tests.web.pages_read import report_of, search, soup, total


def test_a_report(client: FlaskClient) -> None:
    page = report_of(client, "引水入戶", "驻村")
    title = page.select_one(".report h1")
    assert title["lang"] == "zh-Hant"
    body = page.select_one(".body[lang=zh-Hant]")
    assert [tag.get_text() for tag in body.find_all(["h2", "h3"])] == ["一、修路引水", "二、發展產業"]
    assert "（一）修路。" in {tag.get_text() for tag in body.select("p > b")}
    marks = page.select("mark")
    assert [mark["id"] for mark in marks] == [f"m{number}" for number in range(1, len(marks) + 1)]
    assert {mark.get_text() for mark in marks} == {"駐村"}
    assert f"{len(marks)} 处" in page.select_one(".read").get_text()
    for link in page.select(".outline a"):
        assert page.find(id=link["href"][1:]), link
    about = page.select_one("#about").get_text()
    for expected in ("雷山县", "主述地区", "utf-8", "traditional.txt", "所述年份", "GB/T 7714"):
        assert expected in about


def test_the_title_is_not_shown_twice(client: FlaskClient) -> None:
    page = report_of(client, "引水入戶")
    title = page.select_one(".report h1").get_text()
    assert title not in page.select_one(".body").get_text()
    assert page.select_one(".body p.subtitle").get_text().endswith("駐村工作概述")


def test_the_way_back_leads_to_the_same_results(client: FlaskClient) -> None:
    results = soup(client, search("驻村", region="甘肃省", page="2"))
    report = soup(client, results.select_one(".hits h2 a")["href"])
    back = soup(client, report.select_one(".back a")["href"])
    assert back.select_one(".hits").get_text() == results.select_one(".hits").get_text()


def test_what_a_scraper_brought_along_is_inert(client: FlaskClient) -> None:
    page = report_of(client, "村规民约 村务公开栏")
    assert "alert(1)" in page.select_one(".report h1").get_text()
    assert not page.find_all("img")
    assert not page.select('a[href^="javascript"]')
    assert "javascript:alert(1)" in page.select_one("#about").get_text()


def test_a_report_says_when_the_index_was_updated(client: FlaskClient, web_index: Path) -> None:
    finished = str((last_summary(web_index) or {})["finished_at"])
    found = client.get("/api/v1/search?q=驻村").get_json()["hits"][0]["id"]
    for path in (f"/report/{found}", f"/report/{found}/source"):
        assert finished in soup(client, path).main.get_text()


def test_a_report_without_similar_practice_says_so(tmp_path: Path) -> None:
    page = html_page("临洮县2019年农村饮水安全工作总结", ["全县新建蓄水池六座，自来水通到每户，饮水安全有了保障。"])
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    run(Options((tmp_path / "page.html",), tmp_path / "index", jobs=1))
    client = create_app(tmp_path / "index").test_client()
    found = client.get("/api/v1/search").get_json()["hits"][0]
    section = soup(client, f"/report/{found['id']}").select_one("section.similar")
    assert "没有找到别处的类似做法" in section.get_text()
    assert [link.get_text() for link in section.select("a[href^='/search']")] == found["themes"][:3] != []


def test_the_report_knows_its_place_in_the_list(client: FlaskClient) -> None:
    page = soup(client, search("驻村", sort="newest"))
    links = [link["href"] for link in page.select(".hits h2 a")]
    second = soup(client, links[1])
    steps = second.select_one(".steps")
    assert f"第 2 篇，共 {total(page)} 篇" in steps.get_text(" ", strip=True)
    assert steps.select_one("a[rel=next]")["href"] == links[2]
    assert steps.select_one("a[rel=prev]")["href"] == links[0]
    assert not soup(client, links[0]).select_one(".steps a[rel=prev]")
    # Another report at that place: nothing is said, the way back stays.
    assert not soup(client, links[1].replace("n=2", "n=7")).select_one(".steps")
    for odd in ("n=0", "n=-1", "n=99999999999", "n=x", "n=２"):
        soup(client, links[1].replace("n=2", odd))


def test_reading_in_the_other_script_is_a_view_only(client: FlaskClient) -> None:
    page = report_of(client, "引水入戶", "驻村")
    switch = page.select_one(".scripts a:not([aria-current])")
    converted = soup(client, switch["href"])
    assert converted.select_one(".body[lang=zh-Hans]").get_text().count("驻村") == page.select_one(
        ".body").get_text().count("駐村")
    assert "机器转换" in converted.select_one(".note").get_text()
    assert {mark.get_text() for mark in converted.select("mark")} == {"驻村"}
    about = converted.select_one("#about").get_text()
    assert "千名幹部駐農村" in about, "what is known of the report stays as printed"


def test_where_a_text_comes_from(client: FlaskClient) -> None:
    link = soup(client, search("村务公开栏")).select_one(".hits h2 a")["href"]
    page = soup(client, link.replace("?", "/source?"))
    assert "alert(1)" in page.select_one("pre.raw").get_text()
    assert not page.select("pre.raw *"), "the page is text, none of it markup"
    assert page.select("table.sides tbody tr")
    assert "SHA-256" in page.main.get_text()
    repaired = report_of(client, "引水入戶")
    assert "逐处对照" in repaired.select_one("#about").get_text()


def test_a_page_that_is_no_longer_there(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive", 2)
    run(Options((archive,), tmp_path / "index", jobs=1))
    client = create_app(tmp_path / "index").test_client()
    link = soup(client, "/search").select_one(".hits h2 a")["href"].replace("?", "/source?")
    assert soup(client, link).select("table.sides")
    for path in archive.iterdir():
        path.write_text("<p>另一篇完全不同的文字，讲的是别的事情，与原来的报告没有关系。</p>", encoding="utf-8")
    assert "有过改动" in soup(client, link).main.get_text()
    for path in archive.iterdir():
        path.unlink()
    page = soup(client, link)
    assert "已不在原处" in page.main.get_text()
    assert not page.select("table.sides, pre.raw")


def test_every_citation_and_the_embedded_metadata(client: FlaskClient) -> None:
    page = report_of(client, "引水入戶")
    assert [summary.get_text() for summary in page.select(".citation summary")] == [
        "GB/T 7714—2015", "BibTeX", "RIS"]
    assert "[EB/OL]" in page.select_one(".citation pre").get_text()
    assert "千名幹部駐農村" in page.select_one("meta[name=citation_title]")["content"]
