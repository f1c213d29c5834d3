"""Writing workbooks: the template, a plan, a comparison, a list. Plain values in, the bytes of an xlsx out.

Every cell of words is text, whatever it begins with: a spreadsheet program evaluates none of it.
"""

from .book import Book, NotWritable
from .comparison import write_comparison
from .copy import write_copy
from .plan import add_plan_sheets, clause_row, write_plan, write_template
from .rows import write_rows

__all__ = [
    "Book",
    "NotWritable",
    "add_plan_sheets",
    "clause_row",
    "write_comparison",
    "write_copy",
    "write_plan",
    "write_rows",
    "write_template",
]
