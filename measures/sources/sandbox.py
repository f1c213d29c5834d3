"""Reading of risky formats in a child process with limits on memory and time.

Not multiprocessing: its children are copies of the parent, with its database connections and threads; and the
workers of Celery's prefork pool, being daemons, may not have any.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from .results import Unreadable

logger = logging.getLogger(__name__)

WALL_SECONDS = 60
_ROOT = Path(__file__).resolve().parents[2]
# What a Python program needs to start on the systems there are. Secrets stay behind.
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
_TOO_LONG = "文件太复杂，处理时间超过上限，已停止。请删去图片和多余的工作表或页，另存后再导入。"
_FAILED = "文件无法读取，可能已损坏或结构特殊。请用 Word、Excel 或 WPS 打开后另存，再导入。"


def run_in_child(task: str, data: bytes, **arguments: Any) -> dict[str, Any]:
    """What ``measures.sources.child`` answers for the task. Raises ``Unreadable`` for anything but a clean answer."""
    head = json.dumps({"task": task, **arguments}).encode()
    try:
        done = subprocess.run(
            # -P: the folder in which the child stands is no place to import from.
            [sys.executable, "-P", "-m", "measures.sources.child"],
            input=len(head).to_bytes(8, "big") + head + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT.anchor,
            env=_environment(),
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        logger.warning("Reading a file as %s took longer than %s s", task, WALL_SECONDS)
        raise Unreadable(_TOO_LONG) from None
    except OSError:
        logger.exception("The process that reads files could not be started")
        raise Unreadable("服务器暂时无法读取文件，请稍后再试；仍不行时请告诉系统管理员。") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        logger.warning("Reading a file as %s ended with status %s and no answer", task, done.returncode)
        # Killed for its processor time (SIGXCPU, then SIGKILL), or out of memory.
        raise Unreadable(_TOO_LONG if done.returncode in (-24, -9) else _FAILED)
    if "refusal" in answer:
        raise Unreadable(str(answer["refusal"]))
    if "failure" in answer:
        logger.warning("Reading a file as %s failed: %s", task, answer["failure"])
        raise Unreadable(_FAILED)
    return answer


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    folders = [str(_ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return kept | {"PYTHONPATH": os.pathsep.join(folders), "PYTHONUTF8": "1"}
