"""Closed sets of words of the year that more than one module needs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.enums import ObligationKind

# What becomes a duty: the rest of a plan's obligations has no unit of ours to owe it, or no date.
DUTY_KINDS = (
    ObligationKind.ANNUAL_REPORT,
    ObligationKind.MEETING,
    ObligationKind.STAGE_ASSESSMENT,
    ObligationKind.FINAL_ASSESSMENT,
    ObligationKind.IMPLEMENTATION_PLAN,
    ObligationKind.OTHER,
)


class EntryState(models.TextChoices):
    """Where an entry (Progress or Duty) stands between its unit and the office that reviews it."""

    OPEN = "open", _("未启动")
    DRAFT = "draft", _("填报中")
    SUBMITTED = "submitted", _("已报待审")
    RETURNED = "returned", _("已退回")
    ACCEPTED = "accepted", _("审核通过")
    # A new version of the plan no longer asks for it; what was written stays (reporting.services.adoption).
    CLOSED = "closed", _("已终止")

    @classmethod
    def editable(cls) -> "tuple[EntryState, ...]":
        """States in which the unit still writes."""
        return (cls.OPEN, cls.DRAFT, cls.RETURNED)

    @classmethod
    def outstanding(cls) -> "tuple[EntryState, ...]":
        """States in which the unit still owes: a returned entry is owed again, by the same deadline."""
        return (cls.OPEN, cls.DRAFT, cls.RETURNED)

    @classmethod
    def shared(cls) -> "tuple[EntryState, ...]":
        """States in which others than the unit itself may read the text."""
        return (cls.SUBMITTED, cls.ACCEPTED)


class ImplementationStatus(models.TextChoices):
    """How the work itself stands, in the words of responsibility ledgers."""

    NOT_STARTED = "not_started", _("未开展")
    IN_PROGRESS = "in_progress", _("推进中")
    DONE = "done", _("本年度已完成")
    CONTINUING = "continuing", _("长期坚持")
    DIFFICULT = "difficult", _("推进有困难")


class YearState(models.TextChoices):
    OPEN = "open", _("进行中")
    CLOSED = "closed", _("已关闭")
