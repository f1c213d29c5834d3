from typing import Any

import pytest

from departments.models import User

PASSWORD = "灯火-阑珊-2026"


@pytest.fixture
def person(db: None) -> User:
    """Somebody who may log in and has no posting."""
    return User.objects.create_user("person", PASSWORD, name="某某", must_change_password=False)


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("administrator", PASSWORD, name="管理员")


@pytest.fixture
def unforgiving_client(client: Any) -> Any:
    """A client that shows the error page instead of raising the error."""
    client.raise_request_exception = False
    return client
