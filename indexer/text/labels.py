"""Metadata lines of a page: `发布机构：区政府办 发布时间：2020-11-10 字体：[大 中 小]` as labels."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from importlib import resources

from indexer.model import Label
from indexer.text.script import fold

DATE, BODY, PERSON, COUNT, WEAK = "date", "body", "person", "count", "weak"


def _read_names() -> list[list[str]]:
    """Name, kind and commoner name of each label of `lexicon/labels.tsv`, in the search form."""
    text = (resources.files("indexer.lexicon") / "labels.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [line.split("\t") for line in lines[1:]]


KIND_OF = {name: kind for name, kind, _ in _read_names()}
# Names that say the same as a commoner one (发表于, 转自): later stages know only that.
_CALLED = {name: called for name, _, called in _read_names() if called != name}


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-len(name), name))


# Sites pad short names: 来  源, 索 引 号.  Longer names first, so that 发布时间 is not read as 时间.
_NAME = "|".join(" {0,4}".join(name) for name in _longest_first(KIND_OF))
_BEFORE = r"(?:^|(?<=[\s\x1f|【\[(·•,;)】\]/-]))"
_NAMED = re.compile(rf"{_BEFORE}({_NAME})(?:[\s\x1f]{{0,3}}[:】\]]\s*:?|(?=\t))|"
                    rf"^[\s\x1f]*({_NAME})(?=[\s\x1f]*\x1f)|^({_NAME})\s{{0,3}}[|丨]\s{{0,3}}(?=\w)")
_DATE_NAME = "|".join(_longest_first(name for name, kind in KIND_OF.items() if kind == DATE))
_TIME = r"(?:[ t]{0,3}\d{1,2}:\d{2}(?::\d{2})?(?:\.\d{1,3})?)"
_DAY = (r"(?:(?:19|20)\d\d ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2} ?日?|(?:19|20)\d\d年\d{1,2}月?|"
        r"(?:19|20)\d\d-\d{1,2}(?!\d)|(?:19|20)\d\d年?)")
_MOMENT = re.compile(rf"{_DAY}{_TIME}?")
# Labels without a colon: 发布时间 2020-11-10, 发表于 2017-12-10, 阅读 1024 次, 浏览(3).
_BARE_DATE = re.compile(rf"({_DATE_NAME})[\s\x1f]{{0,4}}(?={_DAY})")
_BARE_COUNT = re.compile(rf"{_BEFORE}(浏览次数|浏览|点击数|点击|阅读|访问|人气)[\s\x1f]{{0,3}}[(\[]?\s?"
                         r"(?=\d{1,8}\s?(?:次|人|$|[)\]\s]))")
_FULL_MOMENT = re.compile(rf"^[\s\x1f\[(]*({_DAY}{_TIME}?)[\s\x1f\])]*(?:星期.)?[\s\x1f|·,-]*")

# A field that ends the value in front of it: 【大 中 小】, 打印, 收藏, 我要评论(3), a button's name.
_DIGIT = re.compile(r"\d")
_BLANKS_AND_COLONS = re.compile(r"[\s:]")
_FIELD_END = re.compile(
    r"\x1f {1,8}\x1f|[\s\x1f]+(?=打印|打 印|收藏|分享|字体|字号|关闭|我要|评论|纠错|放大|缩小|来自|"
    r"只看|\[|【|t大|a-)|[\[【(] {0,2}(?:大|打印|关闭|字体|字号)")
_NOTHING = re.compile(r"^[\s\x1f\[\]【】()大中小|特默认较加减:+/-]*(?:次|人)?$")
_TRIM = " \t\x1f|·•-,;【】[]"
MAX_LINE = 240
# A line without any of these holds no label.
_HINT = re.compile("[:：|丨\t\x1f】\\]\\d]")
# A line that only mentions another form of the same shape: 时间：… 地点：… belongs to the text.
_MINUTES = re.compile(r"(?:^|[\s\x1f;。])(?:会议 ?)?(?:地 {0,4}点|主 {0,4}持 ?人?|出席|参加|列席|缺席|"
                      r"参会|与会|记录 ?人?|议题|内容|天气|对象|联系人|活动|受访|采访|访谈|嘉宾|讲解)"
                      r"[^:\n]{0,6}:")
_BULLET = re.compile(r"^[\s\x1f\-–—·•*>»|◆■●★【\[(]*$")
_PUBLISHER = re.compile(r"^[\s\x1f]{0,4}([\u4e00-\u9fff·]{2,16})[\s\x1f|]*$")
_POSTER = re.compile(r"^[^。,;:!?]{0,24}$")
_LONGEST = {DATE: 40, BODY: 44, PERSON: 40, COUNT: 24, "other": 80, WEAK: 100}


def labels_of(line: str, weak: bool = False) -> list[Label]:
    """The metadata of a line; empty when the line is prose or a form that belongs to the text.

    Names that many lines of prose begin with (标题：, 名称：) count only beside others, or when `weak`.

    Each name must have a value of its kind behind it: a date, an organisation, a person, a number.
    The character U+001F marks where one inline element ends and another begins.

    >>> [(label.name, label.value) for label in labels_of("- 來源:秦州區鄉村振興局")]
    [('來源', '秦州區鄉村振興局')]
    >>> labels_of("一是拓宽来源:争取项目资金,帮助该村修建蓄水池,解决了群众吃水难的问题。")
    []
    >>> labels_of("时间：2013年5月6日 地点：村委会 主持：王某")
    []
    """
    stripped = line.strip()
    if not 4 <= len(stripped) <= MAX_LINE or stripped[-1] in "。！!？?；;" or not _HINT.search(stripped):
        return []
    return list(_read(stripped, weak))


@functools.lru_cache(maxsize=1024)  # a line is looked at from several sides
def _read(stripped: str, weak: bool) -> tuple[Label, ...]:
    folded = fold(stripped)
    starts = _starts(folded)
    if not starts or _MINUTES.search(folded):
        return ()
    labels = _leading_moment(stripped, folded, starts[0][0])
    if labels is None:
        return ()
    for (_, name, begin), following in zip(starts, [*starts[1:], None], strict=True):
        value = _value(folded, begin, following[0] if following else len(folded))
        key = name.replace(" ", "")
        if not _fits(KIND_OF[key], folded[value[0]:value[1]]):
            return ()
        printed = stripped[value[0]:value[1]].replace("\x1f", "")
        labels.append(Label(_printed_name(stripped, name, begin), printed, stripped.replace("\x1f", "")))
    only_weak = all(KIND_OF.get(fold(label.name)) == WEAK for label in labels)
    return () if only_weak and not weak else tuple(labels)


# A line of a form: 地点：三楼会议室, 参加人员：…  Beside one, 时间：… belongs to the text.
_FORM = re.compile(r"^(?:会议|活动|调研|走访)?(?:地 {0,4}点|主 {0,4}持 ?人?|出席\S{0,4}|参加\S{0,4}|"
                   r"列席\S{0,4}|参会\S{0,4}|议题|内容|记录人?|天气|对象|议程|主题|受访\S{0,4}|采访\S{0,4}|嘉宾|联系人|人员)\s*:")


def form_line(line: str) -> bool:
    """Is it a line of a form, such as the head of minutes?

    >>> form_line("地  点：三楼会议室"), form_line("来源：县扶贫办")
    (True, False)
    """
    return bool(_FORM.match(fold(line[:20].strip())))


def half_label(line: str, following: str) -> bool:
    """Does `following` hold the value of the label that `line` only names (发布时间：/ 2020-11-10)?"""
    if not 2 <= len(line) <= 12 or not 1 <= len(following) <= 40:
        return False
    folded = fold(line.strip())
    kind = KIND_OF.get(_BLANKS_AND_COLONS.sub("", folded))
    if kind is None or (kind != DATE and not folded.endswith(":")):
        return False
    value = fold(following.strip())
    return not value.endswith(":") and _fits(kind, value) and not _starts(value)


def _starts(folded: str) -> list[tuple[int, str, int]]:
    """Where each label begins, its name and where its value begins, in ascending order."""
    patterns = (_BARE_DATE, _BARE_COUNT, _NAMED) if _DIGIT.search(folded) else (_NAMED,)
    found = {match.start(match.lastindex or 0): (
                 match.start(match.lastindex or 0), match.group(match.lastindex or 0), match.end())
             for pattern in patterns for match in pattern.finditer(folded)}
    if not found:
        return []
    kept: list[tuple[int, str, int]] = []
    for start in sorted(found):
        if not kept or start >= kept[-1][2]:
            kept.append(found[start])
    return kept


def _leading_moment(printed: str, folded: str, first: int) -> list[Label] | None:
    """What stands in front of the first label: nothing, a date without a name, or a poster's name.

    None where it is anything else: then the line is no metadata line.
    """
    head = folded[:first]
    if _BULLET.match(head):
        return []
    moment = _FULL_MOMENT.match(head)
    if moment and _BULLET.match(head[moment.end():]):
        return [Label("时间", printed[moment.start(1):moment.end(1)].strip(), printed.replace("\x1f", ""))]
    publisher = moment and _PUBLISHER.match(head[moment.end():])
    if moment and publisher:  # 2016-11-08 04:23:17 大公报 作者：…
        begin = moment.end() + publisher.start(1)
        whole = printed.replace("\x1f", "")
        return [Label("时间", printed[moment.start(1):moment.end(1)].strip(), whole),
                Label("来源", printed[begin:begin + len(publisher[1])], whole)]
    if folded.startswith(("发表于", "发布于"), first) and _POSTER.match(head):
        return []
    return None


def _value(folded: str, begin: int, end: int) -> tuple[int, int]:
    """The value's start and end, without what only ends it: buttons, brackets, separators."""
    cut = _FIELD_END.search(folded, begin, end)
    if cut:
        end = cut.start()
    while begin < end and folded[begin] in _TRIM:
        begin += 1
    while end > begin and folded[end - 1] in _TRIM:
        end -= 1
    if end > begin and folded[end - 1] == ")" and "(" not in folded[begin:end]:
        end -= 1
    return (begin, begin) if _NOTHING.match(folded[begin:end]) else (begin, end)


def _fits(kind: str, value: str) -> bool:
    if not value:
        return True
    if len(value) > _LONGEST[kind] or "。" in value:
        return False
    if kind == DATE:
        moment = _MOMENT.search(value)
        return bool(moment) and len(value) - (moment.end() - moment.start() if moment else 0) <= 14
    if kind == COUNT:
        return bool(re.search(r"\d|^次|^人|loading|载入", value)) or len(value) <= 4
    return kind not in (PERSON, BODY) or not re.search("[,!?]", value)


def _printed_name(printed: str, name: str, begin: int) -> str:
    """The name as printed, without the blanks that pad it, or the commoner name for it."""
    at = fold(printed).rfind(name, 0, begin)
    return _CALLED.get(name.replace(" ", ""), re.sub(r"\s", "", printed[at:at + len(name)]))


def part_moment(spread: str) -> str | None:
    """The date with its time that is an inline element of its own, between 某报 and 发表于北京.

    >>> part_moment("原创\\x1f某报\\x1f2022-05-18 18:30\\x1f发表于北京")
    '2022-05-18 18:30'
    """
    if len(spread) > MAX_LINE or ":" not in fold(spread):
        return None
    moments = (bare_moment(part.strip()) for part in spread.split("\x1f"))
    return next((moment for moment in moments if moment and ":" in fold(moment)), None)


def bare_moment(line: str) -> str | None:
    """The date and time that make up a whole line (`2013-05-06 10:22`), else None.

    >>> bare_moment("2013年5月6日 10:22"), bare_moment("今天是2013年5月6日")
    ('2013年5月6日 10:22', None)
    """
    if not 8 <= len(line) <= 32:
        return None
    match = _FULL_MOMENT.match(fold(line))
    if match is None or match.end() < len(line):
        return None
    return line[match.start(1):match.end(1)].strip()
