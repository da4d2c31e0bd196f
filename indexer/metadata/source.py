"""Who speaks: the source organisation of a report, and its author or correspondent."""

from __future__ import annotations

import re

from indexer.metadata.dates import dates_in
from indexer.metadata.evident import Evident, Fold
from indexer.metadata.title import segments
from indexer.model import Evidence, Found

# Names of labels, strongest first (folded).
SOURCE_LABELS = ("来源", "信息来源", "文章来源", "稿件来源", "稿源", "来源单位", "出处", "供稿单位", "供稿",
                 "发布机构", "发布单位", "发布部门", "发文机关", "发文单位", "公开机构", "信息提供",
                 "提供单位", "责任部门", "contentsource", "source", "og:article:author")
AUTHOR_LABELS = ("作者", "记者", "通讯员", "撰稿", "撰稿人", "文", "文/图", "文图", "author",
    "供稿人", "图文")
_NOBODY = re.compile(r"^(?:本站|原创|互联网|网络|未知|佚名|admin|管理员|本网|本站原创|转载|不详|"
    r"无|匿名|none|null|"
                     r"网友|会员|https?:.*|www\..*|\W*)$")
_CUT = re.compile(r"\s+(?=[^\s:：]{2,5}[:：])|[|｜]|\s*(?:作者|编辑|編輯|责编|字体|字體|点击|"
    r"浏览|时间|時間|发布|責任)\S{0,2}[:：]")

_ORGANISATION = (r"(?:管理委员会|委员会|人民政府|办公室|领导小组|工作队|工作组|政府办|党委|党组|"
    r"党支部|支部|总支|"
                 r"公司|集团|中心|联合会|联社|合作社|学校|学院|大学|医院|银行|支行|政府|研究院|研究所|"
                 r"妇联|团委|残联|文联|科协|工商联|工会|党校|[中小]学|指挥部|供销社|"
                 r"(?:[\u4e00-\u9fff]{2})[局厅部办处院会站社所室馆])")
_SUFFIX = r"(?:人民政府(?:办公室)?|办公室|委员会|领导小组(?:办公室)?|工作队|指挥部|管理局|[\u4e00-\u9fff]局)"
_SIGNED = re.compile(rf"^[（(]?((?:中共)?[\u4e00-\u9fff“”、 ·]{{2,40}}?{_ORGANISATION})$")
_LEADING = re.compile(rf"^[（(]?((?:中共)?[\u4e00-\u9fff]{{2,24}}?{_ORGANISATION})")
_OFFICES = re.compile(rf"((?:中共)?[\u4e00-\u9fffXx]{{2,24}}?{_ORGANISATION})"
                      rf"((?:中共)?[\u4e00-\u9fffXx]{{2,24}}?{_ORGANISATION})?")
_ADDRESS = re.compile(r"(?:各位[^:：。]{1,10}|同志们|尊敬的.{1,12})[:：,，!！]?$")
_MASK = re.compile(r"x{2,}|×+|\*{2,}|某")
# 安多县扶贫开发 办公室: a blank before the rest of the same name.
_TORN_NAME = re.compile(rf"(?<=[\u4e00-\u9fff]) (?={_SUFFIX}$)")
_NAME = r"[\u4e00-\u9fff]{2,4}"
_ROLE = r"(?:本报|本网|见习|实习|特约|首席|全媒体)?(?:记者|通讯员|特约通讯员|撰稿|摄影|供稿|文|图|作者)"
_WITH_ROLE = rf"(?:{_ROLE}[:：/ ]*)?{_NAME}"
_BYLINE = re.compile(rf"[（(]({_WITH_ROLE}(?:[ 、，,/]*{_WITH_ROLE}){{0,5}})[)）]$")
_OPENING = re.compile(rf"^(?:.{{0,20}}[讯电])? ?[（(]((?:{_ROLE})[^（）()]{{2,40}})[)）]")
_SIGNED_NAME = re.compile(rf"[:：] ?({_NAME})[)）]?$")
_NOT_A_NAME = re.compile(r"未完|待续|完|下同|略|如图|见图|图片|附表|单位|万元|节选|摘编|转载|"
    r"来源|整理|全文|有删|资料|"
                         r"村|镇|县|市|区|局|办|队|年|月|日|组|户|的|是|和|在|共|等")
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷"
    "施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费"
    "纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池"
    "滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽"
    "井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺水云昌凤酆皮卡索次扎多达洛旦热")


def find_source(evident: Evident, fold: Fold) -> Found[str] | None:
    """The value of the source label, else the organisation that signs, else None."""
    if evident.labels_apply:
        labelled = _label(evident, fold, SOURCE_LABELS)
        if labelled is not None:
            return labelled
    return _signing_lines(evident)


def _label(evident: Evident, fold: Fold, names: tuple[str, ...]) -> Found[str] | None:
    labels = [(fold(label.name).replace(" ", "").strip("【】[]()（）-"), label)
              for label in evident.labels]
    for wanted in names:
        for name, label in labels:
            if name != wanted:
                continue
            value = _CUT.split(label.value.strip(), maxsplit=1)[0].strip(" ：:（）()《》【】")
            if value and len(value) <= 40 and not _NOBODY.match(fold(value)):
                value = _joined(value, fold(value))
                return Found(value, Evidence(f"label {label.name}", label.words))
    return None


def _joined(value: str, folded: str) -> str:
    """The name without the blank that a line break left inside it (平原镇 人民政府)."""
    torn = _TORN_NAME.search(folded)
    whole = torn is None or re.search(rf"{_ORGANISATION}$", folded[: torn.start()])
    return value if torn is None or whole else value[: torn.start()] + value[torn.end() :]


def _signing_lines(evident: Evident) -> Found[str] | None:
    """The organisation in the last lines (with the date below or behind it) or the line of the title."""
    folded, printed = evident.folded.split("\n"), evident.body.split("\n")
    filled = [place for place, line in enumerate(folded) if line.strip()]
    dated = any(dates_in(folded[place][-40:]) for place in filled[-4:])
    for place in [*reversed(filled[-4:] if len(filled) > 4 else filled[1:]), *filled[1:4]]:
        line = folded[place]
        tail = place in filled[-4:]
        found = _organisation(line, printed[place], tail and dated)
        if found is None:
            continue
        if place - 1 in filled[1:] or place + 1 in filled:  # two offices sign one below the other
            return _with_partner(found, place, folded, printed)
        return found
    return _glued_offices(folded, printed)


def _glued_offices(folded: list[str], printed: list[str]) -> Found[str] | None:
    """The offices behind a title that lost its line breaks: …情况汇报中共甲镇委员会甲镇人民政府各位领导："""
    for place, line in enumerate(folded[:3]):
        parts = segments(line)
        last = _ADDRESS.sub("", parts[-1])
        if len(parts) < 2 or len(last) > 60 or not (names := _OFFICES.fullmatch(last)):
            continue
        start = line.rindex(parts[-1])
        spans = [names.span(group) for group in (1, 2) if names[group]]
        value = "、".join(printed[place][start + begin : start + end] for begin, end in spans)
        return Found(value, Evidence("office behind the title", printed[place].strip()[-60:]))
    return None


def _with_partner(
    found: Found[str], place: int, folded: list[str], printed: list[str]
) -> Found[str]:
    """The office in the next or previous line joined: 中共…委员会、…人民政府."""
    for other, first in ((place - 1, False), (place + 1, True)):
        if not 1 <= other < len(folded):
            continue
        partner = _organisation(folded[other], printed[other], False)
        if partner is not None and partner.value != found.value:
            both = (found.value, partner.value) if first else (partner.value, found.value)
            return Found("、".join(both), found.evidence)
    return found


def _organisation(line: str, printed: str, dated: bool) -> Found[str] | None:
    """The organisation that makes up a short line; with a date in it the date is taken off."""
    if re.match(r"[（(]?[一二三四五六七八九十\d]{1,3}[、.）)]|第", line):
        return None
    days = dates_in(line[-40:])
    end = line.rfind(days[-1].words) if days else len(line)
    core = line[:end].rstrip(" （(")
    shift = len(core) - len(core.lstrip(" （("))
    text = core[shift:]
    if not 4 <= len(text) <= 44 or re.search(r"[。；;，,：:“]", text):
        return _in_bracket(line, printed) if dated or re.search("[：:]", line) else None
    plain = _MASK.sub("某", text)
    if "某" in text:
        return None
    if _SIGNED.match(plain) and plain.count("某") * 3 <= len(plain) and not text.endswith("工作部"):
        value = re.sub(r"\s+", " ", printed[shift : shift + len(text)].strip())
        value = _joined(value, re.sub(r"\s+", " ", text.strip()))
        return Found(value, Evidence("signing organisation", printed.strip()[:60]))
    return None


def _in_bracket(line: str, printed: str) -> Found[str] | None:
    """（敦煌文化产业示范园区管理委员会六级职员、…：杨建强: the organisation that opens the bracket."""
    if line[:1] not in "（(" or len(line) > 80:
        return None
    hit = _LEADING.match(line)
    if hit is None or "某" in hit[1]:
        return None
    return Found(printed[hit.start(1) : hit.end(1)], Evidence("signature", printed.strip()[:60]))


def find_author(evident: Evident, fold: Fold) -> Found[str] | None:
    """Author or correspondents by label, byline at the end, opening of a news item, or signature."""
    if evident.labels_apply:
        labelled = _label(evident, fold, AUTHOR_LABELS)
        if labelled is not None and not re.search(_ORGANISATION + "$", fold(labelled.value)):
            return labelled
    folded, printed = evident.folded.split("\n"), evident.body.split("\n")
    filled = [place for place, line in enumerate(folded) if line.strip()]
    for place in reversed(filled[-4:]):
        line = folded[place].rstrip()
        hit = _BYLINE.search(line[-60:])
        if hit is not None:
            start = max(len(line) - 60, 0) + hit.start(1)
            names = _names(line[start : start + len(hit[1])], printed[place][start:])
            if names:
                return Found("；".join(names), Evidence("byline", printed[place][start - 1 :][:60]))
        hit = _SIGNED_NAME.search(line) if len(line) <= 80 else None
        if hit is not None and hit[1][0] in _SURNAMES and not _NOT_A_NAME.search(hit[1]):
            name = printed[place][hit.start(1) : hit.end(1)]
            return Found(name, Evidence("signature", printed[place].strip()[:60]))
    for place in filled[:4]:
        hit = _OPENING.match(folded[place])
        if hit is not None:
            names = _names(hit[1], printed[place][hit.start(1) : hit.end(1)])
            if names:
                return Found("；".join(names), Evidence("opening", printed[place][: hit.end()]))
    return None


def _names(folded: str, printed: str) -> list[str]:
    """The personal names in a byline, as printed; [] when any part is no name."""
    names: list[str] = []
    for hit in re.finditer(rf"(?:{_ROLE})|[\u4e00-\u9fff]+", folded):
        words = hit[0]
        if re.fullmatch(_ROLE, words):
            continue
        role = re.match(_ROLE, words)
        start = hit.start() + (role.end() if role and len(words) - role.end() >= 2 else 0)
        name = folded[start : hit.end()]
        if not 2 <= len(name) <= 4 or name[0] not in _SURNAMES or _NOT_A_NAME.search(name):
            return []
        names.append(printed[start : hit.end()])
    return names
