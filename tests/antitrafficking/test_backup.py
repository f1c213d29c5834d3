"""deploy/backup, and the restore that the guide describes."""

import os
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from tests.conftest import ROOT, database_url

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(transactional_db, tmp_path, settings):
    """A backup of a database with one session and one attachment."""
    Session.objects.create(session_key="kept", session_data="", expire_date=datetime(2026, 1, 1, tzinfo=UTC))
    media = tmp_path / "media"
    media.mkdir()
    (media / "附件.pdf").write_bytes(b"%PDF-1.7")
    environment = {"PATH": os.environ["PATH"], "MEDIA_ROOT": str(media), "DATABASE_URL": database_url()}
    if connection.vendor == "sqlite":
        # The embedded installation: the script finds the file in VAR_DIR.
        (tmp_path / "tracker.sqlite3").symlink_to(connection.settings_dict["NAME"])
        environment |= {"VAR_DIR": str(tmp_path), "DATABASE_URL": ""}
    done = subprocess.run(
        [ROOT / "deploy" / "backup", tmp_path / "backups"],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def test_backup_holds_everything_and_its_checksums(folder):
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    database = "database.sqlite3" if connection.vendor == "sqlite" else "database.dump"

    assert sorted(path.name for path in folder.iterdir()) == sorted(["SHA256SUMS", "media.tar", database])
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_backup_can_be_restored(folder, tmp_path):
    restored = tmp_path / "restored"
    restored.mkdir()
    subprocess.run(["tar", "--extract", "--file", folder / "media.tar", "--directory", restored], check=True)
    if connection.vendor == "sqlite":
        with sqlite3.connect(folder / "database.sqlite3") as copy:
            keys = [row[0] for row in copy.execute("SELECT session_key FROM django_session")]
        copy.close()
    else:
        command = ["pg_restore", "--data-only", "--table=django_session", "--file=-", folder / "database.dump"]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        keys = [line.split("\t")[0] for line in text.splitlines() if line.startswith("kept\t")]

    assert keys == ["kept"]
    assert (restored / "附件.pdf").read_bytes() == b"%PDF-1.7"
