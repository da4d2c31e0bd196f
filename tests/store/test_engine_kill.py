"""SIGKILL at every step of a transaction: the state before or after a commit, never between."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from indexer.store import WhooshEngine, whoosh_contents, whoosh_writer
from indexer.store.build import SegmentBuilder
from indexer.store.engine import Document, Made, PageState, Writer, pack
from indexer.store.whoosh_contents import contents_of

WORDS = "驻村 工作队 帮扶 贫困户 合作社 养羊 硬化 道路 3人 一户一策 双联 的 苹果 土豆".split()

KILLS = 210
# A transaction adds so many pages, writes one anew, and takes out those of so many transactions ago.
ADDED, KEPT = 4, 5
# So many characters are written as a segment in the middle of a transaction.
FLUSHED = 250
# What a process tells before it does it: the kill comes within milliseconds after.
MOMENTS = ("adding", "flushing", "deleting", "merging", "naming", "cleaning", "done")


def page(number: int) -> str:
    return f"{number:016x}"


def make_document(number: int, version: int) -> Document:
    """A report of ready-made words: a process that is to be killed soon loads no dictionary."""
    words = random.Random(number * 1000 + version).choices(WORDS, k=40)
    text = f"{words[0]}\0{''.join(words[1:])}"
    record = {"id": f"{page(number)}-1", "version": version}
    return Document(id=f"{page(number)}-1", state=PageState(page(number), "file||", "path", Made("a", "b", "c"), 1),
                    title_words=words[0], body_words=" ".join(words[1:]), text=text, display=text,
                    facets={"region": ("甘肃省",)}, published=20130101, stored=pack(record, text))


def held_after(step: int) -> dict[str, int]:
    """The reports that the commit of a step leaves, with the step that wrote each last."""
    numbers = range(max(0, ADDED * (step + 1 - KEPT)), ADDED * (step + 1))
    versions = {number: number // ADDED for number in numbers}
    # Each step writes the first page of the step before anew.
    versions |= {number: number // ADDED + 1 for number in numbers
                 if number % ADDED == 0 and number // ADDED < step}
    return {f"{page(number)}-1": version for number, version in versions.items()}


def do(writer: Writer, step: int, say: Callable[[str], None]) -> None:
    """One transaction; every third one merges all, the others what the policy says."""
    say("adding")
    for number in range(ADDED * step, ADDED * (step + 1)):
        writer.add(make_document(number, step))
    say("deleting")
    for number in range(ADDED * (step - KEPT), ADDED * (step - KEPT + 1)):
        writer.delete_page(page(number))
    if step:
        writer.delete_page(page(ADDED * (step - 1)))
        writer.add(make_document(ADDED * (step - 1), step))
    writer.commit(merge=step % 3 == 0)


def work(folder: Path, step: int, said: Connection) -> None:
    """Commit step after step, telling what comes next, until killed."""

    def telling(moment: str, as_before: Callable[..., Any]) -> Callable[..., Any]:
        def told(*arguments: Any, **named: Any) -> Any:
            said.send((moment, step))
            return as_before(*arguments, **named)
        return told

    whoosh_writer.FLUSH_CHARACTERS = FLUSHED
    SegmentBuilder.write = telling("flushing", SegmentBuilder.write)  # type: ignore[method-assign]
    whoosh_writer.merge_segments = telling("merging", whoosh_writer.merge_segments)
    whoosh_contents.write_sums = telling("naming", whoosh_contents.write_sums)
    whoosh_writer.clean_files = telling("cleaning", whoosh_writer.clean_files)
    writer = WhooshEngine(folder).writer()
    while True:
        do(writer, step, lambda moment, step=step: said.send((moment, step)))  # type: ignore[misc]
        said.send(("done", step))
        step += 1


def kill_at(moment: str, after: float, folder: Path, step: int) -> int:
    """Let a process work from `step` on, kill it; returns the last step that it told as done."""
    context = multiprocessing.get_context("forkserver")
    told, said = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(folder, step, said))
    process.start()
    said.close()
    messages = []
    while not messages or messages[-1][0] != moment:
        messages.append(told.recv())
    time.sleep(after)
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    try:
        while True:
            messages.append(told.recv())
    except EOFError:
        return max((at for what, at in messages if what == "done"), default=step - 1)


def look(folder: Path) -> dict[str, int]:
    """What the index holds; it holds together."""
    with WhooshEngine(folder).searcher() as searcher:
        assert searcher.check() == []
        return {report["id"]: report["version"] for report in searcher.reports()}


def left_behind(folder: Path) -> set[str]:
    """The kinds of files that no commit names."""
    named = {segment.path(folder).name for segment in contents_of(folder).segments}
    tables = sorted(folder.glob("*.toc"), key=lambda path: int(path.stem.split("_")[-1]))
    named |= {tables[-1].name, f"{tables[-1].name}.sums"}
    return {"table" if ".toc" in path.name else "segment" for path in folder.glob("*MAIN_*")
            if path.name not in named and not path.name.endswith("LOCK")}


def test_every_kill_leaves_a_whole_index(tmp_path: Path) -> None:
    multiprocessing.get_context("forkserver").set_forkserver_preload([__name__])
    WhooshEngine.create(tmp_path)
    dice = random.Random(23)
    step = -1
    leavings: Counter[str] = Counter()
    unsaid = 0
    for moment in itertools.islice(itertools.cycle(MOMENTS), KILLS):
        last = kill_at(moment, dice.choice((0, dice.uniform(0, 0.004))), tmp_path, step + 1)
        held = look(tmp_path)
        # What was told is there; one more commit may have been made and not told.
        states = [held_after(last) if last >= 0 else {}, held_after(last + 1)]
        assert held in states, moment
        step = last + states.index(held)
        unsaid += states.index(held)
        leavings.update(left_behind(tmp_path))
        # The next run does what was not done, and takes away what was left behind.
        writer = WhooshEngine(tmp_path).writer()
        step += 1
        do(writer, step, lambda _: None)
        writer.close()
        assert look(tmp_path) == held_after(step)
        assert not left_behind(tmp_path)
    assert leavings["segment"] > KILLS // 5, "hardly any kill hit a transaction half-way"
    assert leavings["table"] > KILLS // 20, "hardly any kill hit a commit half-way"
    assert unsaid > KILLS // 20, "hardly any kill came between a commit and the word of it"
