"""What people type to name a region, from cases kept as data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.lexicon.gazetteer import gazetteer
from indexer.metadata.regions import resolve_region
from tests.metadata.conftest import read_cases


@pytest.mark.parametrize(("typed", "understood", "ambiguous", "paths", "why"), read_cases("cases_regions.tsv"))
def test_region_as_typed(typed: str, understood: str, ambiguous: str, paths: str, why: str) -> None:
    found = resolve_region(typed)
    assert sorted("/".join(path) for path in found.paths) == sorted(paths.split()), why
    assert (found.understood, found.ambiguous) == (understood, bool(ambiguous)), why


def test_every_path_and_code_leads_to_itself() -> None:
    places = gazetteer()
    for code in [*list(places.divisions)[::5], *list(places.townships)[::97]]:
        path = places.path(code)
        assert path in resolve_region("/".join(path)).paths
        assert resolve_region(code).paths == (path,)


@given(st.text(max_size=30))
def test_anything_can_be_typed(typed: str) -> None:
    found = resolve_region(typed)
    assert bool(found.paths) == (found.understood != "unknown")
