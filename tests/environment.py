"""What the programs of these tests rest on, from PyPI and from npm, installed outside the checkout.

The first call installs what is pinned into ${XDG_CACHE_HOME:-~/.cache}/ward/venv-<name> or npm-<name>; this needs the
network once. Later calls use it as it is, until the pins change.
"""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

# For each step of an installation. Who waits for a program waits for all of them.
INSTALL_DEADLINE_S = 240


def environment(name: str, requirements: pathlib.Path, fetched: str) -> str:
    """The interpreter of an environment that holds exactly what is pinned. `fetched` says what comes from PyPI."""
    needed = f"Python 3.10 or later with the venv module is needed and, the first time, the network to fetch {fetched} from PyPI"
    pins = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    with place(f"venv-{name}", pins) as (venv, fresh):
        python = venv / "bin" / "python"
        if fresh:
            step(name, needed, sys.executable, "-m", "venv", str(venv))
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            step(name, needed, *pip, "--require-hashes", "--only-binary", ":all:", "-r", str(requirements))
    return str(python)


def packages(name: str, package: pathlib.Path, fetched: str) -> pathlib.Path:
    """The `node_modules` of what a package.json pins. `fetched` says what comes from npm."""
    needed = f"Node 18 or later and npm are needed and, the first time, the network to fetch {fetched} from npm"
    with place(f"npm-{name}", hashlib.sha256(package.read_bytes()).hexdigest()) as (folder, fresh):
        if fresh:
            folder.mkdir(parents=True)
            shutil.copy(package, folder)
            step(name, needed, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", folder=folder)
    return folder / "node_modules"


@contextlib.contextmanager
def place(name: str, pins: str):
    """A folder, and whether it is to be filled: what was there of other pins has gone."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "ward"
    folder = cache / name
    stamp = folder / "ward-pins"
    cache.mkdir(parents=True, exist_ok=True)
    # Tests run at once: the first installs, the others wait for it.
    with open(cache / f"{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fresh = not (stamp.exists() and stamp.read_text(encoding="ascii") == pins)
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        yield folder, fresh
        if fresh:
            stamp.write_text(pins, encoding="ascii")


def step(name: str, needed: str, *command: str, folder: pathlib.Path | None = None) -> None:
    """A step of an installation. Its words go to standard error, for standard output is the program's."""
    try:
        subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr, timeout=INSTALL_DEADLINE_S)
    except (OSError, subprocess.SubprocessError) as error:
        sys.exit(f"{name}: {error}\n{name}: {needed}")
