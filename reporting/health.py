"""What /readyz asks of this app."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from reporting.models import Heartbeat, Mail
from reporting.models.notices import MailState
from reporting.services.clockwork import REMINDERS

_LATE = timedelta(minutes=30)


def reminders_are_running() -> str | None:
    """A problem for people to read, or None. The pages work without reminders, so this only degrades."""
    now = timezone.now()
    last = Heartbeat.objects.filter(name=REMINDERS).values_list("at", flat=True).first()
    if last is None:
        return _("提醒任务尚未运行过")
    if now - last > _LATE:
        return _("提醒任务已停止超过30分钟")
    oldest = (
        Mail.objects.filter(state=MailState.PENDING, attempts=0)
        .order_by("pk")
        .values_list("notice__created_at", flat=True)
        .first()
    )
    if oldest is not None and now - oldest > _LATE:
        return _("有邮件等待超过30分钟未发出")
    return None
