"""What the same packages give without this project: `python -m tests.bench.naive PAGES INDEX JOBS`.

BeautifulSoup's `get_text`, jieba's ChineseAnalyzer, Whoosh's TEXT. Each process fills an index of its own and
nothing merges them, which is kinder to this build than a single index would be.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def index_part(paths: list[str], folder: str) -> int:
    """Index some pages; the number of pages."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jieba import setLogLevel  # noqa: PLC0415
        from jieba.analyse import ChineseAnalyzer  # noqa: PLC0415

    from bs4 import BeautifulSoup  # noqa: PLC0415
    from whoosh import fields, index  # noqa: PLC0415

    setLogLevel(logging.CRITICAL)
    analyzer = ChineseAnalyzer()
    schema = fields.Schema(path=fields.ID(stored=True, unique=True),
                           title=fields.TEXT(analyzer=analyzer, stored=True),
                           text=fields.TEXT(analyzer=analyzer, stored=True))
    Path(folder).mkdir(parents=True)
    writer = index.create_in(folder, schema).writer(limitmb=256)
    for path in paths:
        soup = BeautifulSoup(Path(path).read_bytes(), "lxml")
        title = soup.title.get_text() if soup.title else ""
        writer.add_document(path=path, title=title, text=soup.get_text())
    writer.commit()
    return len(paths)


def main() -> None:
    """Index all files below the folders (parted by `:`) and print how many there were."""
    folders, target, jobs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    paths = sorted(str(path) for folder in folders.split(":") for path in Path(folder).rglob("*") if path.is_file())
    parts = [paths[number::jobs] for number in range(jobs)]
    with ProcessPoolExecutor(jobs) as pool:
        done = sum(pool.map(index_part, parts, [f"{target}/{number}" for number in range(jobs)]))
    print(json.dumps({"pages": done}))


if __name__ == "__main__":
    main()
