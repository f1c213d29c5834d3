"""责任分解台账: a year's clauses with who answers for them and what was done, as a workbook and on paper.

Its first sheet is a responsibility table that an import reads back as the same plan; its second is the sheet of
progress as the administration exchanges it.
"""
