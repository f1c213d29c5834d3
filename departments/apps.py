from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DepartmentsConfig(AppConfig):
    name = "departments"
    verbose_name = _("单位与人员")

    def ready(self) -> None:
        from axes.signals import user_locked_out  # needs the apps to be loaded

        from departments.services import record_lockout  # same

        user_locked_out.connect(record_lockout, dispatch_uid="record_lockout")
