#!/usr/bin/env python3
"""Runs a program of this folder: `run.py booking.py [its arguments]`.

It needs the environment of requirements.txt (see tests/environment.py). This process becomes the program, so that its
process id and its exit status are the program's.
"""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from environment import environment  # noqa: E402

# The programs speak to a server on this machine, whatever proxy the installation goes through.
LOOPBACK = "127.0.0.1,localhost"

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: run.py PROGRAM [ARGUMENTS]")
    interpreter = environment("programs", HERE / "requirements.txt", "requests, icalendar and vobject")
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = LOOPBACK
    os.execv(interpreter, [interpreter, str(HERE / sys.argv[1]), *sys.argv[2:]])
