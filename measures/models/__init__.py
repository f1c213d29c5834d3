"""The plan: documents and their versions, clauses, responsibilities, obligations, questions."""

from measures.models.clauses import Clause, Responsibility
from measures.models.obligations import Obligation
from measures.models.plans import Plan, PlanVersion, Question

__all__ = ["Clause", "Obligation", "Plan", "PlanVersion", "Question", "Responsibility"]
