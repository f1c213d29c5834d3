"""Comparing two texts of plans clause by clause: what stayed, what changed, where everything went.

Pure functions, no database: ``compare(sides_of(before), sides_of(after))``.
"""

from .changes import compare
from .marking import marks
from .results import Change, ChangeKind, Comparison, Correction, Side, Sides, Unit, words_of
from .sides import due_words, sides_of, title_side, unit_key

__all__ = [
    "Change",
    "ChangeKind",
    "Comparison",
    "Correction",
    "Side",
    "Sides",
    "Unit",
    "compare",
    "due_words",
    "marks",
    "sides_of",
    "title_side",
    "unit_key",
    "words_of",
]
