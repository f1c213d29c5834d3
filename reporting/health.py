"""What /readyz asks of this app."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from reporting.models import Heartbeat, Mail
from reporting.models.notices import MailState
from reporting.services.clockwork import JOBS, REMINDERS, SEALS

_LATE = timedelta(minutes=30)


def clockwork_is_running() -> str | None:
    """A problem for people to read, or None. The pages work without reminders, so this only degrades."""
    now = timezone.now()
    last = Heartbeat.objects.filter(name=REMINDERS).values_list("at", flat=True).first()
    if last is None:
        return _("提醒任务尚未运行过")
    if now - last > _LATE:
        return _("提醒任务已停止超过30分钟")
    # Sealing that stands still makes honest events look as if they had been slipped in (departments.sealing).
    beats = dict(Heartbeat.objects.filter(name__in=(SEALS, JOBS)).values_list("name", "at"))
    for name, problem in ((SEALS, _("办理记录的封存已停止超过30分钟")), (JOBS, _("文件生成已停止超过30分钟"))):
        if name in beats and now - beats[name] > _LATE:
            return problem
    oldest = (
        Mail.objects.filter(state=MailState.PENDING, attempts=0)
        .order_by("pk")
        .values_list("notice__created_at", flat=True)
        .first()
    )
    if oldest is not None and now - oldest > _LATE:
        return _("有邮件等待超过30分钟未发出")
    return None
