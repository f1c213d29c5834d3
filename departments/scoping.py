"""Default deny: the base of every queryset from which a page, an export, a task or the API may start."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from departments.access import Access, access_of


def nothing() -> Q:
    """A condition that no row meets."""
    return Q(pk__in=())


def below(conference_ids: frozenset[int], to_conference: str = "conference") -> Q:
    """Rows of the given conferences and of the ones directly below them."""
    return Q(**{f"{to_conference}__in": conference_ids}) | Q(**{f"{to_conference}__upper__in": conference_ids})


class ScopedQuerySet(models.QuerySet):
    """A queryset that shows nothing to anybody until its model says who may see what (``scope``)."""

    def visible_to(self, user: object) -> Self:
        """The rows that ``user`` may see; none at all for strangers."""
        access = access_of(user)
        if access.is_stranger:
            return self.none()
        return self.filter(self.scope(access))

    @classmethod
    def scope(cls, access: Access) -> Q:
        """The condition that limits this model's rows to what ``access`` allows; nothing unless overridden."""
        return nothing()
