#!/usr/bin/env python3
"""Runs a program of this folder: `run.py booking.py [its arguments]`.

The first run makes a virtual environment outside the checkout, in ${XDG_CACHE_HOME:-~/.cache}/ward/venv-programs, and
installs requirements.txt into it; this needs the network once. Later runs use it as it is, until the pins change.
Then this process becomes the program, so that its process id and its exit status are the program's.
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
# For each step of the installation. tests/ward/programs.rs waits for both.
INSTALL_DEADLINE_S = 240
# The programs speak to a server on this machine, whatever proxy the installation goes through.
LOOPBACK = "127.0.0.1,localhost"


def cache() -> pathlib.Path:
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "ward"


def step(*command: str) -> None:
    """Runs a step of the installation; its words go to standard error, for standard output is the program's."""
    try:
        subprocess.run(command, check=True, stdout=sys.stderr, timeout=INSTALL_DEADLINE_S)
    except (OSError, subprocess.SubprocessError) as error:
        sys.exit(
            f"programs: {error}\n"
            "programs: the documents' programs need Python 3.10 or later with the venv module and, the first time, "
            "the network to fetch requests from PyPI"
        )


def environment() -> pathlib.Path:
    """The interpreter of an environment that holds exactly what is pinned."""
    venv = cache() / "venv-programs"
    python = venv / "bin" / "python"
    pins = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    stamp = venv / "ward-pins"
    venv.parent.mkdir(parents=True, exist_ok=True)
    # Tests run at once: the first installs, the others wait for it.
    with open(cache() / "venv-programs.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (stamp.exists() and stamp.read_text(encoding="ascii") == pins):
            shutil.rmtree(venv, ignore_errors=True)
            step(sys.executable, "-m", "venv", str(venv))
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            step(*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(REQUIREMENTS))
            stamp.write_text(pins, encoding="ascii")
    return python


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: run.py PROGRAM [ARGUMENTS]")
    interpreter = str(environment())
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = LOOPBACK
    os.execv(interpreter, [interpreter, str(HERE / sys.argv[1]), *sys.argv[2:]])
