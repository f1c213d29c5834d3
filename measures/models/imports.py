"""计划导入: a file on its way to becoming a version, staged where nobody but administrators sees it."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import Conference
from measures.enums import ClauseKind, ImportStage, ImportState
from measures.models.clauses import Clause, Frozen, FrozenQuerySet
from measures.models.plans import Plan, PlanVersion, StagingQuerySet


class PlanImportQuerySet(StagingQuerySet):
    def unfinished(self) -> Self:
        return self.filter(state__in=ImportState.unfinished())

    def without_text(self) -> Self:
        """Rows for lists: the text and the results of reading are long."""
        return self.defer("source_text", "faults", "obligations", "layouts", "members")


def _random_name(row: PlanImport, name: str) -> str:
    """A name that says nothing: what people call their files is kept in the row."""
    return f"imports/{uuid.uuid4().hex}"


class PlanImport(models.Model):
    """One file that was handed in, what reading it found, and what people answered.

    The row is the truth and the queue only a nudge: a worker claims a row that is READING and moves ``seen_at`` on
    while it works; a row whose worker died is claimed again. ``state`` is changed by UPDATEs that name the state
    they expect, and nothing else of the plan exists until it is published.
    """

    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="plan_imports"
    )
    # The plan that this is to be a new version of; empty: of the plan with its number or title, or a new one.
    plan = models.ForeignKey(
        Plan, verbose_name=_("归入计划"), null=True, blank=True, on_delete=models.PROTECT, related_name="imports"
    )
    file = models.FileField(_("文件"), upload_to=_random_name, storage=default_storage, max_length=100)
    file_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(_("文件摘要"), max_length=64)
    size = models.PositiveIntegerField(_("大小"))
    kind = models.CharField(_("文件类型"), max_length=10, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=ImportState.choices, default=ImportState.READING, editable=False
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("导入人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("导入时间"), default=timezone.now, editable=False)
    # How far the worker is, for the page that waits; ``seen_at`` is its last sign of life.
    stage = models.CharField(_("步骤"), max_length=10, choices=ImportStage.choices, blank=True)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    total = models.PositiveIntegerField(_("共"), default=0)
    seen_at = models.DateTimeField(_("最近动静"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    # Why it failed, in words; and every faulty cell as {sheet, cell, value, message}.
    problem = models.TextField(_("未通过的原因"), blank=True)
    faults = models.JSONField(_("错误"), default=list, blank=True)
    notes = models.JSONField(_("提示"), default=list, blank=True)
    layouts = models.JSONField(_("栏目对应"), default=list, blank=True)
    # What the document says of itself; a person may set it right before publishing.
    title = models.CharField(_("题名"), max_length=200, blank=True)
    document_number = models.CharField(_("文号"), max_length=60, blank=True)
    issued_by = models.CharField(_("发文机关"), max_length=100, blank=True)
    issued_on = models.DateField(_("成文日期"), null=True, blank=True)
    starts_year = models.PositiveSmallIntegerField(_("起始年"), null=True, blank=True)
    ends_year = models.PositiveSmallIntegerField(_("终止年"), null=True, blank=True)
    members = models.JSONField(_("文中成员名单"), default=list, blank=True)
    obligations = models.JSONField(_("时限义务"), default=list, blank=True)
    source_text = models.TextField(_("原文"), blank=True)
    # What it is compared with, and what becomes of each clause then: the counts of a comparison.
    based_on = models.ForeignKey(
        PlanVersion, verbose_name=_("对照版本"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    changes = models.JSONField(_("变化"), default=dict, blank=True)
    version = models.OneToOneField(
        PlanVersion,
        verbose_name=_("发布为"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="plan_import",
    )
    lock_version = models.PositiveIntegerField(default=0, editable=False)

    objects = PlanImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("计划导入")
        verbose_name_plural = _("计划导入")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ImportState.PUBLISHED) | Q(version__isnull=False),
                name="import_published_has_version",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "seen_at"], name="import_state_seen"),
            models.Index(fields=["conference", "sha256"], name="import_conference_file"),
        ]

    def __str__(self) -> str:
        return self.title or self.file_name

    @property
    def is_open(self) -> bool:
        """Whether people may still answer, correct, publish or withdraw it."""
        return self.state in (ImportState.QUESTIONS, ImportState.READY)

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0


class StagedClause(models.Model):
    """A clause as it was read; what people answered about it is in its import's questions."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    plan_import = models.ForeignKey(
        PlanImport, verbose_name=_("计划导入"), on_delete=models.PROTECT, related_name="clauses"
    )
    position = models.PositiveIntegerField(_("文中次序"))
    path = models.CharField(_("编号"), max_length=200)
    label = models.CharField(_("印刷编号"), max_length=40, blank=True)
    kind = models.CharField(_("类别"), max_length=12, choices=ClauseKind.choices)
    heading = models.TextField(_("标题"), blank=True)
    text = models.TextField(_("正文"), blank=True)
    start = models.PositiveIntegerField(_("起始字符"))
    end = models.PositiveIntegerField(_("结束字符"))
    # Lists of {name, as_written, group}, in the document's order.
    lead = models.JSONField(_("负责"), default=list, blank=True)
    cooperating = models.JSONField(_("配合"), default=list, blank=True)
    due = models.CharField(_("完成时限"), max_length=200, blank=True)
    # Where it stands in a workbook: the sheet's name and the row as the sheet numbers it.
    sheet = models.CharField(_("工作表"), max_length=100, blank=True)
    row = models.PositiveIntegerField(_("行"), null=True, blank=True)

    objects = StagingQuerySet.as_manager()

    class Meta:
        verbose_name = _("待发布条款")
        verbose_name_plural = _("待发布条款")
        ordering = ["plan_import", "position"]
        constraints = [
            models.UniqueConstraint("plan_import", "path", name="staged_clause_path_once"),
            models.UniqueConstraint("plan_import", "position", name="staged_clause_position_once"),
            models.CheckConstraint(condition=Q(end__gte=models.F("start")), name="staged_clause_ends_not_before_start"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.heading or self.text[:20]}".strip()


class RememberedAnswer(models.Model):
    """What a person answered to a question, for the next file that raises the same one."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    code = models.CharField(_("类别"), max_length=40)
    key = models.CharField(_("问题"), max_length=64)
    decision = models.JSONField(_("答复"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("答复人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_at = models.DateTimeField(_("答复时间"), default=timezone.now)

    objects = StagingQuerySet.as_manager()

    class Meta:
        verbose_name = _("记住的答复")
        verbose_name_plural = _("记住的答复")
        ordering = ["conference", "code", "key"]
        constraints = [models.UniqueConstraint("conference", "code", "key", name="remembered_answer_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.key}"


class SheetLayout(models.Model):
    """Which column of a table is what, as a person chose it for all tables with the same headers."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    signature = models.CharField(_("表头特征"), max_length=64)
    # Column index (as text, JSON has no other keys) to measures.sheets.Role.
    roles = models.JSONField(_("栏目对应"))
    headers = models.JSONField(_("表头"), default=list)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("设定人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    chosen_at = models.DateTimeField(_("设定时间"), default=timezone.now)

    objects = StagingQuerySet.as_manager()

    class Meta:
        verbose_name = _("表格栏目对应")
        verbose_name_plural = _("表格栏目对应")
        ordering = ["conference", "signature"]
        constraints = [models.UniqueConstraint("conference", "signature", name="sheet_layout_once")]

    def __str__(self) -> str:
        return "、".join(map(str, self.headers))[:60] or self.signature


class LineageCorrection(models.Model):
    """A person's word on where a clause came from, between two versions or a version and an import.

    ``before_path`` empty: the clause is new; ``after_path`` empty: it was dropped.
    """

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey(PlanVersion, verbose_name=_("原版本"), on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(
        PlanVersion, verbose_name=_("新版本"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    plan_import = models.ForeignKey(
        PlanImport,
        verbose_name=_("计划导入"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrections",
    )
    before_path = models.CharField(_("原编号"), max_length=200, blank=True)
    after_path = models.CharField(_("新编号"), max_length=200, blank=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("更正人"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    corrected_at = models.DateTimeField(_("更正时间"), default=timezone.now)

    objects = StagingQuerySet.as_manager()

    class Meta:
        verbose_name = _("沿革更正")
        verbose_name_plural = _("沿革更正")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(after__isnull=False, plan_import=None) | Q(after=None, plan_import__isnull=False),
                name="correction_of_version_or_import",
            ),
            models.CheckConstraint(condition=~Q(before_path="") | ~Q(after_path=""), name="correction_names_a_clause"),
        ]

    def __str__(self) -> str:
        return f"{self.before_path or '—'} → {self.after_path or '—'}"


class Lineage(Frozen):
    """What became of a clause when its version took over from the one before (``version.follows``).

    ``before`` empty: NEW; ``after`` empty: DROPPED. A split is one row for each part, a merger one for each source.
    """

    before = models.ForeignKey(
        Clause, verbose_name=_("原条款"), null=True, blank=True, on_delete=models.PROTECT, related_name="continued_by"
    )
    after = models.ForeignKey(
        Clause, verbose_name=_("新条款"), null=True, blank=True, on_delete=models.PROTECT, related_name="continues"
    )
    kind = models.CharField(_("变化"), max_length=10)
    is_manual = models.BooleanField(_("人工更正"), default=False)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("条款沿革")
        verbose_name_plural = _("条款沿革")
        ordering = ["version", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(before__isnull=False) | Q(after__isnull=False), name="lineage_has_an_end"
            ),
            models.UniqueConstraint("before", "after", name="lineage_once"),
        ]

    def __str__(self) -> str:
        return f"{self.before.path if self.before else '—'} → {self.after.path if self.after else '—'}"


def as_parties(parties: Any) -> list[dict[str, Any]]:
    """Parties of the reader as a staged clause keeps them."""
    return [{"name": party.name, "as_written": party.as_written, "group": party.group} for party in parties]
