"""The exactness property: any piece of any report, quoted, finds exactly the reports that hold it.

Strings of 1 to 20 characters are cut at random out of the clean texts as they are shown, put between
quotation marks as a user would, read by `read_query` and asked of a real index; a scan of all clean
texts says what is right.  It is measured on the index as first made, again after pages were changed,
added and taken out, and again after all was merged into one segment.

Which characters are the same one is `script.fold`'s to say (著 is 着 to who reads Simplified); what stands
between the characters is judged by an oracle of its own (tests/store/exact_oracle.py).

Typing a string that holds quotation marks: any other pair around it will do (「“四个不摘”」).  A `*`
cannot be typed in a string: there it stands for any letters.  Such a string still finds its own
report, and more; it is asked for that alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from indexer.store import open_engine
from indexer.store.engine import Searcher
from indexer.store.query import Request
from indexer.text.script import fold
from search_web.query.reader import read_query
from tests.evaluation.figures import Figure
from tests.evaluation.indexed import Indexed, made_pages
from tests.pagemaker.containers import write_files
from tests.store.exact_oracle import letters, plain

STRINGS = 2000
LONGEST = 20
# Pages that are changed, that are added and that are taken out.
TOUCHED = 25
# Of a string that more reports hold, the number is compared and not the reports one by one.
COMPARED = 40
# Parts the title from the body: no report holds it.
BORDER = "\0"
QUOTES = ("“”", "「」", "『』", '""', "〝〞", "﹁﹂", "﹃﹄", "＂＂")


@dataclass(frozen=True, slots=True)
class Text:
    """Title and body of a report as shown, and both together in the forms that strings are compared in."""

    id: str
    shown: tuple[str, str]
    plain: str
    marked: str


@dataclass(slots=True)
class Exactness:
    """How many strings were asked in each state of the index, and what was not right."""

    asked: dict[str, int] = field(default_factory=dict)
    starred: int = 0
    wrong: list[tuple[str, str, str]] = field(default_factory=list)

    def figures(self) -> dict[str, Figure]:
        """The share of strings that found what they must and nothing else; how many were asked."""
        strings = sum(self.asked.values())
        return {"exactness.right": Figure(1 - len(self.wrong) / strings if strings else 0.0),
                "exactness.strings": Figure(min(self.asked.values(), default=0))}


def quoted(string: str) -> str:
    """The string between marks that do not occur in it.  Raises ValueError where all do.

    >>> quoted("四个不摘"), quoted("落实“四个不摘”")
    ('“四个不摘”', '「落实“四个不摘”」')
    """
    for first, last in QUOTES:
        if first not in string and last not in string:
            return f"{first}{string}{last}"
    raise ValueError(f"every kind of quotation mark occurs in {string!r}")


def tight(shown: str) -> str:
    """A text as it is compared with strings in which marks were typed: only its blanks are of no account."""
    return "".join(plain(char) for char in shown if not char.isspace())


def texts(searcher: Searcher) -> list[Text]:
    """The clean texts of all reports, from their records."""
    found = []
    for record in searcher.reports():
        shown = record["title"] or "", record["body"]
        plain_form, marked = (BORDER.join(form(fold(part)) for part in shown) for form in (letters, tight))
        found.append(Text(record["id"], shown, plain_form, marked))
    return found


def scan(held: Iterable[Text], string: str) -> set[str]:
    """The ids of the reports whose title or body holds the string, found by reading every one."""
    wanted = tight(fold(string))
    if letters(fold(string)) == wanted:
        return {text.id for text in held if wanted in text.plain}
    return {text.id for text in held if wanted in text.marked}


def strings(held: Sequence[Text], count: int, dice: random.Random) -> Iterator[tuple[str, str]]:
    """Report ids with pieces of their titles and bodies, each of them with something to be seen."""
    made = 0
    while made < count:
        text = dice.choice(held)
        shown = text.shown[dice.random() < 0.9]
        if not shown:
            continue
        start = dice.randrange(len(shown))
        piece = shown[start:start + dice.randint(1, LONGEST)]
        if tight(piece):
            made += 1
            yield text.id, piece


def check(searcher: Searcher, held: Sequence[Text], count: int, dice: random.Random,
          ) -> tuple[int, list[tuple[str, str]]]:
    """Ask for strings out of `held`, the texts that the index should hold.

    How many strings held a `*`, and (string, what was wrong) for those not answered rightly.
    """
    starred, wrong = 0, []
    for origin, string in strings(held, count, dice):
        reading = read_query(quoted(string))
        right = scan(held, string)
        star = "*" in fold(string)
        starred += star
        if star:
            right = {origin}
        found = searcher.count(reading.query)
        if origin not in right:
            wrong.append((string, "the scan itself misses its report"))
        elif found != len(right) and not star:
            wrong.append((string, f"{found} reports found, {len(right)} hold it"))
        elif star or len(right) <= COMPARED:
            ids = {hit.id for hit in searcher.search(Request(reading.query, limit=found)).hits}
            if not (right <= ids if star else right == ids):
                wrong.append((string, f"other reports found than hold it: {sorted(ids ^ right)[:3]}"))
    return starred, wrong


def measure(archive: Indexed, count: int = STRINGS, jobs: int = 1, seed: int = 20) -> Exactness:
    """The property in three states of the index; the archive is another one afterwards."""
    exactness, dice = Exactness(), random.Random(seed)
    for state, reach in STATES.items():
        reach(archive, jobs)
        with archive.searcher() as searcher:
            starred, wrong = check(searcher, texts(searcher), count, dice)
        exactness.asked[state] = count
        exactness.starred += starred
        exactness.wrong += [(state, string, reason) for string, reason in wrong]
    return exactness


def _as_made(archive: Indexed, jobs: int) -> None:
    """The first run has been made."""


def _updated(archive: Indexed, jobs: int) -> None:
    """Some pages say something else now, some are new, some are gone."""
    pages = [page for page in archive.gold.values() if (archive.made / page.path).is_file()]
    for page in pages[:TOUCHED]:
        (archive.made / page.path).unlink()
    for page, other in zip(pages[TOUCHED:], made_pages(TOUCHED, 10_000), strict=False):
        (archive.made / page.path).write_bytes(other.content)
    write_files(made_pages(TOUCHED, 20_000), archive.made)
    summary = archive.run(jobs)
    done = (summary.changed, summary.new, summary.removed)
    if min(done) < TOUCHED:
        raise RuntimeError(f"changed, new and removed pages are {done} and not {TOUCHED} each")


def _merged(archive: Indexed, jobs: int) -> None:
    """Everything in one segment."""
    writer = open_engine(archive.index).writer()
    try:
        writer.commit(merge=True)
    finally:
        writer.close()


STATES = {"as made": _as_made, "updated": _updated, "merged": _merged}

