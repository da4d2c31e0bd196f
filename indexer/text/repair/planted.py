"""The fixer for characters of foreign scripts that a mirror planted inside Chinese words."""

from __future__ import annotations

import re

from indexer.model import Edit
from indexer.text.repair.characters import HAN
from indexer.text.repair.signs import FOREIGN, holds
from indexer.text.repair.steps import Proposal
from indexer.text.repair.words import cuts_word

_RUN = re.compile(f"[{FOREIGN}]+")
_HAN = re.compile(f"[{HAN}]")

# Planted are one or two at a time; longer runs are words.
MAX_PLANTED = 2
# Of the foreign characters of a page with planted ones, nearly all are planted.
MIN_SOLE_SHARE = 0.9
# Pages that speak about letters.
_LETTERS = re.compile("字母|文字|藏文|泰文|梵文|维文|维吾尔文|蒙文|蒙古文|阿拉伯文|希伯来|字符|"
    "读作|发音|元音|辅音|音节|語言|语言")


def planted_characters(text: str) -> Proposal:
    """Remove single characters of foreign scripts between Han: `扶༄贫`.

    All of a page go when nearly all its foreign characters stand singly between Han and the page
    does not speak of letters; otherwise only those go that cut a word.
    """
    if not holds(text, FOREIGN):
        return Proposal()
    runs = list(_RUN.finditer(text))
    single = [m for m in runs if len(m.group()) <= MAX_PLANTED
              and _HAN.match(text[m.start() - 1:m.start()]) and _HAN.match(text, m.end())]
    if len(single) >= MIN_SOLE_SHARE * len(runs) and not _LETTERS.search(text):
        chosen = single
    else:
        chosen = [m for m in single if cuts_word(text, m.start(), m.end())]
    return Proposal(tuple(Edit(m.start(), m.end(), "") for m in chosen))
