"""The quick check of git and rsync: a file that looks as it did when it was read is not opened again."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping

from indexer.archive.entry import Entry
from indexer.model import Problem, Stamp, Unopened

# Of a file that was changed so shortly before it was read the next change may bear the same time, as git
# knows: FAT keeps even seconds, and the clock of a file system lags a little behind ours.
RACY_NS = 3_000_000_000

# By origin: what a file looked like when it was read, and the digest of its page.
Known = Mapping[str, tuple[Stamp, str]]
# Of a digest so much is kept beside the index: it only tells whether the index holds what was read.
KEPT = 16


def written(looks: Known) -> str:
    """What files looked like, as text; of each digest the first letters."""
    rows = {origin: [stamp.size, stamp.modified, stamp.changed, stamp.inode, digest[:KEPT]]
            for origin, (stamp, digest) in looks.items()}
    return json.dumps(rows, ensure_ascii=True, separators=(",", ":")) + "\n"


def read(text: str) -> dict[str, tuple[Stamp, str]]:
    """What `written` wrote. Raises ValueError, TypeError for anything else."""
    return {origin: (Stamp(*stamp), digest) for origin, (*stamp, digest) in json.loads(text).items()
            if len(digest) == KEPT}


def stamp_of(status: os.stat_result, now: int) -> Stamp | None:
    """What a file looks like; None where it may be changed after `now` (ns since 1970) and look the same."""
    stamp = _looks(status)
    return stamp if max(stamp.modified, stamp.changed) < now - RACY_NS else None


def stamp_of_open(stream: io.BufferedReader) -> Stamp | None:
    """The same of a file that is about to be read."""
    now = time.time_ns()
    return stamp_of(os.fstat(stream.fileno()), now)


def unless_unchanged(entries: Iterable[Entry | Problem], known: Known,
                     limit: int) -> Iterator[Entry | Problem | Unopened]:
    """The files in their order; instead of one that need not be opened, what is known of its page.

    `limit` is the largest page in bytes.
    """
    for entry in entries:
        yield (isinstance(entry, Entry) and _unopened(entry, known, limit)) or entry


def _unopened(entry: Entry, known: Known, limit: int) -> Unopened | None:
    former = known.get(entry.source.origin)
    if former is None or not entry.is_page or entry.status is None:
        return None
    stamp, digest = former
    try:
        if _looks(entry.status()) != stamp:
            return None
    except OSError:  # it is opened, and that says why
        return None
    # The same bytes below another root are another page, and under a smaller limit none.
    same = stamp.size <= limit and digest.endswith(f"-{entry.page(b'').head}")
    return Unopened(entry.path, entry.source, digest) if same else None


def _looks(status: os.stat_result) -> Stamp:
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
