"""Reading published plans: from a file's bytes to clauses, responsibilities, obligations and questions.

Pure functions, no database: ``read_plan(load(path))`` or ``read_plan(decode(data))``.
"""

from measures.unreadable import UnreadablePlan

from .reader import read_plan
from .results import Clause, Obligation, Party, Period, PlanText, Question, Recurrence
from .source import MAX_BYTES, decode, load

__all__ = [
    "MAX_BYTES",
    "Clause",
    "Obligation",
    "Party",
    "Period",
    "PlanText",
    "Question",
    "Recurrence",
    "UnreadablePlan",
    "decode",
    "load",
    "read_plan",
]
