"""Chrome: site lines go from both ends of a text, metadata lines become labels, prose stays."""

from __future__ import annotations

import pytest

from indexer.text.labels import labels_of
from indexer.text.repair.chrome import chrome
from indexer.text.repair.steps import apply

PROSE = "\n".join(["今年以来，工作队坚持一户一策，落实养羊项目。"] * 8)


def cleaned(text: str) -> str:
    return apply(text, chrome(text).edits)


@pytest.mark.parametrize("line", [
    "政府信息公开", "您现在的位置：首页 > 乡镇动态 > 正文", "首页 >> 工作动态", "【字体：大 中 小】【打印】【关闭】", "分享到： 微信 微博 QQ空间",
    "发布机构:区政府办 发布时间: 2020-11-10 10:30 字体: [ ]", "- 來源:秦州區鄉村振興局", "索 引 号：01234/2020-1", "2013-05-06 10:22 来源：县扶贫办",
    "发布时间 2013-05-06 10:22 阅读 123 次", "山里红 发表于 2017-12-10 来自手机", "作者：李满仓 责任编辑：王小芳",
    "您的当前位置：首页 > 工作总结 > 正文", "某某网 > 管理资源 > 工作总结 > 乡镇工作总结", "乡镇扶贫工作总结.docx", "点击上方蓝字关注我们",
    "原标题：小小核桃成为致富“金果果”", "2016-11-08 04:23:17 某某报 作者：李满仓",
    "《总结.doc》由会员分享,可在线阅读,更多相关《总结（3页珍藏版）》请在某某网上搜索。",
])
def test_head_lines_go(line: str) -> None:
    assert cleaned(f"{line}\n{PROSE}") == PROSE
    if line != "政府信息公开":  # below a title these words may be a heading
        assert cleaned(f"某村帮扶工作总结\n{line}\n{PROSE}") == f"某村帮扶工作总结\n{PROSE}"


@pytest.mark.parametrize("line", [
    "【打印本文】【关闭窗口】", "放大 缩小 默认", "[错误报告] [推荐] [收藏] [打印] [关闭] [返回顶部]", "上一篇：关于某某的通知", "下一篇：没有了", "责任编辑：李满仓",
    "（责编：李满仓）", "主办:某区人民政府办公室 运行维护单位:某公司", "版权所有 © 2013 某县", "蜀ICP备12028058号-1\n网站标识码5108120013",
    "主办：某县政府 ICP备12345号\n地址：人民路1号 邮编：730000\n电话：0930-1234567", "本文网址：http://www.example.com/a.html", "相关文章：", "收藏 分享 淘帖 支持 反对 回复 举报",
    "来源 | 某某报\n编辑 | 李满仓\n审核 | 王小芳", "阅读原文", "特别声明\n本文为某某号作者上传并发布，仅代表该作者观点，不代表某某新闻的观点或立场，仅提供信息发布平台。",
    "声明：该文观点仅代表作者本人，某某号仅提供信息存储空间服务。\n阅读 (1024)\n推荐阅读\n我来说两句\n热评", "相关推荐：某镇帮扶总结 某乡行动总结 驻村工作汇报",
    "往期推荐\n高山冷凉蔬菜俏销\n点个在看你最好看", "相关资源\n更多\n乡镇扶贫办工作总结\n村级扶贫工作汇报\n关于我们 - 网站声明 - 网站地图 - 资源地图 - 友情链接",
])
def test_foot_lines_go(line: str) -> None:
    assert cleaned(f"{PROSE}\n{line}") == PROSE


@pytest.mark.parametrize("text", [
    "着力拓宽收入来源，发布实施规划，电话沟通10次，主办方发言。", "时间：2013年5月6日\n地点：会议室\n主持人：李满仓", "联系人：李满仓\n联系电话：0930-1234567\n地址：人民路1号",
    "记者：您怎么看？\n李书记：继续干。", "来源：一是财政专项资金，二是社会帮扶，三是群众自筹；四是其他。", "作者认为，帮扶要帮到点子上", "支持\n大\n正文",
    "（方磊 记者 王梓菡）", "发布会上，县长介绍了情况", "上一篇讲了产业，下一篇讲住房。", "时间就是金钱", "编辑部的故事", "一、来源", "附件：1.名单", "技术支持到位，群众放心", "把全村的土地流转出来，种植 > 养殖", "相关资源：村里有水、有路、有电。", "评论 > 建议 > 意见，三者不同",
    "项目清单\n安全饮水工程\n村组道路工程", "附件：帮扶工作总结.docx",
    "日期\t户数\n5月\t3", "2013年5月6日 晴", "（2013年5月6日）", "某县人民政府办公室\n2013年5月6日",
])
def test_prose_stays(text: str) -> None:
    assert cleaned(text) == text
    assert cleaned(f"{text}\n{PROSE}") == f"{text}\n{PROSE}"
    assert cleaned(f"{PROSE}\n{text}") == f"{PROSE}\n{text}"


def test_the_middle_is_not_looked_at() -> None:
    text = f"{PROSE}\n来源：县扶贫办\n打印本页 关闭窗口\n{PROSE}"
    assert cleaned(text) == text


def test_cleaning_twice_is_cleaning_once() -> None:
    text = "首页 > 动态\n" * 30 + PROSE + "\n上一篇：某某" * 30
    assert cleaned(text) == PROSE == cleaned(cleaned(text))


@pytest.mark.parametrize(("line", "labels"), [
    ("发布时间：2020-11-10　　来源：县扶贫办　　作者：李满仓　　点击数：12次",
     [("发布时间", "2020-11-10"), ("来源", "县扶贫办"), ("作者", "李满仓"), ("点击数", "12次")]),
    ("发稿时间：2020/11/10 | 稿件来源：新华网 | 打印", [("发布时间", "2020/11/10"), ("稿件来源", "新华网")]),
    ("[日期：2013-05-06] [来源：县扶贫办] [作者：] [字体：大 中 小]", [("日期", "2013-05-06"), ("来源", "县扶贫办"), ("作者", ""), ("字体", "")]),
    ("发布机构\t某县政府办", [("发布机构", "某县政府办")]),
    ("时间：全年", []), ("作者：这本书讲的是一个很长很长的故事，值得一读", []), ("标题：某某", []),
])
def test_labels(line: str, labels: list[tuple[str, str]]) -> None:
    assert [(label.name, label.value) for label in labels_of(line)] == labels
