"""Pages around the sizes at which reading goes on in another step, and roots given in odd ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.archive import estimate_pages, read_archive, streams
from indexer.model import Problem, RawPage

STEP = streams._FIRST


@pytest.mark.parametrize("size", [1, STEP - 1, STEP, STEP + 1, 3 * STEP])
@pytest.mark.parametrize("spare", [-1, 0, 1, STEP])
def test_a_page_is_read_whole_or_reported(tmp_path: Path, size: int, spare: int) -> None:
    content = (b"<p>0123456789" * (size // 13 + 1))[:size]
    (tmp_path / "a.html").write_bytes(content)
    item, = read_archive([tmp_path], max_bytes=max(size + spare, 0))
    if spare < 0:
        assert isinstance(item, Problem)
        assert "larger than the limit" in item.reason
    else:
        assert isinstance(item, RawPage)
        assert item.content == content


@pytest.mark.parametrize("root", [".", "./", "inner/..", "../archive", "inner/../../archive//"])
def test_a_root_is_the_same_however_it_is_written(tmp_path: Path, root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "archive"
    (archive / "inner").mkdir(parents=True)
    for name in ("a.html", "inner/乙.txt"):
        (archive / name).write_text("帮扶", encoding="utf-8")
    expected = list(read_archive([archive]))
    monkeypatch.chdir(archive)
    assert list(read_archive([Path(root)])) == expected
    assert {Path(page.source.file).read_text(encoding="utf-8") for page in expected if isinstance(page, RawPage)} == {"帮扶"}
    assert estimate_pages([Path(root)]) == 2
