"""The commands' contracts: the objects that others read, key by key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from search_web.app import create_app
from search_web.cli import main
from tests.conftest import html_page
from tests.web.service_archive import make_service

PAGE_KEYS = {"id", "path", "url", "encoding", "encoding_evidence", "kind", "sha256"}
REPORT_KEYS = {"id", "part", "title", "body", "script", "published", "period", "source", "author", "url",
               "regions", "region", "sections", "repairs"}
HIT_KEYS = {"id", "page_id", "path", "url", "title", "source", "published", "period", "region", "score", "snippet"}


def bangfu(*arguments: object) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def objects(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_inspect_gives_an_object_a_page_in_order(archive: Path) -> None:
    (archive / "a-bad.html").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 20)
    result = CliRunner().invoke(main, ["inspect", str(archive), "--json"])
    assert result.exit_code == 1
    pages = objects(result.stdout)
    assert [page["page"]["path"] for page in pages] == sorted(path.name for path in archive.iterdir())
    assert pages[0]["reports"] == []
    assert pages[0]["warnings"]
    for page in pages[1:]:
        assert set(page) == {"page", "reports", "warnings"}
        assert set(page["page"]) == PAGE_KEYS
        report = page["reports"][0]
        assert set(report) >= REPORT_KEYS
        assert report["published"].count("-") == 2
        assert report["region"][0] in {"甘肃省", "四川省", "贵州省"}
        assert {"path", "code", "level", "role", "evidence"} <= set(report["regions"][0])
        assert all({"fixer", "count", "examples"} <= set(fix) for fix in report["repairs"])


def test_a_compilation_has_several_reports(tmp_path: Path) -> None:
    file = tmp_path / "汇编 2020.txt"
    file.write_text("第一篇：甲村帮扶总结\n甘肃省临洮县甲村2019年完成整治。\n第二篇：乙村帮扶总结\n四川省苍溪县乙村2020年修了路。\n",
                    encoding="gb18030")
    page = objects(bangfu("inspect", file, "--json"))[0]
    assert page["page"]["encoding"] == "gb18030"
    assert [report["part"] for report in page["reports"]] == [1, 2]
    assert [report["region"][-1] for report in page["reports"]] == ["临洮县", "苍溪县"]
    assert page["page"]["path"] == "汇编 2020.txt"


def test_search_prints_what_the_api_answers(archive: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    bangfu("index", archive, "--index", index, "--jobs", 1)
    printed = json.loads(bangfu("search", "以购代捐", "--region", "甘肃省", "--year", "2014..2016", "--index", index, "--json"))
    client = create_app(index).test_client()
    answered = client.get("/api/v1/search", query_string={"q": "以购代捐", "region": "甘肃省", "year": "2014..2016"}).get_json()
    for answer in (printed, answered):
        assert answer.pop("took_ms") >= 0
    assert printed == answered
    assert set(printed) >= {"query", "interpretation", "total", "hits", "facets"}
    assert printed["total"] == len(printed["hits"]) > 0
    assert set(printed["hits"][0]) >= HIT_KEYS
    node = printed["facets"]["region"][0]
    assert set(node) == {"value", "label", "count", "children", "more"}
    assert node["value"] == "甘肃省"
    assert {"value", "count"} == set(printed["facets"]["year"][0])
    assert any(piece["hit"] and piece["text"] == "以购代捐" for piece in printed["hits"][0]["snippet"])


def test_the_page_script_is_shown_and_either_script_finds(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "hant.html").write_text(html_page("駐村幫扶工作隊", ["臨洮縣駐村幹部幫助群眾發展產業。"]), encoding="utf-8")
    bangfu("index", folder, "--index", tmp_path / "index", "--jobs", 1)
    for query in ("发展产业", "發展產業", "“驻村干部”"):
        hit = json.loads(bangfu("search", query, "--index", tmp_path / "index", "--json"))["hits"][0]
        marked = "".join(piece["text"] for piece in hit["snippet"] if piece["hit"])
        assert marked in {"發展產業", "駐村幹部"}


def test_an_empty_query_browses_newest_first(archive: Path, tmp_path: Path) -> None:
    bangfu("index", archive, "--index", tmp_path / "index", "--jobs", 1)
    hits = json.loads(bangfu("search", "", "--index", tmp_path / "index", "--json"))["hits"]
    dates = [hit["published"] for hit in hits]
    assert dates == sorted(dates, reverse=True)


def test_the_index_is_found_by_the_variable(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGFU_INDEX", str(tmp_path / "elsewhere"))
    bangfu("index", archive, "--jobs", 1)
    assert "12 reports" in bangfu("verify")
    assert json.loads(bangfu("stats", "--json"))["pages"] == 12


def test_a_person_can_read_every_command(archive: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert "12 new" in bangfu("index", archive, "--index", index, "--jobs", 1)
    assert "以购代捐" in bangfu("search", "以购代捐", "--index", index)
    assert "reports: 12" in bangfu("stats", "--index", index)
    assert "临洮县" in bangfu("inspect", archive / "page000.html")


def test_the_seeds_are_found(seeds: Path, tmp_path: Path) -> None:
    bangfu("index", seeds, "--index", tmp_path / "index")
    answer = json.loads(bangfu("search", "驻村工作队", "--index", tmp_path / "index", "--json"))
    assert {"001", "002"} <= {hit["path"][:3] for hit in answer["hits"]}
    assert {node["value"] for node in answer["facets"]["region"]} == {"四川省", "甘肃省"}
    traditional = next(hit for hit in answer["hits"] if hit["path"].startswith("002"))
    assert any(piece["text"] == "駐村工作隊" for piece in traditional["snippet"] if piece["hit"])


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of a few reports of four provinces."""
    folder = tmp_path_factory.mktemp("studied")
    make_service(folder)
    return folder / "index"


def test_search_says_how_the_query_was_read(studied: Path) -> None:
    said = bangfu("search", "貧困戶 土地入股 NOT 板栗", "--region", "四川", "--facet", "theme", "--index", studied)
    assert "1 report" in said
    assert "Read as: 贫困户 AND 土地 AND 入股 AND NOT 板栗" in said
    assert "Only: region 四川省" in said
    assert "贫困户 also finds 建档立卡户" in said
    assert "only because both scripts are searched" in said
    assert "theme: 产业 1" in said
    assert "region:" not in said


def test_every_filter_is_an_option(studied: Path) -> None:
    for option, value, total in (("--region", "甘肃省", 2), ("--year", "2016", 2), ("--theme", "道路", 1),
                                 ("--kind", "汇报", 2), ("--script", "hant", 1), ("--source", "定西日报", 1)):
        answer = json.loads(bangfu("search", option, value, "--index", studied, "--json"))
        assert answer["total"] == total, option
    assert json.loads(bangfu("search", "--year", "2020", "--year-by", "published", "--index", studied, "--json"))["reports"] == 2
    assert json.loads(bangfu("search", "--no-fold", "--index", studied, "--json"))["total"] == 6
    own = json.loads(bangfu("search", "貧困戶", "--own-script", "--index", studied, "--json"))
    assert [hit["path"] for hit in own["hits"]] == ["bees.html"]
    less = json.loads(bangfu("search", "建档立卡户", "--no-synonym", "建档立卡户", "--index", studied, "--json"))
    assert less["reports"] == 2


def test_kwic_lines_are_aligned(studied: Path) -> None:
    lines = bangfu("kwic", '"养羊"', "--width", "8", "--index", studied).splitlines()
    assert lines[0] == "8 occurrences in 2 reports"
    assert lines[1] == "Read as: “养羊”"
    columns = {cell_len(line.split(" 养羊 ")[0]) for line in lines[2:]}
    assert len(columns) == 1
    assert bangfu("kwic", '"貧困戶"', "--own-script", "--index", studied).startswith("1 occurrence in 1 report\n")
    assert json.loads(bangfu("kwic", "养羊", "--fold", "--index", studied, "--json"))["reports"] == 1


def test_trend_prints_a_table_with_denominators(studied: Path) -> None:
    table = bangfu("trend", "双联", "入股", "--by", "year", "--index", studied).splitlines()
    assert table[0].split() == [
        "year", "reports", "letters", *("双联 in per 10,000 per report 入股 in per 10,000 per report").split()]
    assert [line.split()[:2] for line in table[1:6]] == [["2012", "1"], ["2016", "2"], ["2019", "2"], ["2020", "1"], ["all", "6"]]
    folded = bangfu("trend", "养羊", "--fold", "--index", studied).splitlines()
    assert next(line.split() for line in folded if line.startswith("all"))[:2] == ["all", "5"]
    assert "count once" in folded[-1]
    under = json.loads(bangfu("trend", "养羊", "--by", "region", "--under", "甘肃", "--index", studied, "--json"))
    assert [row["value"] for row in under["rows"]] == ["甘肃省/定西市"]


def test_similar_by_id_and_by_text(studied: Path) -> None:
    hits = json.loads(bangfu("search", "养羊", "--index", studied, "--json"))["hits"]
    said = bangfu("similar", hits[0]["id"], "--index", studied)
    assert "镇安县" in said
    assert "临洮县" not in said
    assert "镇安县" in bangfu("similar", "--text", "贫困户以土地入股合作社，年底按股分红", "--index", studied)
    part = json.loads(bangfu("similar", hits[0]["id"], "--passage", "0..60", "--index", studied, "--json"))
    whole = json.loads(bangfu("similar", hits[0]["id"], "--index", studied, "--json"))
    assert part["not_in"] == "甘肃省/定西市/临洮县"
    assert len(part["words"]) < len(whole["words"])


def test_what_holds_a_part_of_the_words(studied: Path) -> None:
    assert "3 more hold only a part of the words" in bangfu("search", "合作社 板栗 入股", "--no-fold", "--index", studied)
    said = bangfu("search", "合作社 板栗 入股", "--no-fold", "--partly", "--index", studied)
    assert said.startswith("3 reports")
    assert "镇安县" not in said


def test_export_writes_all_hits(studied: Path, tmp_path: Path) -> None:
    bangfu("export", "合作社", "--format", "jsonl", "--output", tmp_path / "hits.jsonl", "--index", studied)
    lines = objects((tmp_path / "hits.jsonl").read_text(encoding="utf-8"))
    assert lines[0]["receipt"]["reports"] == 4
    assert len(lines) == 6
    assert lines[-1] == {"end": {"reports": 4}}


@pytest.mark.parametrize("arguments", [
    ("search", "--theme", "没有的主题"), ("search", "--year", "20x"), ("search", "村" * 1001), ("kwic", "，"),
    ("trend", "，"), ("trend", "双联", "--under", "甘肃"), ("similar",), ("similar", "nothing"),
    ("similar", "nothing", "--passage", "12"),
    ("export", "--output", "/nonexistent/file"), ("search", "--region", "亚特兰蒂斯"),
])
def test_wrong_use_is_a_sentence(studied: Path, arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*arguments, "--index", str(studied)])
    assert result.exit_code == 2
    assert result.stderr.startswith("bangfu: ")
    assert result.stderr.count("\n") == 1
