from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = _("年度工作")

    def ready(self) -> None:
        # Models can be imported only now. What this application keeps of a person, beside the account itself.
        from departments import account_data, erasing
        from reporting.services.personal import forget_addresses, notices_of

        account_data.TELLING["notices"] = notices_of
        erasing.FORGETTING["addresses"] = forget_addresses
