"""Responsibility tables (责任分解表): from the sheets of a file to a plan, and what of them cannot be taken.

Pure functions, no database: ``read_table(source.sheets)``.
"""

from .reader import find_layouts, looks_like_table, read_due, read_table
from .results import Column, Fault, Layout, Place, Role, TableText

__all__ = [
    "Column",
    "Fault",
    "Layout",
    "Place",
    "Role",
    "TableText",
    "find_layouts",
    "looks_like_table",
    "read_due",
    "read_table",
]
