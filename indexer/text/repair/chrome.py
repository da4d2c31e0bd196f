"""The fixer for what belongs to the site and not to the report: head lines, buttons, footers, ads."""

from __future__ import annotations

import re

from indexer.model import Edit, Label
from indexer.text.repair.steps import Proposal

# Only this many lines at both ends are looked at: in the middle, 来源 and 电话 are prose.
EDGE = 8
# A head or foot line is short; longer lines are paragraphs whatever they begin with.
MAX_LINE = 160

# Names of metadata lines, Simplified and Traditional, with the kinds of words around them.
LABEL_NAMES = (
    "发布机构|發布機構|发布单位|發布單位|发文机关|發文機關|发文单位|发布部门|信息来源|信息來源|稿件来源|稿件來源|文章来源|文章來源|来源|來源|"
    "发布时间|發布時間|发布日期|發布日期|发文日期|發文日期|成文日期|生成日期|更新时间|更新時間|更新日期|时间|時間|日期|"
    "作者|记者|記者|通讯员|通訊員|撰稿|供稿单位|供稿|责任编辑|責任編輯|责编|編輯|编辑|审核|审稿|字号|字號|字体|字體|"
    "浏览次数|瀏覽次數|浏览量|点击数|点击量|點擊數|点击|點擊|阅读次数|阅读|閱讀|访问量|发文字号|文号|索引号|索引號|主题分类|信息分类|有效性|"
    "发布人|發布人|录入|上传时间|上傳時間|上传者|上传日期|下载次数|页数|大小|格式"
)
_LABEL = re.compile(rf"(?:^|(?<=[\s|｜【\[（(·•-]))({LABEL_NAMES})\s*[:：]\s*")
# A field without a colon of its own ends the value before it: 字体 [大 中 小], 浏览 12 次.
_FIELD_END = re.compile(r"\s+(?:打印|打 印|收藏|分享|字体|字號|字号|【|\[|［)")

_BUTTONS = (
    "打印|打印本页|打印本頁|关闭|關閉|关闭窗口|關閉窗口|收藏|推荐|推薦|分享|分享到|返回顶部|返回頂部|返回首页|返回首頁|首页|首頁|错误报告|錯誤報告|"
    "上一篇|下一篇|上一页|下一页|当前位置|當前位置|您的位置|您现在的位置|字体|字號|字号|大|中|小|加入收藏|设为首页|设为主页|设为首頁|网站地图|網站地圖|"
    "联系我们|联系我們|關于我們|关于我们|版权声明|扫一扫|微信|微博|QQ空间|朋友圈|收起|展开|更多|登录|注册|无障碍|繁体|繁體|English|"
    "政府信息公开|信息公开|政务公开|政務公開|新闻中心|新聞中心|举报|回复|只看楼主|倒序浏览|沙发|板凳|下载|免费下载"
)
_BETWEEN = r"[\s|｜>》\[\]【】（）()·,，:：/-]*"
_BUTTON_LINE = re.compile(rf"^(?:{_BETWEEN}(?:{_BUTTONS}))+{_BETWEEN}$")
_CRUMBS = re.compile(
    r"^(?:当前位置|當前位置|您的位置|您现在的位置|您現在的位置|所在位置|首页|首頁)\s*[:：>»›/－-]"
)
_FOOTER = re.compile(
    r"ICP[备備证證]|网安备|網安備|公网[备安]|公網|网站标识码|網站標識碼|版权所有|版權所有|©|[Cc]opyright|"
    r"(?:主办|主辦|承办|承辦|运行维护|技术支持|技術支持|维护)(?:单位|單位)?\s*[:：]|"
    r"(?:邮编|郵編|传真|傳真|地址|电话|電話|邮箱|郵箱)\s*[:：].{0,60}"
    r"(?:邮编|电话|電話|传真|ICP|[\w.]@|\d{7})|"
    r"^(?:电话|電話|传真|地址|邮编)\s*[:：]"
)
_SHARING = re.compile(
    r"由会员分享[,，]可在线阅读|更多相关.{0,200}请在.{0,80}上搜索|文档来自于网络|本文档由.{0,40}(?:上传|分享)|"
    r"(?:积分|金币|VIP).{0,20}下载|下载文档到电脑|还剩\d+页未读|点击继续阅读|喜欢就下载吧|侵权.{0,20}(?:联系|删除)"
)
_EMPTY_VALUE = re.compile(r"^[\s\[\]【】()（）大中小|｜]*$")


def chrome(text: str) -> Proposal:
    """Take site lines off both ends of the text; metadata lines become labels.

    Judged by the shape of a line (short, labelled, a row of buttons, a footer), and only among the
    first and last lines: prose that merely holds 发布, 来源 or 电话 stays.
    """
    lines = _lines(text)
    edits: list[Edit] = []
    labels: list[Label] = []
    for number, (start, end) in enumerate(lines):
        head, foot = number < EDGE, number >= len(lines) - EDGE
        line = text[start:end]
        if not (head or foot):
            continue
        found = labels_of(line) if head or len(line) <= 40 else []
        if found or (len(line) <= MAX_LINE and _is_chrome(line, foot)) or _SHARING.search(line):
            labels += found
            edits.append(Edit(*_with_break(text, start, end), ""))
    return Proposal(tuple(_disjoint(edits)), tuple(labels))


def labels_of(line: str) -> list[Label]:
    """The metadata of a line such as `发布机构:区政府办 发布时间: 2020-11-10 10:30 字体: [ ]`.

    Empty when the line is prose: a label line starts with a label and is short.

    >>> [(label.name, label.value) for label in labels_of("- 來源:秦州區鄉村振興局")]
    [('來源', '秦州區鄉村振興局')]
    >>> labels_of("一是拓宽来源:争取项目资金,帮助该村修建蓄水池,解决了群众吃水难的问题。")
    []
    """
    stripped = line.strip()
    if not stripped or len(stripped) > MAX_LINE or stripped[-1] in "。！!":
        return []
    matches = list(_LABEL.finditer(stripped))
    if not matches or matches[0].start() > 2:
        return []
    labels = []
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        value = stripped[match.end():following.start() if following else None]
        value = _FIELD_END.split(value)[0].strip(" \t|｜-·•【】[]")
        labels.append(Label(match.group(1), "" if _EMPTY_VALUE.match(value) else value, stripped))
    return labels


def _is_chrome(line: str, foot: bool) -> bool:
    stripped = line.strip()
    if not stripped or stripped[-1] in "。！；":
        return False
    if _BUTTON_LINE.match(stripped) or _CRUMBS.match(stripped):
        return True
    return foot and bool(_FOOTER.search(stripped))


def _lines(text: str) -> list[tuple[int, int]]:
    """Start and end of every line that is not blank."""
    spans = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _with_break(text: str, start: int, end: int) -> tuple[int, int]:
    """The line with the line feed that goes with it: the one behind, else the one in front."""
    if end < len(text):
        return start, end + 1
    return (start - 1, end) if start else (start, end)


def _disjoint(edits: list[Edit]) -> list[Edit]:
    """Where the last line took the line feed in front of it, it may touch the edit before."""
    result: list[Edit] = []
    for edit in edits:
        start = max(edit.start, result[-1].end) if result else edit.start
        result.append(Edit(start, max(edit.end, start), edit.new))
    return result
