"""Virtual environments for the programs of these tests, made outside the checkout.

The first call makes one in ${XDG_CACHE_HOME:-~/.cache}/ward/venv-<name> and installs what is pinned into it; this needs
the network once. Later calls use it as it is, until the pins change.
"""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

# For each of the two steps of the installation. Who waits for a program waits for both.
INSTALL_DEADLINE_S = 240


def environment(name: str, requirements: pathlib.Path, fetched: str) -> str:
    """The interpreter of an environment that holds exactly what is pinned. `fetched` says what comes from PyPI."""

    def step(*command: str) -> None:
        # Its words go to standard error, for standard output is the program's.
        try:
            subprocess.run(command, check=True, stdout=sys.stderr, timeout=INSTALL_DEADLINE_S)
        except (OSError, subprocess.SubprocessError) as error:
            sys.exit(
                f"{name}: {error}\n"
                f"{name}: Python 3.10 or later with the venv module is needed and, the first time, "
                f"the network to fetch {fetched} from PyPI"
            )

    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "ward"
    venv = cache / f"venv-{name}"
    python = venv / "bin" / "python"
    pins = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    stamp = venv / "ward-pins"
    cache.mkdir(parents=True, exist_ok=True)
    # Tests run at once: the first installs, the others wait for it.
    with open(cache / f"venv-{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (stamp.exists() and stamp.read_text(encoding="ascii") == pins):
            shutil.rmtree(venv, ignore_errors=True)
            step(sys.executable, "-m", "venv", str(venv))
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            step(*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(requirements))
            stamp.write_text(pins, encoding="ascii")
    return str(python)
