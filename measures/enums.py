"""Closed sets of words of the plan that more than one module needs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VersionState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")


class ImportState(models.TextChoices):
    """Where a file stands on its way to becoming a version."""

    READING = "reading", _("读取中")
    QUESTIONS = "questions", _("待答复")
    READY = "ready", _("可发布")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")
    FAILED = "failed", _("未通过")

    @classmethod
    def unfinished(cls) -> "tuple[ImportState, ...]":
        return (cls.READING, cls.QUESTIONS, cls.READY)


class ImportStage(models.TextChoices):
    """What a worker is doing with an import."""

    WAITING = "waiting", _("等待读取")
    FILE = "file", _("读取文件")
    CLAUSES = "clauses", _("识别条款和责任")
    STAGING = "staging", _("写入待发布条款")


class AnswerKind(models.TextChoices):
    """What an answer to a question consists of."""

    CONFIRM = "confirm", _("核对")
    UNIT = "unit", _("对应单位")
    PARTIES = "parties", _("填写责任单位")
    DEADLINE = "deadline", _("填写时限")
    HEADING = "heading", _("填写计划信息")
    OBLIGATIONS = "duties", _("沿用时限义务")


class ClauseKind(models.TextChoices):
    """What part a clause plays in its document; the reader (measures.reading) gives the same words."""

    FRONT = "front", _("题首")
    PREAMBLE = "preamble", _("序言")
    CHAPTER = "chapter", _("章")
    SECTION = "section", _("节")
    ARTICLE = "article", _("条")
    ITEM = "item", _("项")
    PARAGRAPH = "paragraph", _("续段")
    DASH = "dash", _("破折号项")
    GOAL = "goal", _("工作目标")
    BACK = "back", _("落款")
    ANNEX = "annex", _("附件")


class ResponsibilityRole(models.TextChoices):
    LEAD = "lead", _("负责")
    COOPERATING = "cooperating", _("配合")


class ObligationKind(models.TextChoices):
    ANNUAL_REPORT = "annual_report", _("年度报告")
    MEETING = "meeting", _("专题会议")
    STAGE_ASSESSMENT = "stage_assessment", _("阶段性评估")
    FINAL_ASSESSMENT = "final_assessment", _("终期评估")
    SUPERVISION = "supervision", _("挂牌督办和警示")
    IMPLEMENTATION_PLAN = "implementation_plan", _("实施方案")
    BUDGET = "budget", _("经费预算")
    OTHER = "other", _("其他")


class Obliged(models.TextChoices):
    """Who owes it, as the registry understands the document's words."""

    MEMBERS = "members", _("本级各成员单位")
    MEMBERS_EVERY_LEVEL = "members_every_level", _("各级成员单位")
    CONFERENCE = "conference", _("本级联席会议")
    CLAUSE_LEADS = "clause_leads", _("本条款负责单位")
    LOWER_CONFERENCES = "lower_conferences", _("下级联席会议")
    LOWER_GOVERNMENTS = "lower_governments", _("下级人民政府")
    UNKNOWN = "unknown", _("待确认")


class RecurrenceType(models.TextChoices):
    ANNUAL = "annual", _("每年")
    HALF_YEARLY = "half_yearly", _("每半年")
    QUARTERLY = "quarterly", _("每季度")
    MONTHLY = "monthly", _("每月")
    AT_LEAST = "at_least", _("每年至少")
    ONCE = "once", _("一次")
    EVENT = "event", _("事件触发")
    CONTINUING = "continuing", _("长期")
