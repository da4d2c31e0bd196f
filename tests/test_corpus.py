"""The sample archive: made from its drafts, of every kind asked for, indexed whole."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indexer.archive import read_archive
from indexer.indexing import Options, run
from indexer.model import RawPage
from indexer.store.query import All, Request
from search_web.service import Question, SearchService
from tests.conftest import ROOT
from tests.pagemaker.corpus import read_drafts, write_corpus

CORPUS = ROOT / "corpus"
DRAFTS = ROOT / "tests" / "pagemaker" / "drafts.jsonl"


@pytest.fixture(scope="module")
def gold() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / "expected.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> SearchService:
    """The sample archive, indexed."""
    index = tmp_path_factory.mktemp("corpus") / "index"
    summary = run(Options((CORPUS,), index))
    assert summary.failed == 0
    return SearchService(index)


def test_it_is_made_from_its_drafts(tmp_path: Path) -> None:
    """The committed pages are what the page maker makes of the drafts, byte for byte."""
    write_corpus(read_drafts([DRAFTS]), tmp_path)
    kept = contents(CORPUS)
    del kept["README.md"]
    assert contents(tmp_path) == kept


def contents(folder: Path) -> dict[str, bytes]:
    """What the files of a folder hold; packed ones unpacked, as packing differs between zlibs."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".gz":
            found[name] = gzip.decompress(path.read_bytes())
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                found |= {f"{name}/{member}": packed.read(member) for member in packed.namelist()}
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def test_it_is_as_varied_as_a_real_archive(gold: list[dict[str, Any]]) -> None:
    reports = [report for page in gold for report in page["reports"]]
    assert len(gold) >= 80
    assert {page["site"] for page in gold} >= {"gov", "news", "bureau", "docshare", "mirror", "dump", "print", "forum"}
    assert len({report["region"][0] for report in reports if report["region"]}) >= 15
    assert {year for report in reports for year in report["period"]} >= set(range(2008, 2026))
    assert {page["encoding"] for page in gold} >= {"utf-8", "gb18030", "big5"}
    assert {page["script"] for page in gold} == {"hans", "hant"}
    assert sum(len(page["reports"]) > 1 for page in gold) >= 2
    assert len({name for page in gold for name in page["damage"]}) >= 15
    regions = Counter((tuple(report["region"] or ()), tuple(report["period"])) for report in reports)
    assert sum(count > 1 for count in regions.values()) >= 3, "reprints of one report on several sites"


def test_the_reader_names_the_pages_as_the_gold_does(gold: list[dict[str, Any]]) -> None:
    read = [page.path for page in read_archive([CORPUS]) if isinstance(page, RawPage)]
    assert read == [page["path"] for page in gold]


def test_every_report_is_found_by_a_sentence_of_its_own(gold: list[dict[str, Any]], service: SearchService) -> None:
    """The middle of every undamaged report, quoted, finds its page."""
    missed = []
    for page in gold:
        if page["damage"]:
            continue
        for report in page["reports"]:
            passage = max(re.split(r"[“”\n]", report["body"]), key=len)[:40]
            found = service.search(Question(f"“{passage}”", limit=100, collapse=False))
            if page["path"] not in {hit["path"] for hit in found["hits"]}:
                missed.append(page["path"])
    assert not missed


@pytest.mark.parametrize("word", ["以购代捐", "一户一策", "扶贫车间", "积分超市", "光伏扶贫", "易地搬迁", "第一书记", "东西部协作"])
def test_real_practices_are_worth_finding(service: SearchService, word: str) -> None:
    answer = service.search(Question(word))
    assert answer["total"] >= 2
    assert len(answer["facets"]["region"]) >= 2
    assert len(answer["facets"]["year"]) >= 2


def test_reports_lead_to_similar_practice_elsewhere(service: SearchService) -> None:
    """Nearly every report has some, and most of it is of a common theme where the theme is known."""
    reports = list(service.searcher().stream(Request(All())))
    some = same = themed = 0
    for report in reports:
        found = (service.similar(report.id) or {})["hits"]
        some += bool(found)
        if themes := set(report.stored["themes"]):
            themed += len(found)
            same += sum(bool(themes & set(hit["themes"])) for hit in found)
    assert some > 0.95 * len(reports)
    assert same > 0.75 * themed
