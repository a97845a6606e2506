#!/usr/bin/env python3
"""Runs a Postman collection against a server: `run.py COLLECTION BASE_URL NAME=VALUE...`.

The runner is Postman's own, newman, from npm: the first run installs what package.json pins into
${XDG_CACHE_HOME:-~/.cache}/ward/npm-postman, outside the checkout, which needs Node 18 or later, npm and the network once.
This process becomes newman, so that its exit status is newman's.
"""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
INSTALL_DEADLINE_S = 300
# One request's, in milliseconds.
REQUEST_DEADLINE_MS = 20_000
# The server is on this machine, whatever proxy the installation goes through.
LOOPBACK = "127.0.0.1,localhost"


def newman() -> pathlib.Path:
    """The runner's script."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "ward"
    place = cache / "npm-postman"
    package = HERE / "package.json"
    pins = hashlib.sha256(package.read_bytes()).hexdigest()
    stamp = place / "ward-pins"
    cache.mkdir(parents=True, exist_ok=True)
    # Tests run at once: the first installs, the others wait for it.
    with open(cache / "npm-postman.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (stamp.exists() and stamp.read_text(encoding="ascii") == pins):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            shutil.copy(package, place)
            install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
            try:
                # Its words go to standard error, for standard output is newman's.
                subprocess.run(install, cwd=place, check=True, stdout=sys.stderr, timeout=INSTALL_DEADLINE_S)
            except (OSError, subprocess.SubprocessError) as error:
                sys.exit(f"newman: {error}\nnewman: Node, npm and, the first time, the network are needed to fetch it")
            stamp.write_text(pins, encoding="ascii")
    return place / "node_modules" / "newman" / "bin" / "newman.js"


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    collection, base, *values = sys.argv[1:]
    command = ["node", str(newman()), "run", collection, "--timeout-request", str(REQUEST_DEADLINE_MS)]
    for value in [f"base_url={base}", *values]:
        command += ["--env-var", value]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = LOOPBACK
    os.execvp(command[0], [*command, "--color", "off"])
