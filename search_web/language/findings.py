"""What the indexer found on a page, in words: repairs and what they do, rules of evidence, doubts.

The indexer says it in English, by a name or in a sentence; the Chinese stands here beside it.
"""

from __future__ import annotations

import re
from functools import cache

from search_web.language.i18n import gettext, language

_RULES = {
    "markup": "网页标记", "markup and text": "网页标记与正文一致", "label": "标签行", "meta": "网页元数据",
    "first line": "首行", "heading of the compilation": "合编文档的篇题", "dateline": "电头或日期行",
    "signature": "落款", "url": "网址", "signing organisation": "落款单位", "byline": "署名",
    "opening": "开头", "title": "标题", "title lines": "标题各行", "subtitle": "副标题", "source": "来源单位",
    "text": "正文提及", "headings": "各节标题", "lines": "各行的写法", "head": "开头几句",
    "first sentences": "开头几句", "most named in the text": "正文提及最多",
    "village": "村名", "programme": "帮扶项目", "relative to the date": "由发布日期推得",
    "office behind the title": "标题后的单位", "after the figures of the year before": "所列数字属上一年",
    "events of the year of publication": "所述为发布当年之事",
}
_RELATIVE = ", relative to the date"
_ROLES = {"primary": "主述地区", "helped": "受帮扶", "helper": "帮扶方", "mentioned": "提及"}

# A repair: what it is called, and what it does.
_FIXERS = {
    "mojibake": (
        "改正读错的编码",
        "整段曾用错误的编码读入的，按原来的编码重读；已无法找回的（如“锟斤拷”）只报告，不改。"),
    "hard-wraps": (
        "接回按固定宽度断开的行",
        "全文按固定宽度折行的，把一段的各行接成一段。"),
    "wraps-behind-residue": (
        "接回按固定宽度断开的行（标记清除后）",
        "清除残留标记以后才看得出按固定宽度折行的，把各行接成一段。"),
    "controls": (
        "去除控制字符",
        "去除控制字符、零宽字符和书写方向字符；特殊的空白改为普通空格。"),
    "html-residue": (
        "去除残留的网页标记",
        "去除正文里残留的标签和实体（只认已知的一批）；分块的标签处分段。"),
    "chopped-pieces": (
        "接回被切断的行",
        "正文曾被切成等长的编号行（如“作格局⏎2、。下面将”），按编号接回。"),
    "line-ends": (
        "统一换行",
        "一段一行：去掉行首行尾的空白和空行。"),
    "empty-lines": (
        "合并空行",
        "去掉段落之间和首尾的空行。"),
    "lost-indents": (
        "修复变成问号的缩进",
        "行首成对的问号（如“????贵阳市”）是编码时丢失的缩进，予以去除。"),
    "misaligned-runs": (
        "修复错位的字节",
        "一串字节错开一位而成乱码的，在只有一种读法明显成立时恢复原字；否则保持原样，并列为存疑。"),
    "pinyin-notes": (
        "去除混入的拼音注音",
        "去除注音软件插入的拼音；作者自己写的注音保留。"),
    "chrome": (
        "去除网站的套话",
        "去除正文首尾的导航、版权等网站文字；其中的发布时间、来源等用作著录。"),
    "injected-lines": (
        "去除插入的网站文字",
        "去除段落之间替网站说话的行，以及每页重复的标题。"),
    "planted-characters": (
        "去除插入的外文字符",
        "汉字之间夹着的单个外国文字（如“扶༄贫”）是防抄袭的插入物，予以去除。"),
    "radical-forms": (
        "部首字形改为汉字",
        "PDF 字体里的部首和兼容字形改为通用汉字：⼯作→工作。"),
    "wide-forms": (
        "全角字母数字改为半角",
        "全角的数字和拉丁字母改为半角：２０１７年→2017年。"),
    "wrong-glyphs": (
        "改正错误的字形",
        "改正被别的字形顶替的字：臵→置，o.6→0.6，二o一二年→二〇一二年，表格线→破折号。"),
    "punctuation": (
        "恢复中文标点",
        "汉字旁的半角逗号、冒号、分号、叹号、问号改为全角，内有汉字的括号也是。"),
    "spaced-out": (
        "合拢排疏的字",
        "为版面好看而字字隔开的（如“基 层 党 组 织”）合拢；本来就是单字的名单不动。"),
    "page-numbers": (
        "去除页码",
        "去除夹在正文里的页码：须成序列、间隔相当；可以缺一个，合编的各篇可以各自起算。"),
    "flattened-paragraphs": (
        "恢复段落",
        "分段变成了空格的，恢复分段，并去掉句子中的空格。"),
    "stray-blanks": (
        "去除多余空格",
        "去掉词语和句子中多余的空格：“进一步提 高”“14.32 %”。"),
    "final-line-ends": (
        "统一换行（末次）",
        "各项修复之后再做一次：一段一行，去掉行首行尾的空白和空行。"),
    "final-empty-lines": (
        "合并空行（末次）",
        "各项修复之后再做一次：去掉段落之间和首尾的空行。"),
}

# Sentences of the indexer; {a}, {b}, {c} stand for what they name, in both languages.
_SENTENCES = {
    "the record holds Unicode text": "记录里已是 Unicode 文字",
    "byte order mark says {a}": "字节序标记表明是 {a}", "record says {a}": "记录注明是 {a}",
    "transport says {a}": "传输时注明是 {a}", "meta says {a}": "网页 meta 注明是 {a}",
    "XML declaration says {a}": "XML 声明注明是 {a}",
    "bytes are plain ASCII": "全是 ASCII 字节",
    "bytes are valid UTF-8 ({a} multibyte sequences)": "合乎 UTF-8（{a} 个多字节序列）",
    "bytes are UTF-8 but for {a} places ({b} multibyte sequences)":
        "除 {a} 处外合乎 UTF-8（{b} 个多字节序列）",
    "bytes are valid GB18030 ({a} four-byte sequences)": "合乎 GB18030（{a} 个四字节序列）",
    "bytes are not UTF-8 ({a} invalid places)": "不合 UTF-8（{a} 处不合）",
    "bytes behind the mark read as {a}": "标记之后的字节按 {a} 读",
    "bytes read as {a}: {b} of {c} characters are frequent ones":
        "按 {a} 读，{c} 个字里有 {b} 个常用字",
    "bytes would be valid UTF-8 too, but not as Chinese": "也合乎 UTF-8，但读出来不是中文",
    "all bytes decode as {a}": "按 {a} 全部可读",
    "charset-normalizer believes in {a}": "charset-normalizer 认为是 {a}",
    "{a} is the least unlikely reading": "比较起来，{a} 最说得通",
    "{a} byte sequences undecodable": "{a} 处字节无法读出",
    "{a} bytes could not be decoded as {b}": "{a} 处字节按 {b} 无法读出",
    "no text was found in the markup": "网页标记里没有找到正文",
    "date not believed ({a}): {b}": "不可信的日期（{a}）：{b}",
    "{a}: left as it is at {b}: {c}": "{a}：第 {b} 字起保持原样：{c}",
    "bytes out of step behind a pinyin note: {a}": "拼音注音后的字节错位：{a}",
    "no reading of the bytes was found": "这些字节找不到读法",
    "several readings of the bytes are likely": "这些字节有几种可能的读法",
    "the likeliest reading of the bytes makes no sense": "最可能的读法也不通",
    "the likeliest reading of the bytes has a rare character": "最可能的读法里有生僻字",
    "it may be as it was written": "可能本来就这样写",
    "characters that a wrong conversion destroyed": "编码转换出错而毁掉的字",
    "nothing but site chrome was found": "除网站的套话外没有内容",
    "The page is a picture, a sound or a film, not text.": "是图片、声音或影片，不是文字。",
    "The page is not text: {a} of its {b} characters are control characters.":
        "不是文字：{b} 个字符里有 {a} 个控制字符。",
    "is empty": "是空的", "is encrypted": "有密码，无法打开",
    "holds no page that can be read": "里面没有可读的网页",
    "is a zip inside a zip, which is not opened": "是压缩包里的压缩包，不再打开",
    "has the same name as another file in this zip": "与同一压缩包里的另一个文件同名",
    "cleaning it took longer than {a} seconds": "清理超过了 {a} 秒",
    "there was not enough memory for it": "内存不够",
}
_PLACE = re.compile(r"\\\{([abc])\\\}")
# What an indexer's sentence names may itself be one of these.
_MAX_NESTED = 2


def rule(name: str) -> str:
    """What a rule of evidence is called; the label of a labelled line with it: 来源.

    >>> rule("dateline"), rule("label 来源"), rule("title, relative to the date")
    ('电头或日期行', '标签行“来源”', '标题，由发布日期推得')
    """
    if name.startswith("label "):
        return gettext("标签行“%(label)s”") % {"label": name.removeprefix("label ")}
    if name.endswith(_RELATIVE):
        return rule(name.removesuffix(_RELATIVE)) + gettext("，由发布日期推得")
    return gettext(_RULES.get(name, name))


def fixer(name: str) -> str:
    """What a repair is called: in English by its own name."""
    if language() == "en" or name not in _FIXERS:
        return name.replace("-", " ")
    return gettext(_FIXERS[name][0])


def fixer_explained(name: str, in_english: str) -> tuple[str, str]:
    """What a repair does, and the `lang` of the words; `in_english` are those of its documentation."""
    if language() == "en" or name not in _FIXERS:
        return in_english, "en"
    return gettext(_FIXERS[name][1]), language()


def role(name: str) -> str:
    """What a report has to do with a region."""
    return gettext(_ROLES.get(name, name))


def said(sentence: str, depth: int = 0) -> tuple[str, str]:
    """A sentence of the indexer in the language of this answer, and its `lang`.

    >>> said("bytes are not UTF-8 (3 invalid places)")
    ('不合 UTF-8（3 处不合）', 'zh-Hans')
    >>> said("something new")
    ('something new', 'en')
    """
    if language() != "en":
        for pattern, template in _patterns():
            if found := pattern.fullmatch(sentence):
                parts = {name: _part(value, depth) for name, value in found.groupdict().items()}
                return gettext(template).format(**parts), language()
    return sentence, "en"


def _part(text: str, depth: int) -> str:
    """What a sentence names: a repair, a rule, another sentence, or something that is called what it is."""
    if text in _FIXERS:
        return fixer(text)
    if text in _RULES:
        return rule(text)
    return said(text, depth + 1)[0] if depth < _MAX_NESTED else text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The English sentences as patterns, those that begin with a fixed word first."""
    ordered = sorted(_SENTENCES.items(), key=lambda item: item[0].startswith("{"))
    return tuple((re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(english)), re.DOTALL), chinese)
                 for english, chinese in ordered)


def in_own_english() -> frozenset[str]:
    """What English readers get in the indexer's own words: a catalogue need not say it again."""
    return frozenset((*_SENTENCES.values(), *(text for both in _FIXERS.values() for text in both)))
