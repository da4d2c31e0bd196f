"""What each fixer costs: the passes of `repair`, with a clock at every fixer."""

from __future__ import annotations

from collections import Counter
from time import process_time

from indexer.text.repair import FIXERS, MAX_PASSES
from indexer.text.repair.steps import apply


def clocked(text: str) -> tuple[str, dict[str, float], Counter[str]]:
    """`repair(text).text` with the processor seconds and the number of edits of every fixer."""
    seconds: dict[str, float] = {}
    edits: Counter[str] = Counter()
    for _ in range(MAX_PASSES):
        changed = False
        for name, fixer in FIXERS:
            start = process_time()
            proposal = fixer(text)
            if proposal.edits:
                text = apply(text, proposal.edits)
                edits[name] += len(proposal.edits)
                changed = True
            seconds[name] = seconds.get(name, 0.0) + process_time() - start
        if not changed:
            break
    return text, seconds, edits
