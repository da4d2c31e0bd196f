"""Numbers with their nouns, as English writes them."""

from __future__ import annotations


def plural(number: int, noun: str) -> str:
    """What is counted, alone: a noun whose plural takes an s.

    >>> plural(1, "row"), plural(0, "row")
    ('row', 'rows')
    """
    return noun if number == 1 else f"{noun}s"


def counted(number: int, noun: str) -> str:
    """A number and what is counted.

    >>> counted(1, "report"), counted(2300, "report")
    ('1 report', '2,300 reports')
    """
    return f"{number:,} {plural(number, noun)}"
