"""Repair: named, pure, ordered fixers give back what scraping broke, and say what they did."""

from __future__ import annotations

from indexer.model import Label, Left, Repaired, Step
from indexer.text.repair import characters, chops, chrome, glosses, layout, punctuation
from indexer.text.repair.steps import Fixer, apply, replay, summarise

__all__ = ["FIXERS", "repair", "replay", "summarise"]

# The order matters: markup before notes, notes before brackets, pieces before paragraphs.
FIXERS: tuple[tuple[str, Fixer], ...] = (
    ("controls", characters.controls),
    ("html-residue", characters.html_residue),
    ("line-ends", layout.lines),
    ("empty-lines", layout.empty_lines),
    ("lost-indents", characters.lost_indents),
    ("pinyin-notes", glosses.pinyin_notes),
    ("misaligned-runs", glosses.misaligned_runs),
    ("chrome", chrome.chrome),
    ("chopped-pieces", chops.chopped_pieces),
    ("punctuation", punctuation.punctuation),
    ("wrong-glyphs", characters.wrong_glyphs),
    ("flattened-paragraphs", layout.flattened_paragraphs),
    ("stray-blanks", layout.stray_blanks),
    ("final-line-ends", layout.lines),
    ("final-empty-lines", layout.empty_lines),
)

# A later fixer may uncover work for an earlier one; on the archive the second pass finds nothing
# or next to nothing, so this bound is never met by a real page.
MAX_PASSES = 4


def repair(text: str) -> Repaired:
    """Clean `text`, with every step recorded: `replay(text, result.steps) == result.text`.

    Runs the fixers in order until a whole pass changes nothing, so that clean text is a fixed
    point and repairing twice is repairing once.
    """
    steps: list[Step] = []
    labels: list[Label] = []
    left: tuple[Left, ...] = ()
    for _ in range(MAX_PASSES):
        before = len(steps)
        left = ()
        for name, fixer in FIXERS:
            proposal = fixer(text)
            left += proposal.left
            if proposal.edits:
                steps.append(Step(name, proposal.edits))
                labels += proposal.labels
                text = apply(text, proposal.edits)
        if len(steps) == before:
            break
    return Repaired(text, tuple(steps), tuple(labels), left)
