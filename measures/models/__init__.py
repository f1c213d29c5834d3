"""The plan: documents and their versions, clauses, responsibilities, obligations, lineage, imports and questions."""

from measures.models.clauses import Clause, Responsibility
from measures.models.imports import (
    Lineage,
    LineageCorrection,
    PlanImport,
    RememberedAnswer,
    SheetLayout,
    StagedClause,
)
from measures.models.obligations import Obligation
from measures.models.plans import Plan, PlanVersion, Question

__all__ = [
    "Clause",
    "Lineage",
    "LineageCorrection",
    "Obligation",
    "Plan",
    "PlanImport",
    "PlanVersion",
    "Question",
    "RememberedAnswer",
    "Responsibility",
    "SheetLayout",
    "StagedClause",
]
