"""The child process of sandbox.py: ``python -m measures.sources.child``.

In: eight bytes, the length of a JSON object ``{"task": …}``; that object; the file. Out: one JSON object, which is
``{"refusal": message for people}``, ``{"failure": what went wrong}`` or the task's answer.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

MEMORY = 1024**3
CPU_SECONDS = 30


def main() -> None:
    _limit()
    # Whatever a library prints goes nowhere; the answer alone goes to the parent.
    answer_to = os.dup(1)
    os.dup2(2, 1)
    request = sys.stdin.buffer.read()
    length = int.from_bytes(request[:8], "big")
    arguments = json.loads(request[8 : 8 + length])
    data = request[8 + length :]
    del request
    try:
        answer = json.dumps(_answer(arguments, data), ensure_ascii=False).encode("utf-8", "replace")
    except MemoryError:
        answer = json.dumps({"refusal": "文件展开后太大，无法处理。请删去图片和多余的工作表，另存后再导入。"}).encode()
    with os.fdopen(answer_to, "wb") as stream:
        stream.write(answer)
    # Nothing is left to clean up, and taking a big tree apart takes time.
    os._exit(0)


def _answer(arguments: dict[str, Any], data: bytes) -> dict[str, Any]:
    from .results import Unreadable  # after the limits

    try:
        if arguments["task"] == "annotate":
            return _annotate(arguments, data)
        return asdict(_reader(arguments["task"])(data))
    except Unreadable as refusal:
        return {"refusal": str(refusal)}
    except MemoryError:
        raise
    except Exception as error:
        return {"failure": f"{type(error).__name__}: {error}"[:500]}


def _reader(kind: str) -> Callable[[bytes], Any]:
    """Each kind has its own libraries; only those that are needed are loaded."""
    if kind == "xlsx":
        from .workbook import read_workbook as reader
    elif kind == "xls":
        from .oldworkbook import read_old_workbook as reader
    elif kind == "docx":
        from .document import read_document as reader
    elif kind == "pdf":
        from .pdf import read_pdf as reader
    elif kind == "html":
        from .webpage import read_webpage as reader
    else:
        raise ValueError(f"no reader for {kind}")
    return reader


def _annotate(arguments: dict[str, Any], data: bytes) -> dict[str, Any]:
    import base64  # only here

    from .annotating import annotate_workbook  # loads openpyxl
    from .results import Sheet  # after the limits

    faults = [(sheet, cell, message) for sheet, cell, message in arguments["faults"]]
    sheets = [Sheet(**sheet) for sheet in arguments["sheets"]]
    return {"xlsx": base64.b64encode(annotate_workbook(data, sheets, faults)).decode()}


def _limit() -> None:
    try:
        import resource  # not on every system
    except ImportError:
        return
    for name, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(name)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(name, (value, value))
        except (ValueError, OSError):
            # macOS knows the limit on memory and does not let it be set.
            continue


if __name__ == "__main__":
    main()
