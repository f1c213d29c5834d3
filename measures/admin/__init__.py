"""The administration of plans: versions, clauses and who answers for them, imports and their questions."""

from measures.admin import clauses, imports, versions

__all__ = ["clauses", "imports", "versions"]
