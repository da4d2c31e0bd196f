"""The forms of characters (种, 種, 穜): which a script uses, and what one costs on a page that has it not."""

from __future__ import annotations

import functools
from importlib import resources

from indexer.lexicon.ngrams import model
from indexer.text.repair.glosses import frequency
from indexer.text.script import fold, to_simplified

# All characters that the model does not know share one letter and its probability.
UNKNOWN_LETTER = 1
# A character beyond the three thousand common ones (log frequency), where the page has it nowhere.
UNCOMMON = -11.0
UNUSUAL = 3.0
# Costs in natural logarithms: a form that the page's script has not.
WRONG_SCRIPT = 9.0
INVENTED = 15.0
RARE_FORM = 4.0
KEPT_FORM = 1.0
# A form beside another of the same character that the page uses: 种 where it has 種.
OTHER_FORM = 4.0


@functools.lru_cache(maxsize=65536)
def letter_of(char: str) -> int:
    """The character as a letter of the language model."""
    return model().ids(fold(char))[0]


def alone(char: str, traditional: bool) -> float:
    """Cost of a character on a page that shows no form of it."""
    return _rarity(char) + usual_cost(char, traditional)


def beside(char: str, traditional: bool) -> float:
    """Cost of a character on a page that shows another form of it."""
    return _rarity(char) + max(OTHER_FORM, usual_cost(char, traditional))


def _rarity(char: str) -> float:
    return UNUSUAL if "\u3400" <= char <= "\u9fff" and frequency(char) < UNCOMMON else 0.0


@functools.lru_cache(maxsize=65536)
def others(char: str) -> tuple[str, ...]:
    """The other forms of a character."""
    plain = to_simplified(char)
    return tuple({plain, *_forms().get(plain, ())} - {char})


def is_invented(char: str) -> bool:
    """Full-width digits and Latin letters are never put where the page has none."""
    return "０" <= char <= "９" or "Ａ" <= char <= "ｚ"


@functools.lru_cache(maxsize=65536)
def usual_cost(char: str, traditional: bool) -> float:
    """How little this form fits the script, on a page that does not have the character."""
    if is_invented(char):
        return INVENTED
    if not "\u3400" <= char <= "\u9fff":
        return 0.0
    plain = to_simplified(char)
    if plain != char:
        if not traditional:
            return WRONG_SCRIPT
        forms = _forms().get(plain, ())
        return RARE_FORM if char not in forms else 0.0 if forms[0] == char else 2 * KEPT_FORM
    forms = _forms().get(char, (char,))
    if traditional and char not in forms:
        return WRONG_SCRIPT
    return 0.0 if forms[0] == char or not traditional else KEPT_FORM


@functools.cache
def _forms() -> dict[str, tuple[str, ...]]:
    """Simplified character -> its Traditional forms, the usual one first."""
    usual = _dictionary("TWVariants.txt")  # 峯 is 峰 nearly everywhere
    return {
        key: (*forms, *(form for old in forms for form in usual.get(old, ())))
        for key, forms in _dictionary("STCharacters.txt").items()
    }


def _dictionary(name: str) -> dict[str, tuple[str, ...]]:
    text = (resources.files("opencc") / "dictionary" / name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return {key: tuple(value.split()) for key, value in rows}
