"""What every page of the administration shares: whose rows it shows, who may change them, the trail of changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, models
from django.db.models import PROTECT, ProtectedError, Q, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.access import Access, access_of
from departments.admin.changes import added, changed, changes_of, deleted
from departments.models import Conference, Event, User
from departments.models.events import Action
from departments.scoping import below
from departments.sensitive import may_hold_numbers_of_people, refuse_sensitive
from departments.services import record

EVENTS_PER_PAGE = 100


def overseen(access: Access, to_conference: str = "conference") -> Q:
    """Rows that an administrator or an auditor may look at: own conferences and the ones directly below.

    ``visible_to`` alone would also show what the same person sees as a liaison somewhere else.
    """
    if access.administers_all:
        return Q()
    return below(access.administrator_of | access.auditor_of, to_conference)


def administered(access: Access, to_conference: str = "conference") -> Q:
    """Rows that an administrator may change: own conferences and the ones directly below."""
    if access.administers_all:
        return Q()
    return below(access.administrator_of, to_conference)


def administers(access: Access, conference: Conference | None) -> bool:
    """Whether ``administered`` holds for a row of ``conference``; rows of no conference are the superuser's."""
    return access.administers_all if conference is None else access.administers(conference)


class ScopedForm(forms.ModelForm):
    def _post_clean(self) -> None:
        """Check every constraint of a row that exists, also those over columns that the form only shows.

        Django leaves out a constraint when one of its columns is not a field of the form; the database would then
        refuse, and what was typed would be lost.
        """
        super()._post_clean()  # type: ignore[misc]
        if self.instance.pk is not None and not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self._update_errors(error)  # type: ignore[attr-defined]


class PreparedChangeList(ChangeList):
    """A list whose admin adds to the rows of one page what would otherwise cost a query a row."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        self.model_admin.prepare(request, rows)  # type: ignore[attr-defined]
        self.result_list = rows  # type: ignore[assignment]


class RelatedFilter(admin.RelatedFieldListFilter):
    """A filter that offers only rows that the person may see; Django's would list those of the whole country."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        related = scoped_admin(model_admin, field.remote_field.model)
        return [(row.pk, str(row)) for row in related.get_queryset(request)] if related else []


def scoped_admin(of: BaseModelAdmin, model: type[models.Model]) -> ScopedModelAdmin | None:
    """The page of ``model`` on the same site, if it has one that knows who may see what."""
    try:
        found = of.admin_site.get_model_admin(model)
    except NotRegistered:
        return None
    return found if isinstance(found, ScopedModelAdmin) else None


class ScopedChoices(BaseModelAdmin):
    """Foreign keys offer, and accept, only rows that the person administers; texts are refused with numbers of people."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if "queryset" not in kwargs:
            related = scoped_admin(self, db_field.remote_field.model)
            kwargs["queryset"] = (
                related.choices(request) if related else db_field.remote_field.model._default_manager.none()
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        # A unit or a person is added on its own page, with all that belongs to it, not in passing.
        for link in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if field is not None and hasattr(field.widget, link):
                setattr(field.widget, link, False)
        # What a page of the administration takes stands in the trail for good, as what anybody else writes.
        if isinstance(field, forms.CharField) and may_hold_numbers_of_people(db_field):
            field.validators = [*field.validators, refuse_sensitive]
        return field


class ScopedModelAdmin(ScopedChoices, admin.ModelAdmin):
    """A page that starts from ``visible_to``, changes only what its reader administers, and writes to the trail."""

    form = ScopedForm
    list_per_page = 50
    list_max_show_all = 200
    # The count without filters is one query more on every page and tells nobody anything.
    show_full_result_count = False
    # Counts beside each choice of a filter would be a query a filter.
    show_facets = admin.ShowFacets.NEVER
    # From a row to its conference.
    to_conference = "conference"
    # Relations whose rows are part of this one and are deleted with it; anything else that refers to it protects it.
    owned: Sequence[str] = ()

    class Media:
        css = {"all": ("css/admin_lists.css",)}

    # --- Whose rows ---------------------------------------------------------------------------------------------

    def overseen(self, access: Access) -> Q:
        return overseen(access, self.to_conference)

    def administered(self, access: Access) -> Q:
        return administered(access, self.to_conference)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = self.model._default_manager.visible_to(request.user)  # type: ignore[attr-defined]
        rows = rows.filter(self.overseen(access_of(request.user)))
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def choices(self, request: HttpRequest) -> Any:
        """What a foreign key to this model may be set to."""
        rows = self.model._default_manager.visible_to(request.user)  # type: ignore[attr-defined]
        return rows.filter(self.administered(access_of(request.user)))

    def conference_of(self, row: Any) -> Conference | None:
        conference: Conference | None = getattr(row, "conference", None)
        return conference

    def department_of(self, row: Any) -> int | None:
        """The unit whose members see the event. A unit's own events name none, or it could never be deleted."""
        return None

    def administers(self, request: HttpRequest, row: Any) -> bool:
        return administers(access_of(request.user), self.conference_of(row))

    # --- Who may ------------------------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or self.administers(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or self.administers(request, obj))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:  # type: ignore[override]
        """Refuse columns that are no filter of this list.

        Django lets the address ask for any column of the list's own table, shown or not: a password's hash or the
        text of a draft could be guessed letter by letter.
        """
        column = lookup.partition("__")[0]
        offered = {self.date_hierarchy, "pk", self.opts.pk.name}
        for item in self.get_list_filter(request) if request else self.list_filter:
            name = item[0] if isinstance(item, (list, tuple)) else getattr(item, "parameter_name", item)
            offered.add(str(name).partition("__")[0])
        if column not in offered and column in {field.name for field in self.opts.get_fields()}:
            return False
        return super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    # --- Lists --------------------------------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PreparedChangeList

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        """Add to the rows of one page what its columns show, in a number of queries that does not grow."""

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        # Deleting is looked at row by row.
        actions.pop("delete_selected", None)
        return actions

    # --- Changing -----------------------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Django's, and a message instead of an error page for what only the database or the model noticed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            messages.error(request, _("没有保存：与已有的记录冲突，或在此期间他人已作修改。请核对后重新填写。"))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(request.get_full_path())

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Rows within a row belong to its conference, where the form does not ask for one."""
        conference_id = getattr(form.instance, "conference_id", None)
        columns = {field.name for field in formset.model._meta.fields}
        if conference_id and "conference" in columns and "conference" not in formset.form.base_fields:
            for row in formset.forms:
                row.instance.conference_id = conference_id
        formset.save()

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        # Django would send people to the index with a message; what is not theirs does not exist.
        raise Http404

    # --- Deleting -----------------------------------------------------------------------------------------------

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say what goes and what stands in the way by numbers: Django's list would name each row, whoever's."""
        rows: list[str] = []
        counts: dict[str, int] = {}
        protected: list[str] = []
        for obj in objs:
            rows.append(f"{self.opts.verbose_name} {obj}")
            counts[str(self.opts.verbose_name)] = counts.get(str(self.opts.verbose_name), 0) + 1
            for name, number, is_owned in self._referring(obj):
                if is_owned:
                    counts[name] = counts.get(name, 0) + number
                else:
                    protected.append(_("%(name)s %(number)d 条") % {"name": name, "number": number})
        return rows, counts, set(), protected

    def _referring(self, obj: models.Model) -> Iterable[tuple[str, int, bool]]:
        """Pairs of a model's name and the number of its rows that refer to ``obj``; whether these go with it."""
        for relation in obj._meta.get_fields(include_hidden=True):
            if not (isinstance(relation, models.ForeignObjectRel) and relation.on_delete is PROTECT):
                continue
            manager = relation.related_model._base_manager  # type: ignore[union-attr]
            if number := manager.filter(**{relation.field.name: obj.pk}).count():
                name = str(relation.related_model._meta.verbose_name)  # type: ignore[union-attr]
                yield name, number, relation.get_accessor_name() in self.owned

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        try:
            return super().delete_view(request, object_id, extra_context)
        except (ProtectedError, RestrictedError):
            # Something began to refer to the row after the page had counted.
            messages.error(request, _("没有删除：已有记录引用它。"))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(request.get_full_path())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        for name in self.owned:
            getattr(obj, name).all().delete()
        obj.delete()

    # --- The trail ----------------------------------------------------------------------------------------------

    # Django's own LogEntry is not written: deleting a person would delete it with them (its foreign key cascades),
    # the database lets it be changed, and it keeps only the names of the fields. Every change becomes an Event, in
    # the transaction of the change (Django wraps changing and deleting in one; our own acts do it themselves).

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> dict[str, Any]:  # type: ignore[override]
        return changes_of(form, formsets, add=add)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return self.record_event(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing changed, nothing happened."""
        return self.record_event(request, obj, message) if message["fields"] or message["rows"] else None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return [self.record_event(request, obj, deleted(obj)) for obj in queryset]

    def record_event(self, request: HttpRequest, obj: Any, detail: dict[str, Any], reason: str = "") -> Event:
        return record(
            obj,
            Action.ADMINISTER,
            by=_person(request),
            conference=self.conference_of(obj) or home_conference(_person(request)),
            department=self.department_of(obj),
            reason=reason,
            detail=detail,
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The events of the row that the person may see: an auditor all of them, an administrator the own acts."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        from departments.admin.trail import described  # imports this module

        events = Event.objects.visible_to(request.user).of(obj).select_related("actor")
        page = Paginator(events, EVENTS_PER_PAGE).get_page(request.GET.get("p", 1))
        context = {
            **self.admin_site.each_context(request),
            "title": _("维护记录"),
            "subtitle": str(obj),
            "object": obj,
            "opts": self.opts,
            "page": page,
            "entries": [(event, described(event)) for event in page],
            "is_partial": not access_of(request.user).auditor_of,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - nobody else passes TrackerAdminSite.has_permission
    return request.user


def home_conference(person: User) -> Conference | None:
    """Where acts on what belongs to no conference are filed, so that some auditor sees them.

    That is the administrator's own conference; a superuser, who may have none, files with the topmost one.
    """
    own = Conference.objects.filter(pk__in=person.access.administrator_of).order_by("code").first()
    return own or Conference.objects.filter(upper=None).order_by("code").first()


class ReadOnly:
    """Rows that come about by work or by the clock. Mix in before the admin class."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ScopedInline(ScopedChoices, admin.TabularInline):
    """Rows within a row: whoever may change the one may change the others."""

    form = ScopedForm
    extra = 0
    # Without the row's name above its fields, which say the same (admin_lists.css).
    classes: tuple[str, ...] = ("plain",)

    def _may_change_parent(self, request: HttpRequest, parent: Any) -> bool:
        page = scoped_admin(self, self.parent_model)
        if page is None:
            return False
        return page.has_add_permission(request) if parent is None else page.has_change_permission(request, parent)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and self._may_change_parent(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_change_parent(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_change_parent(request, obj)

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.model._default_manager.visible_to(request.user)  # type: ignore[attr-defined]


class YesNoFilter(admin.SimpleListFilter):
    """A question with two answers. Subclasses say which rows are meant by yes."""

    yes: Any = gettext_lazy("是")
    no: Any = gettext_lazy("否")

    def condition(self) -> Q | models.Exists:
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", self.yes), ("no", self.no)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "yes":
                return queryset.filter(self.condition())
            case "no":
                return queryset.filter(~self.condition())
            case _:
                return queryset


def act_on_each(
    page: ScopedModelAdmin, request: HttpRequest, rows: Iterable[Any], act: Callable[[Any], dict[str, Any] | None]
) -> tuple[int, int]:
    """Do ``act`` to each row that the person may change and record what it returns. Call it in a transaction.

    ``act`` returns the event's detail, or None where there was nothing to do. Returns how many rows it changed and
    how many it had to leave alone because the person may not change them.
    """
    done = refused = 0
    for row in rows:
        if not page.has_change_permission(request, row):
            refused += 1
        elif (detail := act(row)) is not None:
            page.record_event(request, row, detail)
            done += 1
    return done, refused


__all__ = [
    "PreparedChangeList",
    "ReadOnly",
    "RelatedFilter",
    "ScopedForm",
    "ScopedInline",
    "ScopedModelAdmin",
    "YesNoFilter",
    "act_on_each",
    "added",
    "administered",
    "administers",
    "changed",
    "overseen",
]
