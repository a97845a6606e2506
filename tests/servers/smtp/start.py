#!/usr/bin/env python3
"""Starts the SMTP server for tests: `start.py [options of server.py]`.

The first start makes a virtual environment outside the checkout, in ${XDG_CACHE_HOME:-~/.cache}/ward/venv-smtp, and
installs requirements.txt into it; this needs the network once. Later starts use it as it is, until the pins change.
Then this process becomes server.py, so that its process id is the server's.
"""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
INSTALL_DEADLINE_S = 300


def cache() -> pathlib.Path:
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "ward"


def run(*command: str) -> None:
    """Runs a step of the installation; its words go to standard error, for standard output is the server's."""
    try:
        subprocess.run(command, check=True, stdout=sys.stderr, timeout=INSTALL_DEADLINE_S)
    except (OSError, subprocess.SubprocessError) as error:
        sys.exit(
            f"smtp: {error}\n"
            "smtp: the test server needs Python 3.10 or later with the venv module and, the first time, "
            "the network to fetch aiosmtpd from PyPI"
        )


def environment() -> pathlib.Path:
    """The interpreter of an environment that holds exactly what is pinned."""
    venv = cache() / "venv-smtp"
    python = venv / "bin" / "python"
    pins = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    stamp = venv / "ward-pins"
    venv.parent.mkdir(parents=True, exist_ok=True)
    # Tests run at once: the first installs, the others wait for it.
    with open(cache() / "venv-smtp.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (stamp.exists() and stamp.read_text(encoding="ascii") == pins):
            shutil.rmtree(venv, ignore_errors=True)
            run(sys.executable, "-m", "venv", str(venv))
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            run(*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(REQUIREMENTS))
            stamp.write_text(pins, encoding="ascii")
    return python


if __name__ == "__main__":
    interpreter = str(environment())
    os.execv(interpreter, [interpreter, str(HERE / "server.py"), *sys.argv[1:]])
