"""Did you mean and completion over a small real index, with hand-written cases, many of which must stay silent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import UsageError
from indexer.indexing import Options, run
from indexer.store import open_searcher
from indexer.store.query import Exact
from indexer.text.script import fold
from search_web.query.conditions import named
from search_web.query.question import Question
from search_web.query.reader import read_query
from search_web.service import SearchService
from search_web.suggest.suggestions import ENOUGH, SUGGESTIONS, Suggester, quoted
from tests.conftest import html_page, write_archive

PAGES = {
    "巩固拓展脱贫攻坚成果同乡村振兴有效衔接情况": "县乡村振兴局推进乡村振兴，选派第一书记，脱贫攻坚成果不断巩固，易地搬迁群众稳定就业。",
    "光伏扶贫电站收益分配公示": "光伏扶贫电站并网发电，收益用于公益岗位，帮扶到户，第一书记张榜公示，群众参与监督。",
    "绿色产业带动农民增收": "发展绿色产业，银行提供小额信贷，重庆企业前来考察，产业扶贫成效明显，县长到场，农民得实惠。",
    "防返贫监测工作简报": "开展防返贫监测，监测户逐户走访，帮扶到位，扶贫车间吸纳就业，消费帮扶扩大销路，结对帮扶不断线，帮扶到人。",
}

# Typed, and what must be the first suggestion.
MEANT = [
    # The same sound.
    ("驻村工做队", "驻村工作队"), ("帮抚", "帮扶"), ("住村工作队", "驻村工作队"), ("贫困互", "贫困户"), ("和作社", "合作社"),
    ("乡村阵兴", "乡村振兴"), ("拖贫攻坚", "脱贫攻坚"), ("第一书计", "第一书记"), ("易地般迁", "易地搬迁"), ("光伏付贫", "光伏扶贫"),
    ("脱贫攻监", "脱贫攻坚"), ("村归民约", "村规民约"), ("矛盾究纷", "矛盾纠纷"),
    # A near sound: z/zh, n/l, in/ing.
    ("组村干部", "驻村干部"), ("陇民", "农民"), ("乡村正兴", "乡村振兴"), ("乡村振信", "乡村振兴"), ("宁洮县", "临洮县"),
    # Look-alikes.
    ("贫因户", "贫困户"), ("临桃县", "临洮县"), ("邦扶", "帮扶"), ("小额信货", "小额信贷"), ("绿色产亚", "绿色产业"),
    # A character too many, too few, another one, two swapped.
    ("合社", "合作社"), ("合作作社", "合作社"), ("合社作", "合作社"), ("驻村作工队", "驻村工作队"), ("驻村工队", "驻村工作队"),
    ("第一某书记", "第一书记"), ("公益岗立", "公益岗位"),
    # In pinyin: plain, with tones, parted, mixed; any reading of a character (行 hang, 重 chong, 长 zhang).
    ("bangfu", "帮扶"), ("zhucunganbu", "驻村干部"), ("zhùcūn gànbù", "驻村干部"), ("zhu4cun1gan4bu4", "驻村干部"),
    ("zhu cun gan bu", "驻村干部"), ("zhu'cun'gan'bu", "驻村干部"), ("ZHUCUNGANBU", "驻村干部"), ("驻cunganbu", "驻村干部"),
    ("yinhang", "银行"), ("chongqing", "重庆"), ("xianzhang", "县长"), ("lvse", "绿色"), ("lǜse", "绿色"), ("lintaoxian", "临洮县"),
    ("xiangcunzhenxin", "乡村振兴"),
    # Initials, when they mean one word only.
    ("zcgzd", "驻村工作队"),
    # Within a longer query: what is right stays, as do quotes, fields and what is excluded.
    ("帮抚 驻村工作队", "帮扶 驻村工作队"), ("“帮抚”", "“帮扶”"), ("标题:帮抚", "标题:帮扶"), ("帮抚 -土豆豆", "帮扶 -土豆豆"),
    ("拖贫攻监 第一书计", "脱贫攻坚 第一书记"), ("(帮抚 OR 驻春)", "(帮扶 OR 驻春)"), ("駐村工做隊", "驻村工作队"),
]
# Typed, and nothing to be said: found, unknown for good, excluded, or no Chinese at all.
SILENT = [
    "帮扶", "驻村工作队", "驻村干部", "", "   ", "量子计算", "人工智能", "今天天气", "-帮抚", "NOT 帮抚", "qwrtp", "12345", "3.5%", "xx县",
    "hello world", "дом", "!!!", "《》", "标题:", "\ud800", "帮扶 土豆", "四川", "zc", "a", "e",
    "这是一个非常非常长的没有空格的句子里面没有任何一个地方是值得去猜测它到底想说什么意思的因为没有人会这样打错字",
]


@pytest.fixture(scope="module")
def suggester(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suggester]:
    folder = tmp_path_factory.mktemp("suggest")
    archive = write_archive(folder / "archive", 24)
    for number, (title, text) in enumerate(PAGES.items()):
        (archive / f"more{number}.html").write_text(html_page(title, [text, "群众对此表示满意，纷纷称赞。"]), encoding="utf-8")
    assert run(Options((archive,), folder / "index", jobs=1)).failed == 0
    with open_searcher(folder / "index") as searcher:
        yield Suggester(searcher)


@pytest.mark.parametrize(("typed", "meant"), MEANT)
def test_what_was_meant_comes_first(suggester: Suggester, typed: str, meant: str) -> None:
    found = suggester.did_you_mean(typed, read_query(typed))
    assert [one.query for one in found][:1] == [meant]
    assert len(found) <= SUGGESTIONS
    for one in found:
        assert one.reports == suggester._searcher.count(read_query(one.query).query) > 0
        assert fold(one.query) != fold(typed)


@pytest.mark.parametrize("typed", SILENT)
def test_nothing_is_suggested(suggester: Suggester, typed: str) -> None:
    assert suggester.did_you_mean(typed, read_query(typed)) == []


def test_what_is_found_often_is_no_slip(suggester: Suggester) -> None:
    reading = read_query("合作社")
    assert suggester._searcher.count(reading.query) >= ENOUGH
    assert suggester.did_you_mean("合作社", reading) == []


def test_reports_are_counted_under_the_filters(suggester: Suggester) -> None:
    filters = {"region": frozenset({"甘肃省/定西市/临洮县"})}
    free, = suggester.did_you_mean("帮抚", read_query("帮抚"))[:1]
    bound, = suggester.did_you_mean("帮抚", read_query("帮抚"), filters)[:1]
    assert 0 < bound.reports < free.reports
    assert suggester.did_you_mean("帮抚", read_query("帮抚"), {"region": frozenset({"海南省"})}) == []


def test_a_place_in_a_field(suggester: Suggester) -> None:
    """With the resolvers of whoever asks; a field's name itself is never changed."""
    resolvers = {"region": named(suggester._searcher.values("region"))}
    resolving = Suggester(suggester._searcher, lambda typed: read_query(typed, resolvers=resolvers))
    for typed in ("地区:临桃县", "地区:lintaoxian", "地区：临逃县"):
        reading = read_query(typed, resolvers=resolvers)
        one, *_ = resolving.did_you_mean(typed, reading)
        assert one.query == typed[:3] + "临洮县"
        assert one.reports == suggester._searcher.count(read_query(one.query, resolvers=resolvers).query)


def test_a_run_that_no_report_holds_is_no_find(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    for number in range(ENOUGH + 2):  # 构, 代 and 捐 here and there.
        (archive / f"scattered{number}.html").write_text(html_page(
            f"村情通报第{number}号", ["机构的代表来到村里，群众捐赠衣物，大家表示感谢，乡村真正兴旺起来。"]), encoding="utf-8")
    (archive / "meant.html").write_text(html_page(
        "消费帮扶见成效", ["消费帮扶以购代捐，干部职工购买农户的土鸡蛋，以购代捐让群众增收，助力乡村振兴。"]), encoding="utf-8")
    assert run(Options((archive,), tmp_path / "index", jobs=1)).failed == 0
    service = SearchService(tmp_path / "index")
    answer = service.search(Question("以构代捐"))
    assert answer["reports"] >= ENOUGH
    assert [one["query"] for one in answer["did_you_mean"]] == ["以购代捐"]
    answer = service.search(Question("乡村正兴"))
    assert answer["reports"] >= ENOUGH
    assert [one["query"] for one in answer["did_you_mean"]] == ["乡村振兴"]
    assert not service.search(Question("以购代捐"))["did_you_mean"]
    suggester = service.commit().suggester
    assert suggester.unheard("以构代捐 群众") == ("以构代捐",)
    assert not suggester.unheard("谁的群众 消费帮扶以购代捐")


def test_the_last_of_many_words_is_looked_at_too(suggester: Suggester) -> None:
    typed = "帮扶 就业 群众 扶贫车间 消费帮扶 监测户 结对帮抚"
    one, *_ = suggester.did_you_mean(typed, read_query(typed))
    assert one.query == typed[:-1] + "扶"


@pytest.mark.parametrize("typed", ["帮抚" * 12, "zhucunganbu" * 3, "帮抚 " * 200, "xian" * 9, "鑫森淼焱垚" * 4, "a" * 900, "zhu " * 200])
def test_no_query_takes_long(suggester: Suggester, typed: str) -> None:
    started = time.process_time()
    with suppress(UsageError):
        suggester.did_you_mean(typed, read_query(typed))
    suggester.complete(typed)
    assert time.process_time() - started < 2


def test_warm(suggester: Suggester) -> None:
    fresh = Suggester(suggester._searcher)
    fresh.warm()
    assert fresh.complete("zhucung") == suggester.complete("zhucung")


def test_changes_are_named(suggester: Suggester) -> None:
    one, *_ = suggester.did_you_mean("拖贫攻监 第一书计", read_query("拖贫攻监 第一书计"))
    assert one.changes == (("拖贫攻监", "脱贫攻坚"), ("第一书计", "第一书记"))


@settings(max_examples=60)
@given(st.text("帮抚驻村 zhucn'-:“”()OR1的", max_size=30))
def test_it_never_fails_and_never_repeats_what_was_typed(suggester: Suggester, typed: str) -> None:
    for one in suggester.did_you_mean(typed, read_query(typed)):
        assert fold(one.query) != fold(typed)
    for completion in suggester.complete(typed):
        assert completion.count > 0


@pytest.mark.parametrize(("prefix", "query", "kind"), [
    ("驻", "驻村干部", "word"), ("驻村", "驻村工作队", "word"), ("駐村", "驻村工作队", "word"), ("帮扶 驻", "帮扶 驻村干部", "word"),
    ("zcgz", "驻村工作队", "word"), ("zhucung", "驻村干部", "word"), ("zhùcūng", "驻村干部", "word"), ("“驻", "“驻村干部", "word"),
    ("标题:驻", "标题:驻村干部", "word"), ("yinh", "银行", "word"), ("yx", "银行", "word"),
    ("临", "地区:临洮县", "place"), ("lint", "地区:临洮县", "place"), ("地区:臨", "地区:临洮县", "place"), ("ltx", "地区:临洮县", "place"),
    ("地区:lt", "地区:临洮县", "place"), ("帮扶 甘", "帮扶 地区:甘肃省", "place"),
    ("光伏扶", "“光伏扶贫电站收益分配公示”", "title"), ("光伏", "“光伏扶贫电站收益分配公示”", "title"), ("監測工", "“防返贫监测工作简报”", "title"),
    ("gffp", "“光伏扶贫电站收益分配公示”", "title"), ("群众销", "群众销售", "phrase"),
    ("zhu", "驻村工作队", "word"), ("qunzhongxiao", "群众销售", "phrase"), ("qúnzhòngx", "群众销售", "phrase"),
])
def test_completion(suggester: Suggester, prefix: str, query: str, kind: str) -> None:
    found = {one.query: one for one in suggester.complete(prefix, 12)}
    assert found[query].kind == kind
    assert len(suggester.complete(prefix, 3)) <= 3


@pytest.mark.parametrize("prefix", ["", "帮扶 ", "来源:临", "年份:20", "98765", "帮扶：", "“", "不存在的词", "qqqq"])
def test_nothing_to_complete(suggester: Suggester, prefix: str) -> None:
    assert suggester.complete(prefix) == []


def test_counts_are_what_a_search_finds(suggester: Suggester) -> None:
    for prefix in ("驻", "合", "光伏", "群众销", "gffp"):
        for one in suggester.complete(prefix):
            if one.kind == "place":
                continue
            found = suggester._searcher.count(Exact(fold(one.shown)))
            assert found >= one.count if one.at_least else found == one.count


def test_the_kinds_share_the_list(suggester: Suggester) -> None:
    kinds = [one.kind for one in suggester.complete("临", 4)]
    assert "place" in kinds
    assert kinds == sorted(kinds, key=["word", "place", "phrase", "title"].index)


def test_quotes_that_a_title_holds_do_not_close_it() -> None:
    for title in ("一户一策", "“双联”纪实", "“双联”「纪实」", '"a" “b” 「c」 『d』'):
        assert read_query(quoted(title)).exact == (fold(title),) or quoted(title) == title
