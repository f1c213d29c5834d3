"""Files of an entry: the row, the file and the event come and go together."""

from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from departments.models import Event
from departments.models.events import Action
from reporting.enums import EntryState
from reporting.models import Attachment
from reporting.services.attachments import TooManyFiles, attach, detach
from reporting.services.refusals import WrongState
from reporting.uploads import check_upload
from tests.factories import DutyFactory, ProgressFactory, UserFactory
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%%EOF"
LOCKED = [EntryState.SUBMITTED, EntryState.ACCEPTED]


@pytest.fixture(params=[ProgressFactory, DutyFactory], ids=["progress", "duty"])
def entry(request):
    return request.param(draft=True)


def add(entry, by=None, name="总结.pdf"):
    upload = SimpleUploadedFile(name, PDF)
    return attach(entry, upload, check_upload(upload), by=by or UserFactory())


def test_attaching_keeps_the_file_the_row_and_an_event(entry, files):
    author = UserFactory()

    attachment = add(entry, author)

    attachment.refresh_from_db()
    assert (attachment.entry, attachment.conference, attachment.uploaded_by) == (entry, entry.conference, author)
    assert (attachment.name, attachment.content_type, attachment.size, attachment.sha256) == (
        "总结.pdf",
        "application/pdf",
        len(PDF),
        sha256(PDF).hexdigest(),
    )
    assert files() == [attachment.file.name] == [f"attachments/{attachment.key.hex[:2]}/{attachment.key.hex}"]
    assert attachment.file.read() == PDF
    attachment.file.close()
    event = Event.objects.get()
    assert (event.action, event.actor, event.object_id, event.detail) == (
        Action.ATTACH,
        author,
        entry.pk,
        {"name": "总结.pdf", "sha256": sha256(PDF).hexdigest(), "size": len(PDF)},
    )


def test_files_of_one_name_and_content_lie_beside_each_other(entry, files):
    add(entry), add(entry)

    assert len(files()) == 2


@pytest.mark.parametrize("state", LOCKED)
def test_a_locked_entry_takes_no_file_and_loses_none(state, entry, files, refused):
    attachment = add(entry)
    type(entry).objects.update(state=state)
    before, stored = rows(), files()

    with refused(WrongState) as refusal:
        add(entry)
    with refused(WrongState):
        detach(Attachment.objects.get(pk=attachment.pk), by=UserFactory())

    assert str(refusal.value) == "这一条已经提交，现在不能增减附件；如需修改请先撤回。"
    assert (rows(), files()) == (before, stored)


def test_twenty_files_are_enough(entry, files, refused):
    author = UserFactory()
    for _number in range(20):
        add(entry, author)

    with refused(TooManyFiles) as refusal:
        add(entry, author)

    assert str(refusal.value) == "每条最多20个附件。"
    assert (Attachment.objects.count(), len(files()), Event.objects.count()) == (20, 20, 20)


def test_no_file_stays_where_the_row_cannot_be_written(entry, files):
    """A name longer than its column, which check_upload would have cut; and the event that cannot be written."""
    upload = SimpleUploadedFile("总结.pdf", PDF)
    checked = check_upload(upload)
    author = UserFactory.build(pk=None)

    with pytest.raises((ValueError, DatabaseError)), transaction.atomic():
        attach(entry, upload, checked, by=author)

    assert files() == []
    assert (Attachment.objects.count(), Event.objects.count()) == (0, 0)


def test_detaching_is_recorded_and_takes_the_file_at_the_commit(entry, files, django_capture_on_commit_callbacks):
    attachment, author = add(entry), UserFactory()
    stored = files()

    with django_capture_on_commit_callbacks() as callbacks:
        detach(attachment, by=author)
    before_the_commit = files()
    for callback in callbacks:
        callback()

    assert (before_the_commit, files()) == (stored, [])
    assert Attachment.objects.count() == 0
    event = Event.objects.get(action=Action.DETACH)
    assert (event.actor, event.object_id, event.detail["name"]) == (author, entry.pk, "总结.pdf")
