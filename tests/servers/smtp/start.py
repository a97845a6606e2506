#!/usr/bin/env python3
"""Starts the SMTP server for tests: `start.py [options of server.py]`.

It needs the environment of requirements.txt (see tests/environment.py). This process becomes server.py, so that its
process id is the server's.
"""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))
from environment import environment  # noqa: E402

if __name__ == "__main__":
    interpreter = environment("smtp", HERE / "requirements.txt", "aiosmtpd")
    os.execv(interpreter, [interpreter, str(HERE / "server.py"), *sys.argv[1:]])
