"""Archive files of every accepted kind become raw pages."""

from indexer.archive.entry import printable
from indexer.archive.reader import MAX_BYTES, estimate_pages, read_archive, read_changed, require, reread

__all__ = ["MAX_BYTES", "estimate_pages", "printable", "read_archive", "read_changed", "require", "reread"]
