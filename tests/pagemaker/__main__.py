"""Command line of the page maker: `python -m tests.pagemaker make|corpus`."""

from __future__ import annotations

from pathlib import Path

import click

from tests.pagemaker.containers import Writer, write_files, write_records, write_warc, write_zip
from tests.pagemaker.corpus import read_drafts, write_corpus
from tests.pagemaker.gold import write_jsonl
from tests.pagemaker.render import make_pages

CONTAINERS: dict[str, tuple[str, Writer]] = {
    "jsonl": ("records.jsonl.gz", write_records),
    "warc": ("crawl.warc.gz", write_warc),
    "zip": ("upload.zip", write_zip),
}
BATCH = 1000


@click.group()
def main() -> None:
    """Make pages with gold for tests and measurements."""


@main.command()
@click.option("--count", default=200, show_default=True, help="How many pages.")
@click.option("--seed", default=1, show_default=True, help="Which archive.")
@click.option("--start", default=0, show_default=True, help="The first page's index.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write.")
@click.option("--as", "form", type=click.Choice(["files", *CONTAINERS]), default="files", show_default=True)
@click.option(
    "--damaged/--clean", default=None, help="All pages damaged or none; default: a share of them."
)
def make(count: int, seed: int, start: int, out: Path, form: str, damaged: bool | None) -> None:
    """Generated pages, with their gold in OUT/expected.jsonl.

    Example: python -m tests.pagemaker make --count 2000 --seed 7 --out build/pages
    """
    out.mkdir(parents=True, exist_ok=True)
    gold = []
    if form == "files":
        for first in range(start, start + count, BATCH):
            size = min(BATCH, start + count - first)
            gold += write_files(list(make_pages(size, seed, start=first, damaged=damaged)), out)
    else:
        name, write = CONTAINERS[form]
        gold = write(list(make_pages(count, seed, start=start, damaged=damaged)), out / name, "")
    write_jsonl((page.row() for page in gold), out / "expected.jsonl")
    click.echo(f"{len(gold)} pages in {out}")


@main.command()
@click.argument("drafts", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write.")
def corpus(drafts: tuple[Path, ...], out: Path) -> None:
    """The sample archive from hand-written reports (lines of JSON).

    Example: python -m tests.pagemaker corpus drafts.jsonl --out corpus
    """
    gold = write_corpus(read_drafts(drafts), out)
    click.echo(f"{len(gold)} pages, {sum(len(p.reports) for p in gold)} reports in {out}")


if __name__ == "__main__":
    main()
