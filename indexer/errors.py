"""The errors that a user can meet; each message is a sentence that says what to do next."""

from __future__ import annotations


class BangfuError(Exception):
    """Base of all errors whose text may be shown to a user as it is."""


class UsageError(BangfuError):
    """Something was asked for in a way that cannot be answered; the message says what would be right.

    `code` and `values` let a front end say the same in another language.
    """

    def __init__(self, message: str, code: str = "", **values: str | int) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


class TookTooLong(UsageError):
    """An answer would take longer than a reader may keep the others waiting; a narrower one would not."""


class IndexNotFound(BangfuError):
    """There is no index at the given place."""


class IndexDamaged(BangfuError):
    """An index is there but cannot be read: foreign, truncated, damaged or of a newer version."""


class IndexBusy(BangfuError):
    """Another process is writing to the index."""


class IndexWriteFailed(BangfuError):
    """The index could not be written (no space, read only); the last commit is untouched."""


class NoWorkers(BangfuError):
    """The processes that clean pages cannot be started: they die as they load, or there may be no more."""


class UnreadablePage(BangfuError):
    """The bytes of one page are no text (a picture, a PDF, …); the page is reported, the run goes on."""
