"""Metadata lines of a page: `发布机构：区政府办 发布时间：2020-11-10 字体：[大 中 小]` as labels."""

from __future__ import annotations

import re

from indexer.model import Label
from indexer.text.script import fold

# Names of labels by the kind of value that must stand behind them, in the search form.
DATE, BODY, PERSON, COUNT, OTHER, WEAK = "date", "body", "person", "count", "other", "weak"
_NAMES = {
    DATE: "发布时间 发布日期 发表时间 发表日期 发稿时间 发稿日期 发文日期 发文时间 成文日期 成文时间 生成日期 生成时间 "
          "印发日期 印发时间 公开日期 公开时间 更新时间 更新日期 添加时间 添加日期 录入时间 录入日期 上传时间 上传日期 "
          "刊发时间 刊发日期 签发日期 签发时间 编辑时间 编辑日期 提交时间 提交日期 加入时间 加入日期 入库时间 修改时间 "
          "创建时间 登记日期 发送时间 信息时间 稿件时间 文章时间 撰写时间 撰写日期 发布于 发表于 时间 日期",
    BODY: "发布机构 发布单位 发布部门 发布机关 发文机关 发文单位 发文机构 制发机关 公开机构 公开单位 公开部门 信息来源 稿件来源 "
          "文章来源 新闻来源 内容来源 资料来源 文件来源 来源单位 信息提供 提供单位 责任部门 责任单位 报送单位 供稿单位 供稿部门 "
          "撰稿单位 稿源 来源 来自 出处 转自 转载自 供稿",
    PERSON: "作者 文章作者 本文作者 记者 通讯员 特约通讯员 撰稿 撰稿人 撰文 供稿人 责任编辑 责任编审 本文编辑 网络编辑 网页编辑 实习编辑 责编 "
            "编辑 编审 编发 审核 审核人 审稿 审校 校对 一审 二审 三审 初审 复审 终审 发布人 发布者 发布员 录入 录入人 录入员 录入者 "
            "签发 签发人 主编 值班主编 监制 摄影 摄像 上传者 上传人 上传用户 发帖人 楼主 责任校对 网编",
    COUNT: "浏览次数 浏览量 浏览数 浏览 点击次数 点击数 点击量 点击率 点击 阅读次数 阅读量 阅读数 阅读 访问次数 访问量 访问 人气 "
           "查看次数 查看 回复数 回复 评论数 评论 下载次数 下载量 下载数 页数 字数 热度 积分 金币 关注度 点赞 收藏数 "
           "文件大小 文档大小",
    OTHER: "发文字号 发布文号 文件编号 文档编号 资源编号 信息编号 信息索引号 索引号 公开目录 公开类别 公开方式 公开范围 公开形式 公开时限 公开程序 "
           "组配分类 体裁分类 主题分类 信息分类 信息类别 文件分类 服务对象 有效性 效力状态 时效性 字号 字体 字体大小 文字大小 所属栏目 "
           "文号 信息名称 文件名称",
    WEAK: "标题 题目 文章标题 名称 主题词 关键词 关键字 格式 类型 分类 栏目 大小 状态 语种 性质 页码 版次 摘要",
}
KIND_OF = {name: kind for kind, names in _NAMES.items() for name in names.split()}
# Sites pad short names: 来  源, 索 引 号.  Longer names first, so that 发布时间 is not read as 时间.
_NAME = "|".join(" {0,4}".join(name) for name in sorted(KIND_OF, key=lambda name: (-len(name), name)))
_BEFORE = r"(?:^|(?<=[\s\x1f|【\[(·•,;)】\]/-]))"
_NAMED = re.compile(rf"{_BEFORE}({_NAME})(?:\s{{0,3}}[:】\]]\s*:?|(?=\t))")
_DATE_NAME = "|".join(sorted(_NAMES[DATE].split(), key=lambda name: (-len(name), name)))
_TIME = r"(?:[ t]{0,3}\d{1,2}:\d{2}(?::\d{2})?(?:\.\d{1,3})?)"
_DAY = (r"(?:(?:19|20)\d\d ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2} ?日?|(?:19|20)\d\d年\d{1,2}月?|(?:19|20)\d\d年?"
        r"|(?:19|20)\d\d-\d{1,2}(?!\d))")
_MOMENT = re.compile(rf"{_DAY}{_TIME}?")
# Labels without a colon: 发布时间 2020-11-10, 发表于 2017-12-10, 阅读 1024 次, 浏览(3).
_BARE_DATE = re.compile(rf"({_DATE_NAME})[\s\x1f]{{0,4}}(?={_DAY})")
_BARE_COUNT = re.compile(rf"{_BEFORE}(浏览次数|浏览|点击数|点击|阅读|访问|人气)[\s\x1f]{{0,3}}[(\[]?\s?(?=\d{{1,8}}\s?(?:次|人|$|[)\]\s]))")
_FULL_MOMENT = re.compile(rf"^[\s\x1f\[(]*({_DAY}{_TIME}?)[\s\x1f\])]*(?:星期.)?[\s\x1f|·,-]*")

# A field that ends the value in front of it: 【大 中 小】, 打印, 收藏, 我要评论(3), a button's name.
_FIELD_END = re.compile(
    r"[\s\x1f]+(?=打印|打 印|收藏|分享|字体|字号|关闭|我要|评论|纠错|放大|缩小|来自|只看|\[|【|t大|a-)|[\[【(] {0,2}(?:大|打印|关闭|字体|字号)")
_NOTHING = re.compile(r"^[\s\x1f\[\]【】()大中小|特默认较加减:+/-]*(?:次|人)?$")
_TRIM = " \t\x1f|·•-,;【】[]"
MAX_LINE = 240
# A line that only mentions another form of the same shape: 时间：… 地点：… belongs to the text.
_MINUTES = re.compile(r"(?:^|[\s\x1f;。])(?:会议 ?)?(?:地 {0,4}点|主 {0,4}持 ?人?|出席|参加|列席|缺席|参会|与会|记录 ?人?|议题|"
                      r"内容|天气|对象|联系人|活动|受访|采访|访谈|嘉宾|讲解)[^:\n]{0,6}:")
_SENTENCE_END = "。!?;…"
_BULLET = re.compile(r"^[\s\x1f\-–—·•*>»|◆■●★【\[(]*$")
_POSTER = re.compile(r"^[^。,;:!?]{0,24}$")
_LONGEST = {DATE: 40, BODY: 44, PERSON: 40, COUNT: 24, OTHER: 80, WEAK: 100}


def labels_of(line: str) -> list[Label]:
    """The metadata of a line; empty when the line is prose or a form that belongs to the text.

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
    if not 4 <= len(stripped) <= MAX_LINE or stripped[-1] in "。！!？?；;":
        return []
    folded = fold(stripped)
    starts = _starts(folded)
    if not starts or _MINUTES.search(folded):
        return []
    labels = _leading_moment(stripped, folded, starts[0][0])
    if labels is None:
        return []
    for (_, name, begin), following in zip(starts, [*starts[1:], None], strict=True):
        value = _value(folded, begin, following[0] if following else len(folded))
        key = name.replace(" ", "")
        if not _fits(KIND_OF[key], folded[value[0]:value[1]]):
            return []
        printed = stripped[value[0]:value[1]].replace("\x1f", "")
        labels.append(Label(_printed_name(stripped, name, begin), printed, stripped.replace("\x1f", "")))
    if all(KIND_OF.get(fold(label.name).replace(" ", "")) == WEAK for label in labels):
        return []
    return labels


def _starts(folded: str) -> list[tuple[int, str, int]]:
    """Where each label begins, its name and where its value begins, in ascending order."""
    found = {match.start(1): (match.start(1), match.group(1), match.end())
             for pattern in (_BARE_DATE, _BARE_COUNT, _NAMED) for match in pattern.finditer(folded)}
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
        return [Label("时间", printed[moment.start(1):moment.end(1)], printed.replace("\x1f", ""))]
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
    """The name as printed, without the blanks that pad it."""
    at = fold(printed).rfind(name, 0, begin)
    return re.sub(r"\s", "", printed[at:at + len(name)])


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
    return line[match.start(1):match.end(1)]
