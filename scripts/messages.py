"""Keep the English in step with the Chinese of the code, without the gettext programs.

    python scripts/messages.py            collect every text, update locale/en, compile it, list what lacks English
    python scripts/messages.py --check    change nothing; exit 1 if anything is missing, doubtful or out of date

A new text: write it in Chinese in the code ({% translate "…" %}, gettext_lazy("…")), run this, and fill in the
empty msgstr that it lists. Texts stand in the order of the files they come from, without line numbers or dates,
so that two people who add texts rarely meet.
"""

import argparse
import re
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale/en/LC_MESSAGES/django.po"
# What libraries say that they have no Chinese for; kept by hand.
LIBRARIES_PO = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
APPS = ("antitrafficking", "departments", "measures", "reporting")
# Babel writes dates into what it compiles; the same texts must give the same bytes.
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    **dict.fromkeys(("gettext_lazy", "gettext_noop")),
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# Names of languages stand in their own language on every page.
UNTRANSLATED = {"简体中文"}


def sources() -> Iterator[Path]:
    yield from sorted(path for kind in ("html", "txt") for path in (ROOT / "templates").rglob(f"*.{kind}"))
    for app in APPS:
        yield from sorted(path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def as_python(path: Path) -> str:
    """The file as Python that Babel can read; a template becomes calls of gettext among letters without meaning."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    # Within brackets, line breaks and indentation mean nothing.
    return f"(\n{templatize(text, origin=str(path))}\n)"


def collected() -> Catalog:
    catalog = Catalog(locale="en", creation_date=NO_DATE, revision_date=NO_DATE)
    for path in sources():
        source = BytesIO(as_python(path).encode())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            for _line, words, _comments, context in extract("python", source, KEYWORDS, options={"encoding": "utf-8"}):
                catalog.add(words, locations=[(path.relative_to(ROOT).as_posix(), 0)], context=context)
    return catalog


def known(po: Path = PO, locale: str = "en") -> Catalog:
    if not po.exists():
        return Catalog(locale=locale)
    with po.open("rb") as file:
        return read_po(file, locale=locale)


def merged(found: Catalog, old: Catalog) -> Catalog:
    """The texts that the code has now, each with the English that is known for exactly these words."""
    for message in found:
        before = old.get(message.id, message.context) if message.id else None
        if before is not None:
            message.string = before.string
            message.user_comments = before.user_comments
            message.flags |= before.flags & {"fuzzy"}
    return found


def compiled(catalog: Catalog) -> bytes:
    catalog.creation_date = catalog.revision_date = NO_DATE
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def written(catalog: Catalog) -> str:
    file = BytesIO()
    write_po(file, catalog, width=100, omit_header=True, include_lineno=False, ignore_obsolete=True)
    return HEADER + file.getvalue().decode().strip() + "\n"


def english_of(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (list, tuple)) else [message.string or ""]


def problems_of(message: Message) -> Iterator[str]:
    chinese = message.id if isinstance(message.id, str) else message.id[0]
    english = english_of(message)
    if not all(english):
        yield f"no English: {chinese}"
        return
    if message.fuzzy:
        yield f"marked fuzzy: {chinese}"
    for words in english:
        if sorted(set(PLACEHOLDER.findall(words))) != sorted(set(PLACEHOLDER.findall(chinese))):
            yield f"other placeholders: {chinese} → {words}"
        if '"' in words:
            yield f"a straight double quote would end an attribute: {words}"


def unmarked() -> Iterator[str]:
    """Chinese in a template that no translation tag holds: it would stay Chinese on an English page."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        inside = ""
        for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
            if token.token_type == TokenType.BLOCK:
                name = token.contents.split()[0]
                if name in ("blocktranslate", "blocktrans", "comment", "verbatim"):
                    inside = name
                elif name == f"end{inside}":
                    inside = ""
            elif token.token_type == TokenType.TEXT and not inside:
                text = token.contents
                for word in UNTRANSLATED:
                    text = text.replace(word, "")
                if CHINESE.search(text):
                    yield f"not marked for translation in {path.relative_to(ROOT)}: {text.strip()[:60]}"


def problems(catalog: Catalog) -> list[str]:
    return [problem for message in catalog if message.id for problem in problems_of(message)] + list(unmarked())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if there is anything to do")
    check = parser.parse_args().check
    if not settings.configured:
        settings.configure()

    old = known()
    catalog = merged(collected(), old)
    found = problems(catalog)
    po = written(catalog)
    compiled_files = {
        PO.with_suffix(".mo"): compiled(catalog),
        LIBRARIES_PO.with_suffix(".mo"): compiled(known(LIBRARIES_PO, "zh_Hans")),
    }
    if check:
        now = {(message.id, message.context) for message in catalog}
        found += [f"no longer in the code: {old_.id}" for old_ in old if (old_.id, old_.context) not in now]
        found += [f"no longer in the code: {key}" for key in old.obsolete]
        if not PO.exists() or PO.read_text(encoding="utf-8") != po:
            found.append(f"out of date: {PO.relative_to(ROOT)} (run scripts/messages.py)")
        for file, content in compiled_files.items():
            if not file.exists() or file.read_bytes() != content:
                found.append(f"out of date: {file.relative_to(ROOT)} (run scripts/messages.py)")
    else:
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_text(po, encoding="utf-8")
        for file, content in compiled_files.items():
            file.write_bytes(content)
    for problem in found:
        print(problem)
    print(f"{len(catalog)} texts, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
