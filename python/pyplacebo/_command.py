"""The program ``placebo``, in Python's process."""

from __future__ import annotations

import os
import sys

from . import _core


def keep_drivers_quiet() -> None:
    """Names a folder that graphics drivers look for a display in, where there is none: they would complain."""
    if os.name == "posix" and not os.path.isabs(os.environ.get("XDG_RUNTIME_DIR", "")):
        import tempfile

        os.environ["XDG_RUNTIME_DIR"] = tempfile.gettempdir()


def main() -> None:
    """Runs the command line, and ends with its exit code."""
    keep_drivers_quiet()
    words = ["placebo", *sys.argv[1:]]
    code = _core.command_line(words)
    if _core.device_left_behind():
        # Its driver may still be at work, on what an end in order would free.
        os._exit(code)
    sys.exit(code)
