"""Fixers for blanks that do not part words: inside of words, of sentences, between all characters."""

from __future__ import annotations

import re

from indexer.model import Edit
from indexer.text.repair.characters import HAN
from indexer.text.repair.layout import HEADING
from indexer.text.repair.steps import Proposal, substitute
from indexer.text.repair.words import cuts_sentence, cuts_word, share_in_words

_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}]) +(?=[{HAN}])")
_BESIDE_MARK = re.compile(rf"(?<=[，、；》”]) +(?=[{HAN}“《])|(?<=[{HAN}]) +(?=[，、；。：！？”》）])")
_STRAY_PERCENT = re.compile(r"(?<=\d) (?=[%％℃])")
_SPACED_RUN = re.compile(
    rf"(?<![^\s，。；：、！？（）()“”《》])(?=[\d.%％ \u3000]{{0,24}}[{HAN}][ \u3000])"
    rf"[{HAN}\d](?:[ \u3000]{{1,2}}[{HAN}\d.%％]){{3,}}(?![{HAN}\d])")
# Figures at the end of what is set wide may be a table's.
_ENDING_FIGURES = re.compile(r"(?:[ \u3000]{1,2}[\d.])+$")
_FIGURES = re.compile(r"[\d.%％]+")
_SPACED_YEAR = re.compile(r"(?<![\d.])([12])[ \u3000]?([09])[ \u3000]?(\d)[ \u3000]?(\d)(?=[ \u3000]?年)")
_PINYIN_LINE = re.compile(r"[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]")
# 第四条 红白喜事从简: the blank parts a number from what it numbers.
_MARKER = re.compile(r"\s*(?:第[一二三四五六七八九十百千零〇\d]{1,6}[^\s]{1,2}|"
    r"附[件录表]?[一二三四五六七八九十\d]*|"
    r"[一二三四五六七八九十]{1,3}(?! 是)|[甲乙丙丁]方?|[图表例注问答][一二三四五六七八九十\d]*)")
# A title that says what it is about has no halves: 关于做好2010年 产业合作社工作的通知.
_ABOUT = re.compile(rf"[{HAN}]{{0,20}}[关關][于於]")
_ABOUT_END = re.compile(
    "的?(?:通知|意见|意見|报告|報告|汇报|匯報|方案|办法|辦法|决定|決定|通报|通報|函|请示|請示)$")
_OPENED, _CLOSED = re.compile(rf"[“《][{HAN}]$"), re.compile(rf"[{HAN}][”》]")
_OFFICE = re.compile(rf"[{HAN}]{{2,24}}(?:政府|[办辦]公室|局|委员会|委員會|[小领領][组組导導].{{0,4}})")
_SENTENCE = re.compile(r"[，。；]")
_BYLINE = re.compile("记者|記者|通讯员|通訊員|特约|作者|编辑|編輯|摄影|攝影|供稿|责编|責編|撰稿|文/|图/")
_BYLINE_END = re.compile(rf"(?:{_BYLINE.pattern})$")
_NAME = re.compile(rf"[{HAN}]{{2,4}}(?:[ ）)、，,；;]|$)", re.MULTILINE)
_LONE_PAIR = re.compile(rf"(?:(?<=[、：:（( ])|^)[{HAN}] +[{HAN}](?=[、，。）) ]|$)", re.MULTILINE)

# A line with so many blanks that leave so few characters between them is a list or a table.
MIN_LIST_BLANKS = 3
MAX_LIST_WORD = 6
# A line shorter than this is a heading or a cell, not a sentence.
MIN_PROSE = 20
MAX_TITLE = 60
# The halves of a slogan are not shorter.
MIN_SLOGAN = 3
# A name or a part of a slogan is not longer.
REACH = 24
# So many blanks between the words of sentences are a habit of the page.
MIN_HABIT = 2
# Of characters set wide, so many belong to words of several characters; those of a list do not.
MIN_IN_WORDS = 0.4
# Rows that are recited: their characters are parted on purpose.
_ROWS = ("一二三四五六七八九十日", "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥",
         "春夏秋冬", "东南西北中東", "金木水火土",
         "赵钱孙李周吴郑王趙錢孫吳鄭", "上下左右前后後", "天地人你我他", "大小多少")
# Where so many of the lines are set wide, they are a primer's.
MAX_WIDE_LINES = 0.5


def spaced_out(text: str) -> Proposal:
    """Text set wide: `基 层 党 组 织`, `2 0 1 7年`.  Lists of single characters stay.

    >>> from indexer.text.repair.steps import apply
    >>> apply("基 层 党 组 织，2 0 1 7年", spaced_out("基 层 党 组 织，2 0 1 7年").edits)
    '基层党组织，2017年'
    >>> apply("投 入 资 金 1 2 . 5 万 元", spaced_out("投 入 资 金 1 2 . 5 万 元").edits)
    '投入资金12.5万元'
    """
    edits = substitute(_SPACED_YEAR, lambda m: "".join(m.groups()), text).edits
    runs = list(_SPACED_RUN.finditer(text))
    lines = text.count("\n") + 1
    if _PINYIN_LINE.search(text) or (lines > 1 and len(runs) > MAX_WIDE_LINES * lines):
        runs = []
    wide = [(run.start(), _ENDING_FIGURES.sub("", run.group())) for run in runs]
    joined = [(start, start + len(run), re.sub(r"[ \u3000]", "", run)) for start, run in wide]
    phrases = sum(_is_phrase(_FIGURES.sub("", line)) for _, _, line in joined)
    # Where words are set wide, so are the figures between them: 占 8 0 %.
    more = [Edit(*one) for one in joined if _is_phrase(_FIGURES.sub("", one[2]))
            or (phrases >= MIN_HABIT and _FIGURES.search(one[2]))]
    years = [edit for edit in edits if not any(run.start < edit.end and edit.start < run.end for run in more)]
    return Proposal(tuple(sorted((*years, *more), key=lambda edit: edit.start)))


def _is_phrase(joined: str) -> bool:
    """Do the characters make words, rather than a row of single ones?"""
    if any(set(joined) <= set(row) for row in _ROWS):
        return False
    if len(joined) < 4:
        return False
    return share_in_words(joined) >= (MIN_IN_WORDS if len(joined) > 4 else 1)


def stray_blanks(text: str) -> Proposal:
    """Blanks inside of words and of sentences: `进一步提 高`, `14.32 %`.

    A blank that cuts a word goes.  Where a page has such blanks, those between the words of its
    sentences go too; titles of two parts, names, slogans and lists keep theirs.

    >>> from indexer.text.repair.steps import apply
    >>> apply("下降14.32 %", stray_blanks("下降14.32 %").edits)
    '下降14.32%'
    """
    edits = list(substitute(_STRAY_PERCENT, "", text).edits)
    cutting: list[re.Match[str]] = []
    others: list[tuple[re.Match[str], bool]] = []
    start = 0
    for line in text.split("\n"):
        if " " in line and not _is_list(line):
            prose = len(line) >= MIN_PROSE and bool(_SENTENCE.search(line))
            for match in _BETWEEN_HAN.finditer(text, start, start + len(line)):
                if _lone_pair(text, match) or _MARKER.fullmatch(line[:match.start() - start]):
                    continue
                if (prose or HEADING.match(line)) and cuts_word(text, match.start(), match.end()):
                    cutting.append(match)
                else:
                    others.append((match, prose or bool(HEADING.match(line))))
            if prose:
                others += [(m, True) for m in _BESIDE_MARK.finditer(text, start, start + len(line))]
        start += len(line) + 1
    loose = [m for m, prose in others if prose and not _on_purpose(text, m)]
    chosen = list(cutting)
    if cutting or len(loose) >= MIN_HABIT or any(cuts_sentence(text, *m.span()) for m in loose):
        chosen += loose
        chosen += [m for m, prose in others if not prose and _cuts_title(text, m)]
    edits += [Edit(m.start(), m.end(), "") for m in chosen]
    return Proposal(tuple(sorted(edits, key=lambda edit: edit.start)))


def _cuts_title(text: str, blank: re.Match[str]) -> bool:
    """Does a blank cut a heading, a signature, a title, on a page that has such blanks?"""
    start = text.rfind("\n", max(0, blank.start() - MAX_TITLE), blank.start()) + 1
    before = text[start:blank.start()]
    after = text[blank.end():blank.end() + MAX_TITLE].split("\n", maxsplit=1)[0]
    if cuts_word(text, *blank.span()) or cuts_sentence(text, *blank.span()):
        return True
    if _ABOUT.match(before) and _ABOUT_END.search(after):
        return True
    if _OPENED.search(before) or _CLOSED.match(after):  # “一 渠两管”
        return True
    return after[0] in "的了们們" or (len(before) == 1 and bool(_OFFICE.fullmatch(after)))


def _is_list(line: str) -> bool:
    """Names, cells or single characters, parted by blanks."""
    blanks = line.strip().count(" ")
    if "\t" in line:
        return True
    return blanks >= MIN_LIST_BLANKS and len(line) <= MAX_LIST_WORD * (blanks + 1)


def _lone_pair(text: str, blank: re.Match[str]) -> bool:
    """Two characters parted by a blank and nothing beside them: 李 勇, 通 知, 附 件."""
    return bool(_LONE_PAIR.match(text, max(0, blank.start() - 1)))


def _on_purpose(text: str, blank: re.Match[str]) -> bool:
    """Does a blank part names in a byline, or the even halves of a slogan?"""
    if not _BETWEEN_HAN.match(text, blank.start()):
        return False
    before = text[max(0, blank.start() - REACH):blank.start()]
    after = text[blank.end():blank.end() + REACH]
    opened = max(before.rfind(mark) for mark in "（(“《【")
    closed = max(before.rfind(mark) for mark in "）)”》】\n")
    if opened > closed:
        inside = before[opened + 1:]
        rest = re.split("[）)”》】\n]", after, maxsplit=1)[0]
        return bool(_BYLINE.search(inside + rest)) or (
            len(inside) == len(rest) >= MIN_SLOGAN and not _SENTENCE.search(inside + rest))
    return bool(_BYLINE_END.search(before) and _NAME.match(after)) or (
        " " in before[-4:] and " " in after[:4])
