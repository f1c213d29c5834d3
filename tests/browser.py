"""A real browser for tests: Debian's Chromium, driven by Playwright, with everything that goes wrong collected."""

from __future__ import annotations

import os
import shutil
from typing import Any

# The last of them are about a browser that keeps quiet: it must ask nobody but the server under test.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', event => console.error(
    'CSP violation: ' + event.violatedDirective + ' ' + (event.blockedURI || 'inline') + ' ' + (event.sample || '')));
"""


def chromium_program() -> str | None:
    """The path of the installed Chromium, or None."""
    candidates = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next((found for name in candidates if name and (found := shutil.which(name))), None)


class Problems(list[str]):
    """What a page complained about. A test that expects a complaint calls ``expect(part of it)``."""

    def __init__(self) -> None:
        super().__init__()
        self.expected: list[str] = []

    def expect(self, text: str) -> None:
        self.expected.append(text)

    def unexpected(self) -> list[str]:
        return [problem for problem in self if not any(text in problem for text in self.expected)]


def watch(context: Any, address: str) -> Problems:
    """Collect console errors, uncaught errors, CSP violations and requests to other servers of all pages."""
    problems = Problems()

    def on_console(message: Any) -> None:
        if message.type == "error":
            problems.append(f"console: {message.text}")

    def on_request(request: Any) -> None:
        if not request.url.startswith((address, "data:", "blob:", "about:")):
            problems.append(f"request to another server: {request.url}")

    context.add_init_script(REPORT_VIOLATIONS)
    context.on("console", on_console)
    context.on("weberror", lambda error: problems.append(f"uncaught: {error.error}"))
    context.on("request", on_request)
    return problems
