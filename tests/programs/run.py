#!/usr/bin/env python3
"""Runs a program of this folder: `run.py booking.py [its arguments]`.

Python programs need the environment of requirements.txt, JavaScript programs the packages of package.json (see
tests/environment.py). This process becomes the program, so that its process id and its exit status are the program's.
"""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from environment import environment, packages  # noqa: E402

# The programs speak to a server on this machine, whatever proxy the installation goes through.
LOOPBACK = "127.0.0.1,localhost"

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: run.py PROGRAM [ARGUMENTS]")
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = LOOPBACK
    program = HERE / sys.argv[1]
    if program.suffix == ".js":
        os.environ["NODE_PATH"] = str(packages("programs", HERE / "package.json", "axios and ws"))
        interpreter = "node"
    else:
        interpreter = environment("programs", HERE / "requirements.txt", "requests, icalendar and vobject")
    os.execvp(interpreter, [interpreter, str(program), *sys.argv[2:]])
