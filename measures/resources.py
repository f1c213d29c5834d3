"""The sheet of responsibilities: who leads and who cooperates, clause by clause. It is written and never read."""

from __future__ import annotations

from departments.resources.base import SheetResource
from departments.resources.columns import Column, Word
from measures.enums import ResponsibilityRole
from measures.models import Responsibility


class ResponsibilityResource(SheetResource):
    model = Responsibility

    plan = Column("version__plan__title", "计划")
    version = Column("version__number", "版本")
    path = Column("clause__path", "条款")
    role = Column("role", "职责", Word(ResponsibilityRole))
    # The unit as the registry has it; 「各成员单位」 are a group, and a name that nobody has confirmed yet is neither.
    department = Column("department__name", "单位")
    group = Column("group", "集合")
    as_written = Column("as_written", "原文写法")
