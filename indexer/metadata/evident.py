"""What is known of a report before it is described, and what the description says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from indexer.model import Found, Label, Place

Fold = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Evident:
    """Everything that may speak for a report's title, dates, source and places.

    `body` is the clean text of one report, one paragraph a line; `folded` its search form of the same
    length.  `part` counts the `parts` reports of the page from 1.  `today` is YYYYMMDD as a number:
    later dates are not believed.
    """

    body: str
    folded: str
    titles: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    url: str | None = None
    part: int = 1
    parts: int = 1
    today: int = 99991231

    @property
    def labels_apply(self) -> bool:
        """Labels and titles of a page describe the page, not the reports of a compilation."""
        return self.parts == 1


@dataclass(frozen=True, slots=True)
class Described:
    """The description of a report, each value with its evidence; None and () where nothing is sure."""

    title: Found[str] | None
    published: Found[str] | None
    period: tuple[Found[int], ...]
    source: Found[str] | None
    author: Found[str] | None
    places: tuple[Place, ...]
    warnings: tuple[str, ...] = ()
    themes: tuple[Found[str], ...] = ()
    kind: Found[str] | None = None
