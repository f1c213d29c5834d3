"""Guards over the whole tree: style, types, requirements, templates. They read the code instead of running it."""

import importlib.util
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.quality

APPS = ("antitrafficking", "departments", "measures", "reporting")


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def read(*patterns: str) -> dict[str, str]:
    """The texts of the files that match, by their path in the project."""
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for pattern in patterns
        for path in sorted(ROOT.glob(pattern))
        if path.is_file() and path.suffix not in (".png", ".mo")
    }


# --- Code ---------------------------------------------------------------------------------------------------------


def test_style():
    run("ruff", "check", ".")


def test_format():
    run("ruff", "format", "--check", ".")


@pytest.mark.slow
def test_types():
    run("mypy")


@pytest.mark.django_db
def test_no_migration_is_missing():
    from django.core.management import call_command  # after the settings

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_migrations_are_named_for_their_effect():
    names = [path.name for app in APPS for path in (ROOT / app / "migrations").glob("[0-9]*.py")]

    assert names
    assert [name for name in names if "_auto_" in name or re.fullmatch(r"\d{4}_(initial|alter|add)\w*\.py", name)] == []


def test_apps_import_only_what_is_below_them():
    """departments knows nothing of the others; measures may know departments; reporting may know both."""
    above = {
        "antitrafficking": ("departments", "measures", "reporting"),
        "departments": ("measures", "reporting"),
        "measures": ("reporting",),
    }
    pattern = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)

    wrong = [
        f"{path} imports {name}"
        for app, forbidden in above.items()
        for path, text in read(f"{app}/**/*.py").items()
        for name in pattern.findall(text)
        if name in forbidden
    ]

    assert wrong == []


# --- Requirements -------------------------------------------------------------------------------------------------


def test_requirements_fit_together():
    run("pip", "check", "--disable-pip-version-check")


def test_requirements_are_pinned_exactly():
    pin = re.compile(r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==[0-9][\w.]*(; .+)?")

    loose = [
        f"{path}: {line}"
        for path, text in read("requirements*.txt").items()
        for line in text.splitlines()
        if line and not line.startswith("#") and line != "-r requirements.txt" and not pin.fullmatch(line)
    ]

    assert loose == []


def test_requirements_are_complete():
    """What the runtime requirements need in turn is listed too, so that a new release changes nothing here."""
    from importlib.metadata import distribution  # only here

    from packaging.requirements import Requirement

    def key(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    lines = (ROOT / "requirements.txt").read_text().splitlines()
    listed = [Requirement(line) for line in lines if line and not line.startswith("#")]
    needed = {
        key(inner.name)
        for outer in listed
        if outer.marker is None or outer.marker.evaluate()
        for text in distribution(outer.name).requires or []
        if (inner := Requirement(text)).marker is None
        or any(inner.marker.evaluate({"extra": extra}) for extra in {"", *outer.extras})
    }

    assert needed - {key(requirement.name) for requirement in listed} == set()


def test_driver_is_psycopg2():
    from django.db.backends.postgresql.psycopg_any import is_psycopg3  # needs the driver

    assert importlib.util.find_spec("psycopg") is None
    assert not is_psycopg3
    assert "psycopg2" in sys.modules


# --- Templates and static files -----------------------------------------------------------------------------------


class InlineFinder(HTMLParser):
    """Finds what the content security policy would block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "style" or (tag == "script" and "src" not in values):
            self.found.append(f"<{tag}>")
        for name, value in values.items():
            # A template tag may stand where the parser expects an attribute.
            if name == "style" or re.fullmatch(r"on[a-z]+", name) or name.startswith("hx-on"):
                self.found.append(f"{tag} {name}")
            elif (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}={value}")


def test_templates_have_nothing_inline():
    found = {}
    for path, text in read("templates/**/*.html").items():
        finder = InlineFinder()
        # Quotes inside template tags would end attributes too early.
        finder.feed(re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", text, flags=re.DOTALL))
        if finder.found:
            found[path] = finder.found

    assert found == {}


def test_nothing_comes_from_another_server():
    """The product runs on networks without the Internet. Names of XML vocabularies are not fetched."""
    vocabularies = ("http://www.w3.org/", "http://schemas.openxmlformats.org/", "http://schemas.microsoft.com/")
    loads = re.compile(r"""(?:src|href|action|url|import|@import|fetch)\s*[=(]?\s*["'(]?((?:https?:)?//[^"'\s)>]+)""")

    found = [
        f"{path}: {address}"
        for path, text in read("templates/**/*.*", "static/css/**/*.css", "static/js/**/*.js").items()
        for address in loads.findall(text)
        if not address.startswith(vocabularies)
    ]

    assert found == []


def test_vendored_files_name_no_source_map():
    """The file names of static files are computed from what they refer to; a map that is missing stops that."""
    files = read("static/vendor/**/*.js", "static/vendor/**/*.css")

    assert [path for path, text in files.items() if "sourceMappingURL" in text] == []


# --- Secrets and what belongs to nobody ---------------------------------------------------------------------------


def test_no_secret_is_in_the_tree():
    secret = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}"
        r"|SECRET_KEY\s*=\s*[\"'](?!insecure-)[^\"']{20,}"
    )
    files = read("*", "*/**/*.py", "deploy/**/*", "docs/**/*", ".ci/*", "templates/**/*", "static/js/**/*")

    assert [path for path, text in files.items() if secret.search(text) and not path.startswith("tests/")] == []


@pytest.mark.parametrize(("key", "https"), [("", "False"), ("k" * 60, "True")])
def test_debug_is_off_and_a_configured_installation_uses_tls(tmp_path, key, https):
    environment = {
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "antitrafficking.settings",
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": key,
    }
    code = "from django.conf import settings; print(settings.DEBUG, settings.HTTPS)"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False", https]


def test_every_python_file_is_found_by_mypy_or_is_a_test():
    outside = [
        path
        for path in read("*/**/*.py", "*.py")
        if Path(path).parts[0] not in (*APPS, "scripts", "tests", "benchmarks", ".venv", "var", "manage.py")
    ]

    assert outside == []
