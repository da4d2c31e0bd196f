"""Repair: named, pure, ordered fixers give back what scraping broke, and say what they did."""

from __future__ import annotations

from indexer.model import Label, Left, Repaired, Step
from indexer.text.repair import (
    blanks,
    characters,
    chops,
    chrome,
    glosses,
    injected,
    layout,
    misaligned,
    mojibake,
    pagination,
    planted,
    punctuation,
    wrapping,
)
from indexer.text.repair.steps import Fixer, Proposal, apply, history, replay, summarise

__all__ = ["FIXERS", "history", "repair", "repair_line", "replay", "summarise"]

# The order matters: markup before notes, notes before brackets, pieces before paragraphs.
FIXERS: tuple[tuple[str, Fixer], ...] = (
    ("mojibake", mojibake.mojibake),
    ("hard-wraps", wrapping.hard_wraps),
    ("controls", characters.controls),
    ("html-residue", characters.html_residue),
    ("chopped-pieces", chops.chopped_pieces),
    ("wraps-behind-residue", wrapping.hard_wraps),
    ("line-ends", layout.lines),
    ("empty-lines", layout.empty_lines),
    ("lost-indents", characters.lost_indents),
    ("misaligned-runs", misaligned.misaligned_runs),
    ("pinyin-notes", glosses.pinyin_notes),
    ("chrome", chrome.chrome),
    ("injected-lines", injected.injected_lines),
    ("planted-characters", planted.planted_characters),
    ("radical-forms", characters.radical_forms),
    ("wide-forms", characters.wide_forms),
    ("wrong-glyphs", characters.wrong_glyphs),
    ("punctuation", punctuation.punctuation),
    ("spaced-out", blanks.spaced_out),
    ("page-numbers", pagination.page_numbers),
    ("flattened-paragraphs", layout.flattened_paragraphs),
    ("stray-blanks", blanks.stray_blanks),
    ("final-line-ends", layout.lines),
    ("final-empty-lines", layout.empty_lines),
)

# What may be done to a title or a metadata value, which stand outside of the text; for notes the
# text is the witness, as a single line has too few.
LINE_FIXERS = frozenset((
    "mojibake", "controls", "html-residue", "pinyin-notes", "radical-forms", "wide-forms",
    "wrong-glyphs", "punctuation",
))
# Each with what tells whether a line has anything that the text could bear witness to.
WITNESSED = {"pinyin-notes": glosses.has_notes, "radical-forms": characters.has_forms}

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
    # What each fixer said last: of a text that is still the same it would say the same again.
    said: dict[Fixer, tuple[str, Proposal]] = {}
    for _ in range(MAX_PASSES):
        before = len(steps)
        left = ()
        for name, fixer in FIXERS:
            of, proposal = said.get(fixer, ("", None))
            if proposal is None or of != text:
                proposal = fixer(text)
                said[fixer] = text, proposal
            left += proposal.left
            if proposal.edits:
                steps.append(Step(name, proposal.edits))
                labels += proposal.labels
                text = apply(text, proposal.edits)
        if len(steps) == before:
            break
    return Repaired(text, tuple(steps), tuple(labels), left)


def repair_line(line: str, text: str) -> str:
    """A line that stands outside of a page's raw `text`, cleaned of what damages single characters.

    >>> repair_line("下降14.32%,成效明显", "")
    '下降14.32%，成效明显'
    """
    for name, fixer in FIXERS:
        if name not in LINE_FIXERS:
            continue
        if name not in WITNESSED:
            line = apply(line, fixer(line).edits)
        elif WITNESSED[name](line):
            edits = fixer(f"{line}\n{text}").edits
            line = apply(line, [edit for edit in edits if edit.end <= len(line)])
    return line
