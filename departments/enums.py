"""Closed sets of words that more than one module needs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JurisdictionKind(models.TextChoices):
    CITY = "city", _("直辖市")
    DISTRICT = "district", _("区")
    COUNTY = "county", _("县")
    AUTONOMOUS_COUNTY = "autonomous_county", _("自治县")
    NEW_AREA = "new_area", _("新区")
    CORPS = "corps", _("兵团")
    DIVISION = "division", _("师市")


class NameKind(models.TextChoices):
    FULL = "full", _("全称")
    SHORT = "short", _("规范简称")
    ALIAS = "alias", _("别名")
    VARIANT = "variant", _("异写")
    FORMER = "former", _("曾用名")


class SuccessionKind(models.TextChoices):
    RENAME = "rename", _("更名")
    MERGE = "merge", _("合并")
    SPLIT = "split", _("拆分")
    TRANSFER = "transfer", _("划转")
    PLATE = "plate", _("挂牌")
    ABOLISH = "abolish", _("撤销")
    CREATE = "create", _("新设")


class Role(models.TextChoices):
    LIAISON = "liaison", _("联络员")
    DEPUTY = "deputy", _("副联络员")
    HEAD = "head", _("单位负责人")
    OFFICE_STAFF = "office_staff", _("反拐办工作人员")
    OFFICE_HEAD = "office_head", _("反拐办负责人")
    ADMINISTRATOR = "administrator", _("系统管理员")
    AUDITOR = "auditor", _("审计员")

    @classmethod
    def of_departments(cls) -> "tuple[Role, ...]":
        """Roles held in a department; the others are held in the conference itself."""
        return (cls.LIAISON, cls.DEPUTY, cls.HEAD)
