"""The project itself as an application: its checks, its admin site, and what holds for every connection."""

import sqlite3
from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.signals import user_logged_in
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


class ProjectConfig(AppConfig):
    name = "antitrafficking"
    verbose_name = "反拐工作台账"

    def ready(self) -> None:
        from antitrafficking import checks  # noqa: F401 - registers the checks; needs the apps to be loaded
        from antitrafficking.sessions import begin_session  # same

        connection_created.connect(allow_long_statements, dispatch_uid="allow_long_statements")
        user_logged_in.connect(begin_session, dispatch_uid="begin_session")


class TrackerAdminConfig(AdminConfig):
    default_site = "antitrafficking.admin.TrackerAdminSite"


def allow_long_statements(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Let SQLite take as many parameters in one statement as it was built for (250,000 on Debian).

    Django assumes the 999 of 2010 and would split one bulk insert of a year's duties into hundreds.
    """
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = limit
