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
    """Where an entry (Progress or Duty) stands between its unit and the office that reviews it.

    A year that is closed locks its rows whatever their state (reporting.services.closing): what they were stays.
    """

    OPEN = "open", _("未启动")
    DRAFT = "draft", _("填报中")
    # Where the unit wants it: the head reads and signs, which hands it in, or sends it back to the liaison.
    TO_SIGN = "to_sign", _("待签批")
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
        return (cls.OPEN, cls.DRAFT, cls.TO_SIGN, cls.RETURNED)

    @classmethod
    def shared(cls) -> "tuple[EntryState, ...]":
        """States in which others than the unit itself may read the text."""
        return (cls.SUBMITTED, cls.ACCEPTED)


class Standing(models.TextChoices):
    """How a progress counts: its state, or that its cooperating unit knows of it and need not report on it.

    ``ProgressQuerySet.with_standing`` says which; whether cooperating units must report is a rule of the plan.
    """

    OPEN = EntryState.OPEN.value, EntryState.OPEN.label
    KNOWN = "known", _("已知悉")
    DRAFT = EntryState.DRAFT.value, EntryState.DRAFT.label
    TO_SIGN = EntryState.TO_SIGN.value, EntryState.TO_SIGN.label
    RETURNED = EntryState.RETURNED.value, EntryState.RETURNED.label
    SUBMITTED = EntryState.SUBMITTED.value, EntryState.SUBMITTED.label
    ACCEPTED = EntryState.ACCEPTED.value, EntryState.ACCEPTED.label
    CLOSED = EntryState.CLOSED.value, EntryState.CLOSED.label


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


class SignatureRule(models.TextChoices):
    """What a unit's head signs before it leaves the unit."""

    NOTHING = "nothing", _("不须签批")
    REPORTS = "reports", _("年度报告等应报事项须签批")
    EVERYTHING = "everything", _("应报事项和进展都须签批")


class InputState(models.TextChoices):
    """A lead unit's request for material from a cooperating unit."""

    ASKED = "asked", _("待提供")
    GIVEN = "given", _("已提供")
    CANCELLED = "cancelled", _("已取消")


class Reporters(models.TextChoices):
    """Who reports an indicator."""

    MEMBERS = "members", _("各成员单位")
    NAMED = "named", _("指定单位")
    CLAUSE_LEADS = "clause_leads", _("条款负责单位")
    CLAUSE_PARTIES = "clause_parties", _("条款负责和配合单位")


class ExtensionState(models.TextChoices):
    ASKED = "asked", _("待批")
    GRANTED = "granted", _("已批准")
    REFUSED = "refused", _("不同意")
    WITHDRAWN = "withdrawn", _("已撤回")


class JobKind(models.TextChoices):
    """Files that a worker makes."""

    REPORT = "report", _("综合报告")
    LEDGER = "ledger", _("责任分解台账")
    ARCHIVE = "archive", _("年度档案")


class JobState(models.TextChoices):
    WAITING = "waiting", _("排队中")
    RUNNING = "running", _("生成中")
    DONE = "done", _("已生成")
    FAILED = "failed", _("未完成")
    CANCELLED = "cancelled", _("已取消")

    @classmethod
    def unfinished(cls) -> "tuple[JobState, ...]":
        return (cls.WAITING, cls.RUNNING)


class MeetingKind(models.TextChoices):
    SPECIAL = "special", _("专题会议")
    PLENARY = "plenary", _("全体会议")
    LIAISONS = "liaisons", _("联络员会议")


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("已安排")
    FILED = "filed", _("纪要已归档")
    CANCELLED = "cancelled", _("已取消")


class AttendanceKind(models.TextChoices):
    UNKNOWN = "unknown", _("未登记")
    PRESENT = "present", _("出席")
    SUBSTITUTE = "substitute", _("委托出席")
    EXCUSED = "excused", _("请假")
    ABSENT = "absent", _("缺席")


class AssessmentKind(models.TextChoices):
    STAGE = "stage", _("阶段性评估")
    FINAL = "final", _("终期评估")


class AssessmentState(models.TextChoices):
    DRAFT = "draft", _("评估中")
    PUBLISHED = "published", _("已公布")


class CriterionKind(models.TextChoices):
    """What a criterion looks at: the first four are counted, the last one a person marks with grounds."""

    TIMELINESS = "timeliness", _("及时性")
    COMPLETENESS = "completeness", _("完整性")
    RETURNS = "returns", _("退回次数")
    EXTENSIONS = "extensions", _("延期次数")
    MARKS = "marks", _("反拐办评议")


class Finding(models.TextChoices):
    """What an assessment comes to for one unit or district."""

    NONE = "none", _("不作表彰或批评")
    COMMEND = "commend", _("拟表彰")
    CRITICISE = "criticise", _("拟通报批评")


class CircularKind(models.TextChoices):
    COMMEND = "commend", _("表彰")
    CRITICISE = "criticise", _("通报批评")


class CircularState(models.TextChoices):
    DRAFT = "draft", _("拟稿")
    ISSUED = "issued", _("已印发")


class SupervisionKind(models.TextChoices):
    LISTED = "listed", _("挂牌督办")
    WARNING = "warning", _("警示")


class SupervisionState(models.TextChoices):
    OPEN = "open", _("督办中")
    LIFTED = "lifted", _("已解除")
