#!/usr/bin/env python3
"""Checks what Ward is deployed with: `run.py image|compose|chart|alerts`, or `run.py variables`, which prints as JSON what
chart and compose file tell the program.

It makes the environment of requirements.txt by itself (see tests/environment.py). This process becomes the check, so that
its exit status is the check's.
"""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from environment import environment  # noqa: E402

if __name__ == "__main__":
    interpreter = environment("deploy", HERE / "requirements.txt", "helm-python-sdk and other checkers")
    os.execv(interpreter, [interpreter, str(HERE / "check.py"), *sys.argv[1:]])
