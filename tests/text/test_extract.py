"""Extraction: the shapes in which Chinese sites print a text, its headline and its metadata."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.model import Decoded, Extracted, RawPage, Source
from indexer.text.extract import extract
from indexer.text.markup import read_markup
from tests.pagemaker.render import make_pages

FIRST = "今年以来，青石沟村驻村工作队坚持一户一策，为十三户贫困户落实养羊项目，户均增收四千元。"
SECOND = "驻村干部把以购代捐同合作社结合起来，帮助群众销售土豆、蜂蜜，化解矛盾纠纷，硬化道路三公里。"
THIRD = "下一步，工作队将继续发展藜麦产业。"
BOTH = [FIRST, SECOND]
TITLE = "青石沟村驻村帮扶工作情况汇报"
OTHERS = [f"{county}县{number}村产业帮扶项目验收情况通报" for county in ("陇西", "临洮", "苍溪", "雷山") for number in range(10)]
PARAGRAPHS = f"<p>{FIRST}</p><p>{SECOND}</p>"
LONG = f"<p>{FIRST * 2}</p><p>{SECOND}</p>"
ROWS = [f"{name}村\t{number}\t{number * 3}.5" for number, name in enumerate("青石沟 大湾 羊角 龙潭 凤凰 清水 苦水".split(), 3)]


def read(markup: str, media: str = "html") -> Extracted:
    page = RawPage("page", b"", "text" if media == "text" else "html", Source("file"))
    return extract(page, Decoded(markup, "utf-8", ()))


def lines(markup: str) -> list[str]:
    return [line.strip() for line in read(markup).text.split("\n") if line.strip()]


def items(linked: bool) -> str:
    return "".join(f"<li><a href=x>{other}</a></li>" if linked else f"<li>{other}</li>" for other in OTHERS)


@pytest.mark.parametrize("linked", [True, False])
def test_forty_related_titles_around_two_paragraphs(linked: bool) -> None:
    markup = (f"<title>{TITLE}</title><div><ul>{items(linked)}</ul></div><div><h1>{TITLE}</h1><div>{PARAGRAPHS}</div></div>"
              f"<div><ul>{items(linked)}</ul></div>")
    assert lines(markup) == BOTH


def test_a_list_of_links_below_the_text_in_the_same_element() -> None:
    links = "<br>".join(f"<a href=x>{other}</a> 2013-05-06" for other in OTHERS)
    assert lines(f"<body><p>{FIRST}<p>{SECOND}<p>相关链接：<br>{links}") == BOTH


def test_a_text_that_is_one_table_of_villages_and_sums() -> None:
    rows = "".join("<tr>" + "".join(f"<td><p>{cell}</p></td>" for cell in row.split("\t")) + "</tr>" for row in ROWS)
    markup = (f"<title>{TITLE}-某县政府</title><ul>{items(True)}</ul><div><h1>{TITLE}</h1><div>来源：县扶贫办 日期：2013-05-06</div>"
              f"<div><table>{rows}</table></div></div><div>版权所有：某县人民政府 ICP备1234567号</div>")
    assert lines(markup) == ROWS


SHAPES = {
    "escaped": f"<div id=zoom>&lt;p style='x'&gt;{FIRST}&lt;/p&gt;&lt;p&gt;{SECOND}&lt;/p&gt;</div>",
    "nested tables": f"<table><tr><td>首页</td></tr><tr><td><table><tr><td>{TITLE}</td></tr><tr><td>{PARAGRAPHS}</td></tr></table></td></tr></table>",
    "old asp, all in one cell": (
        f"<table><tr><td>网站首页 | 新闻中心 | 联系我们</td></tr><tr><td><p align=center><font size=5>{TITLE}</font></p>"
        f"<p align=center>发布时间：2013-5-6 10:20:30　　来源：县扶贫办　　阅读：123次</p><hr>　　{FIRST}<br>　　{SECOND}"
        "<p align=right>【<a href=x>打印</a>】【<a>关闭</a>】</td></tr><tr><td>版权所有：某县扶贫办 地址：人民路1号</td></tr></table>"),
    "lines ended by br, no element at all": (
        f"<body>网站首页 &gt; 工作动态<br>{TITLE}<br>来源：县扶贫办 发布时间：2013-05-06<br>　　{FIRST}<br>　　{SECOND}<br>"
        "上一篇：关于某某的通知<br>下一篇：没有了<br>"),
    "preformatted": f"<body><pre>\n　　{FIRST}\n　　{SECOND}\n</pre>",
    "indented lines between tags": f"<body><div class=x>\n　　{FIRST}\n\n　　{SECOND}\n</div>",
    "custom elements": f"<founder-title>{TITLE}</founder-title><founder-content>{PARAGRAPHS}</founder-content><p>放大 缩小 默认</p>",
    "server controls": f"<form><span id=lblTitle>{TITLE}</span><br><span id=lblContent>{PARAGRAPHS}</span></form>",
    "comments as long as the text": f"<div id=content>{PARAGRAPHS}</div><div class=comment><p>网友：{FIRST}</p><p>网友：{SECOND}</p></div>",
    "names of chrome on what holds all": f"<body class='home nav-on'><div class='wrapper search'>{PARAGRAPHS}</div>",
    "shown by a script": f"<body><div>首页 加载中</div><div style='display: none'>{PARAGRAPHS}</div>",
    "split labels": (f"<div>{TITLE}</div><div><div>发布时间：</div><div>2020-11-10 10:30</div><div>来源：</div><div>县扶贫办</div></div>"
                     f"<div>{PARAGRAPHS}</div>"),
    "related links inside": (f"<div id=content><p>{FIRST}</p><div>相关阅读：</div><ul><li><a>{OTHERS[0]}</a></li><li><a>{OTHERS[1]}</a></li>"
                             f"</ul><p>{SECOND}</p><p>分享到： 微信 微博 QQ空间</p><p>（责任编辑：李满仓）</p></div>"),
    "a whole paragraph is a link": f"<div><p><a href=x>{FIRST}</a></p><p>{SECOND[:4]}<a href=x>{SECOND[4:9]}</a>{SECOND[9:]}</p></div>",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_text_alone(shape: str) -> None:
    assert lines(SHAPES[shape]) == BOTH


CARRIED = {
    "hidden textarea": f"<div id=c></div><textarea style='display:none'>{LONG.replace('<', '&lt;')}</textarea>",
    "script variable": "<script>var a=1; var content=\"" + LONG.replace("/", "\\/") + "\"; f();</script><div>加载中</div>",
    "json": "<script type='application/json'>" + json.dumps({"title": TITLE, "content": LONG}) + "</script>",
    "document.write": f"<body><script>document.write('{LONG}');</script>",
    "hidden field": f"<body><input type=hidden value=\"{LONG.replace('<', '&lt;')}\">",
    "unclosed comment": f"<body><div>首页</div><!-- begin <div>{LONG}</div>",
}


@pytest.mark.parametrize("carrier", CARRIED)
def test_a_text_that_the_markup_only_carries(carrier: str) -> None:
    assert lines(CARRIED[carrier]) == [FIRST * 2, SECOND]


def test_a_short_paragraph_beside_a_long_one_is_kept() -> None:
    assert lines(f"<div><p>{SECOND * 4}</p><p>{THIRD}</p></div>") == [SECOND * 4, THIRD]
    assert lines(f"<div><div>{SECOND * 4}</div><div>{THIRD}</div></div>") == [SECOND * 4, THIRD]


def test_what_looks_like_metadata_but_is_text() -> None:
    minutes = ["时间：2013年5月6日", "地点：村委会三楼", "主持：李满仓", *BOTH]
    assert lines("<div id=zoom>" + "".join(f"<p>{line}</p>" for line in minutes) + "</div>") == minutes
    diary = ["2013年5月6日", FIRST, "2013年5月7日 晴", SECOND]
    assert lines("<h1>日记</h1><div id=zoom>" + "".join(f"<p>{line}</p>" for line in diary) + "</div>") == diary
    notice = [FIRST, "附件：1.帮扶责任人名单", "附件2：帮扶情况表.doc", "联系电话：0930-1234567", "地址：人民路1号"]
    markup = "".join(f"<p>{line}</p>" for line in notice).replace("附件2：帮扶情况表.doc", "<a>附件2：帮扶情况表.doc</a>")
    assert lines(f"<div id=zoom>{markup}</div>") == notice


@pytest.mark.parametrize(("around", "labels"), [
    ("<ul><li><b>发布时间</b><span>2020-11-10</span></li><li><b>来源</b><span>县扶贫办</span></li></ul>",
     {"发布时间": "2020-11-10", "来源": "县扶贫办"}),
    ("<div>2013年05月06日10:22　来源：<a>人民网</a>　<a>手机看新闻</a></div>", {"时间": "2013年05月06日10:22", "来源": "人民网"}),
    ("<table><tr><td>索 引 号：</td><td>01234/2020-1</td><td>发布机构：</td><td>某县政府办</td></tr></table>",
     {"索引号": "01234/2020-1", "发布机构": "某县政府办"}),
    ("<p>山里红 发表于 2017-12-10 来自手机</p>", {"发布于": "2017-12-10"}),
    ("<p>今天是2023年1月21日 星期六</p>", {}),
])
def test_labels(around: str, labels: dict[str, str]) -> None:
    found = read(f"<h1>{TITLE}</h1>{around}<div id=zoom>{PARAGRAPHS}</div>")
    assert {label.name: label.value for label in found.labels} == labels
    assert found.text == "\n".join(BOTH)


@pytest.mark.parametrize(("titled", "headline"), [
    (f"某县新农村网--{TITLE}", f"<p>{TITLE}</p>"), (f"文章打印 - {TITLE}_某县", f"<h2>{TITLE}</h2>"),
    (f"{TITLE}_论坛 - Powered by Discuz!", f"<h1><a>[转帖]</a> <span>{TITLE}</span></h1>"),
    ("某县新农村网", f"<p><font size=5>{TITLE}</font></p>"), ("", f"<b>标题: {TITLE}</b>"),
])
def test_titles(titled: str, headline: str) -> None:
    found = read(f"<title>{titled}</title><div>今天是2023年1月21日</div>{headline}<p>来源：县扶贫办</p><div id=zoom>{PARAGRAPHS}</div>")
    assert TITLE in " ".join(found.titles[:2]) or ("标题", TITLE) in [(label.name, label.value) for label in found.labels]
    assert found.text == "\n".join(BOTH)


def test_nothing_is_too_deep_or_too_long() -> None:
    deep = "<div>" * 10_000 + FIRST + "</div>" * 10_000
    assert read(deep).text == FIRST
    started = time.process_time()
    assert len(lines("<p>" + "帮扶，" * 7_000_000)) == 1
    assert len(lines(f"<p>{FIRST}" * 20_000)) == 20_000
    assert time.process_time() - started < 60


def test_odd_input() -> None:
    assert read("").text == ""
    assert read("<frameset><frame src=a></frameset>").warnings == ("no text was found in the markup",)
    assert read(f"<p>{FIRST[:9]}\0{FIRST[9:]}").text.replace(" ", "") == FIRST
    assert read(f"{FIRST}\n{SECOND}").text == f"{FIRST}\n{SECOND}"


@given(st.lists(st.sampled_from([
    "<p>", "</p>", "<div class=content>", "</div>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<br>", "<a href=x>", "</a>", "<!--", "-->",
    "<script>", "</script>", "<h1>", "</h1>", "<textarea>", "<title>", "</title>", "<pre>", "\n", "\0", "&lt;p&gt;", "<", ">", "来源：", "2013-05-06",
    "干部驻村，结对帮扶。", "首页", "<span id=zoom>", "</span>", "\ud800", "<o:p>", "<founder-content>"]), max_size=40))
def test_no_markup_is_too_broken(pieces: list[str]) -> None:
    assert read("".join(pieces)) == read("".join(pieces))


def test_made_pages() -> None:
    """Undamaged pages of every kind of site: what is extracted is the text, line by line."""
    wanted = got = right = 0
    for made in make_pages(80, 4711, damaged=False):
        if made.gold.media != "html":
            continue
        gold = made.gold
        page = RawPage(gold.path, made.content, "html", Source("file"), gold.url)
        text = {"".join(line.split()) for line in read(made.content.decode(gold.encoding, "replace")).text.split("\n")} - {""}
        want = {"".join(line.split()) for report in gold.reports for line in report.body.split("\n")}
        wanted, got, right = wanted + len(want), got + len(text), right + len(text & want)
        assert page.media == "html"
    assert right >= 0.98 * wanted
    assert right >= 0.98 * got


def test_a_control_character_is_no_blank() -> None:
    """HTML takes no vertical tab for a blank; the repair removes it without a trace."""
    lines = read_markup("<p>脱\x0b了贫的\x0c陈志强</p>").lines
    assert [line.text for line in lines] == ["脱\x0b了贫的 陈志强"]


def test_wide_blanks_of_a_flattened_page_are_kept() -> None:
    """Several blanks are a paragraph's end there, one may stand inside a word; elsewhere a browser's rule holds."""
    paragraphs = ["驻村工作队进村以后，先后召开群众会二十多场，逐户走访，摸清了每一户的家底和想 法。"] * 5
    kept = read_markup(f"<p>{'    '.join(paragraphs)}</p><p>石坡村    总结</p>").lines
    assert kept[0].text.count("    ") == 4
    assert kept[1].text == "石坡村 总结"
