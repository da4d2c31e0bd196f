"""A table for spreadsheets with a receipt behind it: CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from indexer.wording import plural

Rows = Sequence[Sequence[Any]]

BOM = "\ufeff"
LIST_MARK = "; "
# What marks the receipt's rows in a CSV and the receipt's lines in a text.
MARK = "#"

# A cell that begins so is a formula to some spreadsheet; ' is what they themselves put before a text,
# so a cell that begins with ' gets another one, and taking one away always gives the value back.
_FORMULA = re.compile(r"[\s\ufeff]*[=+\-@＝＋－＠']|[\t\r]")


def rows_written(number: int) -> str:
    """What a table says at its end where nothing cuts it."""
    return f"{number} {plural(number, 'row')} written"


def sheet(head: Sequence[str], batches: Iterable[Rows], said: Mapping[str, Any],
          end: Callable[[int], str] = rows_written) -> Iterator[str]:
    """Header, rows batch by batch, an empty row, the receipt; `end` gets the number of rows.

    The header must be the first row, or no spreadsheet filters and no program reads by names; so
    the receipt stands behind.  The empty row ends the table for sorting and filtering; every row
    of the receipt begins with #, so that programs can leave it out; and its last row, `# end`, is
    missing from a download that broke off.
    """
    yield BOM + _written([head])
    written = 0
    for batch in batches:
        written += len(batch)
        yield _written(batch)
    yield _written([[""] * len(head)])
    yield _written([(f"{MARK} {name}", as_text(value)) for name, value in said.items()])
    yield _written([(f"{MARK} end", end(written))])


def as_text(value: Any) -> str:
    """A value of a receipt in one cell or line: strings as they are, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _written(rows: Rows) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = LIST_MARK.join(map(str, value))
    # No reader of CSV survives a NUL.
    return defused(value.replace("\0", "")) if isinstance(value, str) else value


def defused(value: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> defused("=1+1"), defused("驻村"), defused("'s")
    ("'=1+1", '驻村', "''s")
    """
    return f"'{value}" if _FORMULA.match(value) else value


def plain(cell: str) -> str:
    """What `defused` was given: for programs that read an export again."""
    return cell[1:] if cell.startswith("'") else cell
