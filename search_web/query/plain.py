"""Plain words: what stands between blanks is cut into the words that must occur, with their synonyms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from unicodedata import category

from indexer.lexicon.synonyms import synonyms
from indexer.store.exact import bare, is_punctuation, tight
from indexer.text.script import fold, to_simplified
from indexer.text.tokenise import ANONYMISED, tokenise
from search_web.query.lexer import Note

# Up to this many letters in a row are one string whatever the segmenter thinks; one letter more still
# are where it leaves a single letter over, as it does with names it does not know (蔡家沟村).
MAX_STRING = 3
MAX_STRING_OF_PIECES = 4

# Four words in a row are a question, which no report answers in every word: of so many words, such a
# share must occur.  Measured on judged questions (tests/evaluation/ranking.py): with all of five and
# 80 % of nine required the lists were too short, nDCG@10 was 0.45; so it is 0.64, more on both halves, while
# the first good hit comes a little later (MRR 0.96, now 0.92).  No other kind of query is the worse.
# Three words may as well be a name: to ask for two of them makes counts loose, and gained on one half only.
MINIMUM_SHARES = ((3, 1.0), (4, 0.75), (10_000, 0.5))

# Words that a question is full of and that no report is about; a query of nothing else keeps them.
COMMON = frozenset((
    "的 了 在 是 和 与 及 或 对 把 被 为 以 从 到 由于 而且 其 所 个 有 就 也 都 又 还 让 给 向 "
    "里 中 之 这 那 这个 那个 吗 呢 么 吧 啊 哪 谁 怎 什么 怎么 怎样 如何 为什么 为何 怎么办 怎么样 哪些 "
    "哪个 哪里 哪种 哪家 多少 几个 是否 有没有 能否 可以 请问 他 她 它 他们 她们 它们 我 我们 你 "
    "你们 一个 一些 这些 那些 关于 有关 之间 并 并且 以及 还有").split())

# What the lexicon holds as one word and pages write with a mark inside as well: “两不愁”“三保障”.
PARTED = ("两不愁 三保障", "二不愁 三保障", "2不愁 3保障", "联村联户 为民富民", "返贫 致贫", "致贫 返贫",
          "走访 慰问", "慰问 走访", "农业 农村 农民", "农业 农村 和农民")
_PARTING = ("、", ",", "”“", "”、“")

# No more words are joined when a synonym is looked for in what the segmenter cut.
MAX_JOINED = 6

# A number is one word, with its point and its sign; so is a word in Latin letters with accents.
_WHOLE = re.compile(r"(?<![a-z0-9])[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?[%‰℃°]?(?![a-z0-9])|"
                    r"(?<![a-zß-ɏ])[a-z]*[ß-ɏ][a-zß-ɏ]*")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word that must occur: as typed, in the search form, and what may stand in its place.

    `typed` has the length of `text`.  `pieces` are the words that the segmenter sees in it.
    """

    text: str
    typed: str
    synonyms: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words of one part of a query, how many of them must occur, and its letters in a row."""

    words: tuple[Wanted, ...]
    minimum: int
    letters: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked of plain words: the page's own script only; words whose synonyms are not wanted."""

    own_script: bool = False
    without_synonyms: frozenset[str] = frozenset()


def read_plain(typed: str, rules: Rules, notes: list[Note]) -> Phrase | None:
    """The words of what was typed between two blanks; None, with a note, when there are none."""
    folded = fold(typed)
    if ANONYMISED.search(folded):
        notes.append(Note("anonymised", "xxx stands for a name that the site hid: it is not searched.",
                          typed))
        folded = ANONYMISED.sub(lambda match: " " * len(match.group()), folded)
        typed = "".join(" " if char.isspace() else typed[i] for i, char in enumerate(folded))
    letters = bare(tight(folded))
    if not letters:
        if not typed.isspace():
            notes.append(Note("no-word", f"{typed} holds no word and was left out.", typed))
        return None
    words = [wanted(folded[a:b], typed[a:b], rules) for a, b in _cut(folded)]
    signs = [word for word in words if not any(map(str.isalnum, word.text))]
    notes += [Note("no-word", f"{sign.typed} holds no word and was left out.", sign.typed) for sign in signs]
    words = [word for word in words if word not in signs]
    if not words:
        return None
    # 驻村😀: what is no punctuation of prose is not passed over in silence.
    left = dict.fromkeys(char for char in folded if category(char) == "So" and is_punctuation(char))
    notes += [Note("no-word", f"{char} holds no word and was left out.", char) for char in left]
    telling = [word for word in words if word.text not in COMMON] or words
    if len(telling) < len(words):
        common = " ".join(dict.fromkeys(word.text for word in words if word.text in COMMON))
        notes.append(Note("common", f"Words such as {common} are too common: not required.", common))
    telling = list(dict.fromkeys(telling))
    return Phrase(tuple(telling), minimum(len(telling)), letters)


def minimum(count: int) -> int:
    """How many of the words of a part must occur.

    >>> [minimum(count) for count in (1, 5, 6, 9, 10, 20)]
    [1, 3, 3, 5, 5, 10]
    """
    share = next((share for limit, share in MINIMUM_SHARES if count <= limit), MINIMUM_SHARES[-1][1])
    return max(1, -int(-count * share // 1))


def forms(word: str) -> tuple[str, ...]:
    """How a word may stand in a text: no mark inside it, but those that it is known to be written with.

    >>> forms("会议"), forms("两不愁三保障")[:2]
    (('会议',), ('两不愁三保障', '两不愁、三保障'))
    """
    return (word, *_parted().get(word, ()))


@cache
def _parted() -> dict[str, tuple[str, ...]]:
    return {"".join(parts): tuple(fold(mark).join(parts) for mark in _PARTING)
            for parts in map(str.split, PARTED)}


def wanted(folded: str, typed: str, rules: Rules) -> Wanted:
    """A string that must occur, with its synonyms; both without blanks and punctuation."""
    letters = bare(tight(folded))
    shown = aligned(letters, folded, typed)
    others: tuple[str, ...] = ()
    # A synonym is written in Simplified: who asks for the Traditional characters does not mean it.
    if letters not in rules.without_synonyms and not (rules.own_script and to_simplified(shown) != shown):
        others = tuple(word for word in synonyms().get(letters, ()) if word not in rules.without_synonyms)
    pieces = tuple(dict.fromkeys(folded[a:b] for a, b in _words(folded)))
    return Wanted(letters, shown, others, pieces)


def aligned(letters: str, folded: str, typed: str) -> str:
    """The characters of `typed` that became `letters`, the tight or bare form of `folded`.

    >>> aligned("贫困户", "贫 困户。", "貧 困戶。")
    '貧困戶'
    """
    kept, at = [], 0
    for letter in letters:
        at = folded.index(letter, at)
        kept.append(typed[at])
        at += 1
    return "".join(kept)


def _cut(folded: str) -> list[tuple[int, int]]:
    """Start and end of the words, those of a short stretch without marks as one string.

    >>> [[text[a:b] for a, b in _cut(text)] for text in ("蔡家沟村", "苹果种植", "作者:张三")]
    [['蔡家沟村'], ['苹果', '种植'], ['作者', '张三']]
    """
    cut: list[tuple[int, int]] = []
    stretch: list[tuple[int, int]] = []
    for word in _joined(folded, _words(folded)):
        if stretch and stretch[-1][1] != word[0]:
            cut += _as_string(folded, stretch)
            stretch = []
        stretch.append(word)
    return (cut + _as_string(folded, stretch)) or [(0, len(folded))]


def _as_string(folded: str, words: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if not words:
        return []
    texts = [bare(tight(folded[a:b])) for a, b in words]
    # 蔡家沟|村 is a name, 谁|的|苹果 is none.
    single = any(len(text) == 1 for text in texts) and COMMON.isdisjoint(texts)
    letters = bare(tight(folded[words[0][0]:words[-1][1]]))
    if len(letters) <= (MAX_STRING_OF_PIECES if single else MAX_STRING):
        return [(words[0][0], words[-1][1])]
    return words


def _joined(folded: str, words: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbours that together are a word of the synonym lexicon are one: 四|不|摘."""
    known = synonyms()
    joined = []
    at = 0
    while at < len(words):
        start = words[at][0]
        ends = range(min(at + MAX_JOINED, len(words)) - 1, at, -1)
        last = next((n for n in ends if bare(tight(folded[start:words[n][1]])) in known), at)
        joined.append((start, words[last][1]))
        at = last + 1
    return joined


def _words(folded: str) -> list[tuple[int, int]]:
    """Start and end of the words; signs that the segmenter passes over stay with their word (c++)."""
    found: list[tuple[int, int]] = []
    at = 0
    for match in _WHOLE.finditer(folded):
        found += _tokens(folded, at, match.start())
        found.append(match.span())
        at = match.end()
    found += _tokens(folded, at, len(folded))
    return _with_signs(folded, found)


def _tokens(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    return [(start + word.start, start + word.start + len(word.text))
            for word in tokenise(folded[start:end])] if start < end else []


def _with_signs(folded: str, words: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Letters between the words, which are no words, are added to the word before, or are one."""
    covered = [False] * len(folded)
    for start, end in words:
        covered[start:end] = [True] * (end - start)
    kept = list(words)
    for at, char in enumerate(folded):
        if covered[at] or char.isspace() or is_punctuation(char):
            continue
        before = next((n for n, (_, end) in enumerate(kept) if end == at), None)
        # c++ is a word; the + of 饮水+扶贫 joins two.
        if before is not None and category(char)[0] == "S" and "\u3400" <= folded[at - 1] <= "\u9fff":
            continue
        if before is None:
            kept.append((at, at + 1))
        else:
            kept[before] = (kept[before][0], at + 1)
    return sorted(kept)
