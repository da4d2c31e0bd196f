"""The sentences for everything that other modules say in English or by a code.

Chinese comes from the catalogues; the English text is its own, and the fallback for unknown codes.
"""

from __future__ import annotations

from collections.abc import Mapping

from indexer.errors import BangfuError, IndexNotFound, UsageError
from search_web.language.i18n import gettext, language

# A value that was typed is repeated up to this length.
MAX_REPEATED = 60

_USAGE = {
    "query-too-long": "检索词最多 {limit:,} 个字，这里有 {length:,} 个。"
                      "请缩短，或把其中最要紧的一句放进引号里检索。",
    "too-many-words": "一次最多检索 {limit} 个词。请把连在一起的话放进引号里，作为一个整体检索。",
    "unknown-script": "没有“{value}”这种文字选项：简体是 hans，繁体是 hant，简繁混用是 mixed。",
    "unknown-sort": "没有“{value}”这种排序：可用 relevance（相关）、newest（最新）、oldest（最早）。",
    "bad-limit": "每页的篇数须在 0 与 {limit} 之间。",
    "bad-offset": "结果只能翻到第 {limit:,} 篇。请用地区、年份或更多的词缩小范围。",
    "unknown-region": "没有叫“{value}”的地区。地区请写作“甘肃省”“酒泉市”或“甘肃省/酒泉市/敦煌市”。",
    "bad-year": "“{value}”不是年份。请写作 2012，或用 2012..2015 表示一段时间。",
    "bad-range": "“{value}”这段时间的先后颠倒了，应写作 {right}。",
    "bad-number": "参数 {name} 须是整数，不能是“{value}”。",
    "bad-page": "页码从 1 开始，没有第 {value} 页。",
    "bad-size": "每页可显示 10、20、50 或 100 篇，不能是 {value} 篇。",
    "bad-switch": "参数 {name} 只能是 1 或 0，不能是“{value}”。",
    "page-and-offset": "page 与 offset 只能用其一。",
    "unknown-year-by": "没有“{value}”这种算法：年份可按 period（所述年份）或 published（发布年份）计。",
    "unknown-theme": "没有“{value}”这个主题。现有：{known}。",
    "unknown-kind": "没有“{value}”这种体裁。现有：{known}。",
    "unknown-facet": "没有“{value}”这种分类。",
    "kwic-no-words": "语境列表要有可以查找的字词或字符串。",
    "unknown-kwic-sort": "没有“{value}”这种排序：可按 position（按报告）、left（左文）、right（右文）、"
                         "year（年份）、region（地区）。",
    "bad-width": "左右文的字数须在 {least} 与 {limit} 之间。",
    "negative-offset": "行数从 0 数起，不能是负数。",
    "unknown-by": "不能按“{value}”计数：可用 year（所述年份）、published_year（发布年份）、region（地区）、"
                  "theme（主题）、kind（体裁）。",
    "bad-terms": "请给出 1 至 {limit} 个词。",
    "term-too-long": "一个词最多 {limit} 个字。",
    "empty-term": "“{value}”里没有可以计数的字。",
    "under-without-region": "只有按地区计数时才能指定上级地区；其他情形请用地区作筛选条件。",
    "no-report-in-region": "文库中没有“{value}”的报告。总的收录范围列有各地区。",
    "ambiguous-region": "叫“{value}”的地区不止一个：{known}。请写全名。",
    "bad-passage": "段落的起止须在 0 与 {length:,} 之间，起点在前。",
    "bad-text": "请给出 1 至 {limit:,} 个字的一段文字。",
    "unknown-format": "没有“{value}”这种导出格式。",
    "search-too-long": "这次检索太费时。请少写几个词，或换用更少见的词，或把连在一起的话放进引号里。",
    "took-too-long": "出现的地方太多，来不及全部排序。请用地区、年份或更多的词缩小范围，或改按报告的顺序看。",
    "too-many-values": "同一类条件最多选 {limit} 个，这里有 {count} 个。",
    "unknown-parameter": "没有“{value}”这个参数。可用：{known}。",
    "repeated-parameter": "参数 {name} 只能给一次，这里有 {count} 个。",
}

_NOTES = {
    "no-words": "检索词里没有可以检索的字词。",
    "open-quote": "引号 {part} 没有成对，其后的内容按普通字词检索。",
    "no-word": "“{part}”里没有字词，已略去。",
    "empty-index": "库里还没有报告。",
    "unknown-source": "没有报告署名“{part}”。",
    "no-report-of-region": "文库中没有关于“{part}”的报告。",
    "several-regions": "叫“{part}”的地区不止一个，都在检索之列。",
    "common": "“{part}”这类字词太常见，不作要求。",
    "anonymised": "xxx 是原网站隐去的名称，不参加检索。",
    "empty-quote": "引号里没有内容，已略去：{part}",
    "stray-bracket": "多出一个括号“{part}”，已略去。",
    "open-bracket": "括号“{part}”没有成对，按到末尾为止处理。",
    "empty-bracket": "括号里没有内容，已略去。",
    "too-deep": "括号套得太深，多出的“{part}”已略去。",
    "stray-operator": "“{part}”前后缺少检索词，已略去。",
    "unknown-field": "没有“{part}”这个字段，按普通字词检索。",
    "empty-field": "“{part}”后面没有内容，按普通字词检索。",
    "value-as-word": "“{part}”：这一项里没有这个值，已按普通字词检索。",
    "no-year": "“{part}”不是年份，已按普通字词检索。年份请写作 2012、2012..2015、2012.. 或 ..2015。",
    "no-date": "“{part}”不是日期，已按普通字词检索。日期请写作 2012-03-05、2012-03、2012 或 2012-03..2013。",
    "no-length": "“{part}”不是篇幅，已按普通字词检索。篇幅请写作 500..2000、500.. 或 ..2000。",
    "range-turned": "“{part}”先后颠倒，已对调。",
    "near-no-number": "“~”后没有数字，按 {part} 处理。",
    "near-unquoted": "“{part}”里的 ~ 要跟在引号后面才指远近，例如“产业 合作社”~20。",
    "near-too-far": "“{part}”超出上限，按最大距离处理。",
    "near-one-part": "“{part}”只有一段文字，谈不上远近，按一个字符串检索。",
    "star-in-near": "“{part}”带有 ~，其中的 * 当作空格。",
    "edge-star": "“{part}”两端的 * 不起作用：字符串在更长的话里也能找到。",
    "plus": "“{part}”已略去：各词本来都须出现。",
    "marks-ignored": "“{part}”按字数计算远近，其中的标点不计。",
    "partly": "以下报告只部分符合：{of} 个词中至少含 {least} 个，但不够这次检索要求的个数。",
    "small-operator": "“{part}”按普通字词检索；作运算符时请用大写。",
    "relaxed": "没有一篇全部符合，以下是符合最多的报告（{of} 个词中至少含 {least} 个）。",
}

_STATUS = {
    400: ("这个请求看不懂", "地址里有无法理解的内容。请从检索框重新开始。"),
    404: ("没有这一页", "地址可能写错了，或者这篇报告已不在文库中。请用检索框查找。"),
    405: ("不能这样访问", "本站的页面只供读取。"),
    414: ("地址太长", "请缩短检索词，或减少筛选条件。"),
    500: ("出了差错", "服务器在处理这个请求时出了差错，已记录下来。请稍后再试，或换一个检索式。"),
}
_NO_INDEX = ("文库还没有建好", "还没有可供检索的索引。请管理员先运行 bangfu index 建立索引，再刷新本页。")
_DAMAGED = ("文库暂时不能检索", "索引无法读取。请管理员运行 bangfu verify 查看原因；"
            "必要时用 bangfu index --rebuild 重建。")


def usage(error: UsageError) -> str:
    """The sentence for something that cannot be answered."""
    template = _USAGE.get(error.code)
    if template is None or language() == "en":
        return str(error)
    return gettext(template).format(**{
        name: _short(value) if isinstance(value, str) else value for name, value in error.values.items()})


def _short(text: str) -> str:
    return text if len(text) <= MAX_REPEATED else text[:MAX_REPEATED] + "…"


def note(given: Mapping[str, str]) -> str:
    """The sentence for a remark on how a query was read."""
    template = _NOTES.get(given["code"])
    if template is None or language() == "en":
        return given["text"]
    part = _short(given["part"])
    # Of a query that was relaxed: 2/4, two of its four words.
    least, _, of = part.partition("/")
    return gettext(template).format(part=part, least=least, of=of)


def in_own_english() -> frozenset[str]:
    """The sentences whose English stands where they are raised: a catalogue need not say it again."""
    return frozenset((*_USAGE.values(), *_NOTES.values()))


def status(code: int) -> tuple[str, str]:
    """Heading and sentence for an HTTP status."""
    return _STATUS.get(code, _STATUS[500] if code >= 500 else _STATUS[400])


def index_trouble(error: BangfuError) -> tuple[str, str]:
    """Heading and sentence for an index that is missing or cannot be read."""
    return _NO_INDEX if isinstance(error, IndexNotFound) else _DAMAGED


def index_trouble_in_english(error: BangfuError) -> tuple[str, str]:
    """Code and sentence for the API; where the index lies on the server is nobody's business."""
    if isinstance(error, IndexNotFound):
        return "index-not-found", "There is no index yet. The archivist makes one with: bangfu index PATH"
    return "index-damaged", "The index cannot be read. The archivist learns the reason from: bangfu verify"
