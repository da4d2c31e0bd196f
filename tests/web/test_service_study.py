"""Concordance, counts over time and place, similar practice: checked against a scan of the texts."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import TookTooLong, UsageError
from indexer.indexing import Options, run
from indexer.store.exact import bare, tight
from indexer.store.query import All, Exact, Near, Request
from indexer.text.script import fold
from search_web.answer.occurrences import Text, distinct, marks, occurrences, strings
from search_web.answer.shape import texts
from search_web.answer.snippet import PASSAGES, REACH, WIDTH, passages, segments, shown
from search_web.query.question import Question
from search_web.query.reader import read_query
from search_web.service import SearchService
from tests.web.service_archive import make_service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> SearchService:
    """The service over six reports, two of them reprints."""
    return make_service(tmp_path_factory.mktemp("study"))


# -- occurrences

def test_occurrences_are_those_that_the_engine_counts(service: SearchService) -> None:
    searcher = service.searcher()
    hits = list(searcher.stream(Request(All())))
    chance = random.Random(7)
    for _ in range(400):
        text = chance.choice(texts(chance.choice(hits)))
        start = chance.randrange(max(len(text.folded) - 30, 1))
        length = chance.randint(1, 6)
        piece, typed = text.folded[start:start + length], text.shown[start:start + length]
        other = text.folded[start + 8:start + 10]
        leaf = chance.choice([Exact(piece), Exact(piece, unbroken=True), Exact(piece, chance.choice(["title", "body"])), Exact(piece, None, typed),
                              Near((piece, other), chance.randint(0, 20), chance.random() < 0.5)])
        found = searcher.concordance(Request(All()), (leaf,))
        wanted = {found.hit(number).id: count for number, count in enumerate(found.counts)}
        counted = {hit.id: count for hit in hits if (count := sum(len(occurrences(leaf, one)) for one in texts(hit)))}
        assert counted == wanted, leaf


def body(text: str) -> Text:
    return Text("body", text, text)


@pytest.mark.parametrize(("needle", "text", "expected"), [
    ("125", "增收12.5%", []), ("12.5%", "增收 12 .5%", ["12 .5%"]), ("12", "1.2、1、2", ["1、2"]),
    ("为民富民", "联村联户、为民\n富民", ["为民\n富民"]), ("、为", "联户、为民,为", ["、为"]), ("哈哈", "哈哈哈哈哈", ["哈哈", "哈哈"]),
    ("5.", "5.3和5.", ["5.", "5."]), ("c++", "用c++写", ["c++"]),
])
def test_where_a_string_stands(needle: str, text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in occurrences(Exact(needle), body(text))] == expected


def test_a_string_as_it_was_typed() -> None:
    text = Text("body", "贫困户与贫困户", "貧困戶与贫困户")
    assert occurrences(Exact("贫困户", None, "貧困戶"), text) == [(0, 3)]
    assert occurrences(Exact("贫困户", None, "贫困户"), text) == [(4, 7)]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("needle", "unit"), [("%a", "%"), ("=村", "="), ("驻村", "驻，"), ("12", "1."), ("、村", "、 ")])
def test_no_page_takes_longer_than_its_length(needle: str, unit: str) -> None:
    assert occurrences(Exact(needle), body(unit * 300_000)) == []


def test_longer_strings_do_not_count_a_place_twice() -> None:
    leaves = strings(read_query("贫困户 -双联").query)
    assert {leaf.text for leaf in leaves if isinstance(leaf, Exact)} == {"贫困户", "建档立卡户", "建档立卡贫困户"}
    assert Exact("建档立卡贫困户") not in distinct(leaves)


# -- passages

def test_a_hit_at_the_end_of_a_very_long_report() -> None:
    filler = "全村共争取资金十万元，硬化道路三公里，解决了群众吃水难的问题。\n"
    text = filler * 29_000 + "驻村工作队引进蟠桃树苗。"
    assert len(text) > 900_000
    marked = marks((Exact("蟠桃"),), body(text))
    (passage,) = passages(text, text, marked)
    assert [piece["text"] for piece in shown(text, marked, passage) if piece["hit"]] == ["蟠桃"]
    assert passage.end == len(text)
    many = marks((Exact("道路"), Exact("蟠桃")), body(text))
    assert len(many) == 29_001
    assert 1 <= len(passages(text, text, many)) <= PASSAGES


def test_passages_hold_what_differs_and_keep_sentences_whole() -> None:
    filler = "这一年村里开了很多会，说了很多话，也走了很多路，大家都很辛苦。"
    text = f"开头的话。{filler * 5}驻村干部来了。{filler * 8}又一个驻村干部也来了。{filler * 8}养羊合作社成立了。{filler * 3}"
    marked = marks((Exact("驻村"), Exact("养羊"), Exact("合作社")), body(text))
    found = passages(text, text, marked)
    said = ["".join(piece["text"] for piece in shown(text, marked, one) if piece["hit"]) for one in found]
    assert said == ["驻村", "驻村", "养羊合作社"]
    assert all(one.opens and one.closes for one in found)
    assert all(text[one.start - 1] == "。" and text[one.end - 1] == "。" for one in found)
    assert all(len(text[one.start:one.end]) <= WIDTH + 2 * REACH for one in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("text", ["", "驻", "驻村", "村" * 5000, "，" * 300 + "驻村" + "，" * 300, "驻村" * 3000, "a" * 200 + "驻村" + "b" * 300])
def test_passages_of_odd_texts(text: str) -> None:
    marked = marks((Exact("驻村"),), body(text))
    found = passages(text, text, marked, title="驻")
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(not a < one.end < b for one in found for a, b in marked)
    assert "".join(piece["text"] for piece in segments(text, marked)) == text
    assert bool(found) == bool(text)
    assert any(a >= found[0].start and b <= found[-1].end for a, b in marked) == bool(marked)


def test_without_a_hit_the_title_is_not_said_again() -> None:
    text = "驻村工作总结\n今年修路。"
    assert passages(text, text, [], title="驻村工作总结")[0].start == 7


# -- concordance

def test_every_occurrence_is_a_line(service: SearchService) -> None:
    question = Question('"合作社"', collapse=False, limit=500)
    answer = service.kwic(question, width=10)
    hits = list(service.searcher().stream(Request(All())))
    assert answer["occurrences"] == len(answer["lines"]) == sum(hit.text.count("合作社") for hit in hits)
    by_id = {hit.id: dict(zip(("title", "body"), texts(hit), strict=True)) for hit in hits}
    for line in answer["lines"]:
        text = by_id[line["report"]][line["area"]].shown
        start, end = line["offset"], line["offset"] + len(line["hit"])
        assert text[start:end] == line["hit"]
        assert text[max(start - 10, 0):start].replace("\n", " ") == line["left"]
        assert text[end:end + 10].replace("\n", " ") == line["right"]


@pytest.mark.parametrize("sort", ["position", "left", "right", "year", "region"])
def test_pages_of_a_concordance_make_up_the_whole(service: SearchService, sort: str) -> None:
    whole = service.kwic(Question("合作社 统一", collapse=False, limit=500), 12, sort)
    assert whole["complete"]
    paged = [line for offset in range(0, whole["occurrences"], 3)
             for line in service.kwic(Question("合作社 统一", collapse=False, limit=3, offset=offset), 12, sort)["lines"]]
    assert paged == whole["lines"]
    keys: dict[str, Any] = {"right": lambda line: line["right"].strip("，。、“”\n ")[:1], "year": lambda line: line["year"]}
    if sort in keys:
        values = [keys[sort](line) for line in whole["lines"]]
        assert values == sorted(values)


def test_a_concordance_says_what_it_did_not_sort(service: SearchService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_web.study.kwic.MAX_SORTED", 5)
    answer = service.kwic(Question("统一", collapse=False, limit=500), 11, "left")
    assert (answer["sorted"], answer["complete"], len(answer["lines"])) == (5, False, 5)
    assert answer["occurrences"] > 5
    assert service.kwic(Question("统一", collapse=False, limit=500), 11)["complete"]


def test_sorting_a_concordance_has_an_end(service: SearchService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_web.study.kwic.MAX_SECONDS", 0.0)
    with pytest.raises(TookTooLong):
        service.kwic(Question("合作社", collapse=False), 13, "right")
    assert service.kwic(Question("合作社", collapse=False), 13)["lines"], "unsorted lines need no time"
    monkeypatch.undo()
    assert service.kwic(Question("合作社", collapse=False), 13, "right")["lines"], "the failure was kept"


@pytest.mark.parametrize(("question", "width", "sort", "code"), [
    (Question(), 30, "position", "kwic-no-words"), (Question("驻村", limit=501), 30, "position", "bad-limit"),
    (Question("驻村", offset=-1), 30, "position", "negative-offset"), (Question("驻村"), 4, "position", "bad-width"),
    (Question("驻村"), 30, "random", "unknown-kwic-sort"),
])
def test_a_concordance_that_cannot_be(service: SearchService, question: Question, width: int, sort: str, code: str) -> None:
    with pytest.raises(UsageError) as error:
        service.kwic(question, width, sort)
    assert error.value.code == code


# -- counts

def test_counts_are_those_of_a_scan(service: SearchService) -> None:
    hits = list(service.searcher().stream(Request(All())))
    for by, values_of in (("year", lambda hit: map(str, hit.stored["period"])), ("theme", lambda hit: hit.stored["themes"] or ["unknown"]),
                          ("kind", lambda hit: [hit.stored["kind"] or "unknown"]), ("region", lambda hit: hit.stored["region"][:1])):
        answer = service.trend(["合作社", "双联|联村联户"], by)
        for row in answer["rows"]:
            own = [hit for hit in hits if row["value"] in list(values_of(hit))]
            counts = [hit.text.count("合作社") for hit in own]
            assert row["all_reports"] == len(own)
            assert row["counts"][0]["occurrences"] == sum(counts)
            assert row["counts"][0]["reports"] == sum(map(bool, counts))
            assert row["counts"][0]["per_report"] == pytest.approx(sum(counts) / len(own), abs=1e-4)
            assert row["counts"][0]["per_letters"] == pytest.approx(10_000 * sum(counts) / row["all_letters"], abs=1e-4)
            both = sum(hit.text.count("双联") + hit.text.count("联村联户") for hit in own)
            assert row["counts"][1]["occurrences"] == both
        assert answer["total"]["all_reports"] == len(hits)


def test_counts_by_groups_are_those_of_folded_searches(service: SearchService) -> None:
    hits = {hit.id: hit for hit in service.searcher().stream(Request(All()))}
    groups = {tuple(service.searcher().reprints(one)) for one in hits}
    assert len(groups) < len(hits)
    for by, values_of in (("year", lambda hit: map(str, hit.stored["period"])), ("region", lambda hit: hit.stored["region"][:1])):
        answer = service.trend(["合作社", "养羊富", "驻村"], by, Question(collapse=True))
        for at, term in enumerate(["合作社", "养羊富", "驻村"]):
            for row in answer["rows"]:
                own = [group for group in groups if row["value"] in list(values_of(hits[group[0]]))]
                counts = [next((count for one in group if (count := hits[one].text.count(term))), 0) for group in own]
                assert (row["all_reports"], row["counts"][at]["reports"]) == (len(own), sum(map(bool, counts)))
                assert row["counts"][at]["occurrences"] == sum(counts)
                assert row["all_letters"] < service.trend([term], by)["total"]["all_letters"]
            total = answer["total"]["counts"][at]
            assert total["reports"] == service.search(Question(f"“{term}”"))["total"]
            assert total["occurrences"] == service.kwic(Question(f"“{term}”"))["occurrences"]
        assert (answer["collapsed"], answer["total"]["all_reports"]) == (True, len(groups))
    single = service.trend(["合作社"], "year")
    assert (single["collapsed"], single["total"]["all_reports"]) == (False, len(hits))


def test_a_reprint_outside_of_the_filters_stands_for_nothing(service: SearchService) -> None:
    late = Question(years=("2020",), years_by="published", collapse=True)
    answer = service.trend(["养羊"], "region", late)
    assert answer["total"]["all_reports"] == service.search(late)["total"]
    assert answer["total"]["counts"][0]["reports"] == 1


@pytest.mark.parametrize("query", [
    "四个*户", '"土地 分红"~30', "养羊 OR 养蜂", "标题:“工作”", "“合作社，实行”", "统一*销售", "(土地|果园) -养蜂", "合作*", "正文:双联",
])
def test_a_concordance_of_every_kind_of_part(service: SearchService, query: str) -> None:
    answer = service.kwic(Question(query, collapse=False, limit=500))
    reading = read_query(query)
    hits = list(service.searcher().stream(Request(reading.query)))
    leaves = distinct(strings(reading.query))
    wanted = {(hit.id, text.area, start) for hit in hits for text in texts(hit)
              for leaf in leaves for start, _ in occurrences(leaf, text)}
    assert {(line["report"], line["area"], line["offset"]) for line in answer["lines"]} == wanted
    assert answer["occurrences"] == len(answer["lines"])
    if query.startswith("标题"):
        assert {line["area"] for line in answer["lines"]} == {"title"}


def test_the_orders_of_thousands_of_lines(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    chance = random.Random(3)
    for number in range(30):
        said = "，".join("".join(chance.choice("山水林田湖草路桥") for _ in range(3)) + "养羊" + "".join(
            chance.choice("多少大小好坏、") for _ in range(2)) for _ in range(100))
        (archive / f"{number}.txt").write_text(f"第{number}村养羊工作总结\n2015年，{said}。\n", encoding="utf-8")
    run(Options((archive,), tmp_path / "index", jobs=1))
    service = SearchService(tmp_path / "index")
    whole: dict[str, list[dict[str, Any]]] = {}
    for sort in ("left", "right"):
        pieces = [service.kwic(Question("“养羊”", collapse=False, limit=500, offset=at), 10, sort)["lines"]
                  for at in range(0, 3500, 500)]
        whole[sort] = [line for piece in pieces for line in piece]
        assert len(whole[sort]) == service.kwic(Question("“养羊”", collapse=False), 10)["occurrences"] >= 3000
    letters = [bare(tight(fold(line["right"]))) for line in whole["right"]]
    assert letters == sorted(letters)
    before = [bare(tight(fold(line["left"])))[::-1] for line in whole["left"]]
    assert before == sorted(before)


def test_terms_of_every_kind_are_counted(service: SearchService) -> None:
    for typed, query in (("合作*红", "“合作*红”"), ("“土地 分红”~30", '"土地 分红"~30'), ("“合作社，实行”", "“合作社，实行”"), ("合作社、", "“合作社、”"),
                         ("12.5%", "“12.5%”"), ("貧困戶", "“贫困户”"), ("养羊|养蜂", "“养羊” OR “养蜂”")):
        count = service.trend([typed], "kind")["total"]["counts"][0]
        found = service.kwic(Question(query, collapse=False, limit=500))
        assert (count["occurrences"], count["reports"]) == (found["occurrences"], found["reports"]), typed


def test_regions_inside_of_one(service: SearchService) -> None:
    answer = service.trend(["双联"], "region", None, "甘肃")
    assert [(row["value"], row["all_reports"]) for row in answer["rows"]] == [("甘肃省/定西市", 3)]
    answer = service.trend(["双联"], "region", Question(years=("2012",)), "定西市")
    assert {row["value"]: row["counts"][0]["reports"] for row in answer["rows"]} == {"甘肃省/定西市/陇西县": 1}
    assert answer["total"]["all_reports"] == 1


def test_terms_near_each_other(service: SearchService) -> None:
    for typed in ('"土地 分红"~30', "土地 分红~30"):
        answer = service.trend([typed], "kind")
        assert answer["terms"][0]["strings"] == ["土地 … 分红"]
        assert answer["total"]["counts"][0]["reports"] >= 2


@pytest.mark.parametrize(("terms", "by", "under", "code"), [
    ([], "year", None, "bad-terms"), (["，"], "year", None, "empty-term"), (["双联"], "month", None, "unknown-by"),
    (["双联"], "year", "甘肃", "under-without-region"), (["双联"], "region", "亚特兰蒂斯", "unknown-region"),
    (["双" * 201], "year", None, "term-too-long"), ([f"词{n}" for n in range(13)], "year", None, "bad-terms"),
])
def test_counts_that_cannot_be(service: SearchService, terms: list[str], by: str, under: str | None, code: str) -> None:
    with pytest.raises(UsageError) as error:
        service.trend(terms, by, None, under)
    assert error.value.code == code


# -- similar

def report_of(service: SearchService, path: str) -> str:
    hits = service.search(Question(collapse=False, limit=50))["hits"]
    return str(next(hit["id"] for hit in hits if hit["path"] == path))


def test_similar_reports_are_of_other_counties(service: SearchService) -> None:
    answer = service.similar(report_of(service, "sheep.html"))
    assert answer is not None
    assert answer["not_in"] == "甘肃省/定西市/临洮县"
    assert answer["hits"][0]["path"] in {"shares.html", "orchard.html"}
    assert not {"sheep.html", "sheep-again.html"} & {hit["path"] for hit in answer["hits"]}
    assert "临洮县" not in {one["word"] for one in answer["words"]}
    for hit in answer["hits"]:
        assert len(hit["common"]) >= answer["at_least"]
        assert {piece["text"] for piece in hit["passage"]["segments"] if piece["hit"]}
    assert service.similar("nothing") is None


def test_similar_to_a_passage(service: SearchService) -> None:
    answer = service.similar_to_text("貧困戶以土地入股合作社，年底按股分紅")
    assert {hit["path"] for hit in answer["hits"]} >= {"orchard.html", "shares.html"}
    assert service.similar_to_text("，。")["hits"] == []
    report = report_of(service, "orchard.html")
    part = service.similar(report, 5, 0, 60)
    assert part is not None
    assert "shares.html" in {hit["path"] for hit in part["hits"]}
    with pytest.raises(UsageError):
        service.similar(report, 5, 60, 10_000)
    with pytest.raises(UsageError):
        service.similar(report, 0)


def test_words_of_the_theme_and_the_headings_tell_more_than_rare_ones(service: SearchService) -> None:
    answer = service.similar(report_of(service, "orchard.html"))
    assert answer is not None
    words = [one["word"] for one in answer["words"]]
    assert {"合作社", "入股", "分红"} & set(words[:4])
    assert not {word for word in words if word in {"年底", "八百元", "里"}} & set(words[:4])
    assert {hit["path"] for hit in answer["hits"][:2]} >= {"shares.html"}
