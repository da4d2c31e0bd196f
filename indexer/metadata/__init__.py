"""Describe a report: title, dates, source, places, themes and kind, each with its evidence."""

from __future__ import annotations

from indexer.metadata.evident import Described, Evident, Fold

__all__ = ["Described", "Evident", "Fold", "describe"]


def describe(evident: Evident, fold: Fold) -> Described:
    """Everything the evidence says of a report; what it does not say stays None or empty.

    `fold` turns a short string into its search form of the same length.  Pure; the gazetteer is read
    at the first call.
    """
    # Who only looks up regions or themes, as every search does, does not wait for all these patterns.
    from indexer.metadata.dates import find_published  # noqa: PLC0415
    from indexer.metadata.kind import find_kind  # noqa: PLC0415
    from indexer.metadata.period import find_period  # noqa: PLC0415
    from indexer.metadata.places import find_places  # noqa: PLC0415
    from indexer.metadata.source import find_author, find_source  # noqa: PLC0415
    from indexer.metadata.themes import find_themes  # noqa: PLC0415
    from indexer.metadata.title import find_title  # noqa: PLC0415

    title = find_title(evident, fold)
    source = find_source(evident, fold)
    published, warnings = find_published(evident, fold)
    heading = title.value if title else None
    return Described(
        title=title,
        published=published,
        period=find_period(evident, fold, heading, published),
        source=source,
        author=find_author(evident, fold),
        places=find_places(evident, fold, heading, source.value if source else None,
                           int(published.value[:4]) if published else None),
        warnings=warnings,
        themes=find_themes(evident, fold, heading),
        kind=find_kind(evident, fold, heading, source.value if source else None),
    )
