#!/usr/bin/env python3
"""Runs a Postman collection against a server: `run.py COLLECTION BASE_URL NAME=VALUE...`.

The runner is Postman's own, newman, from npm, as package.json pins it (see tests/environment.py). This process becomes
newman, so that its exit status is newman's.
"""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from environment import packages  # noqa: E402

# One request's, in milliseconds.
REQUEST_DEADLINE_MS = 20_000
# The server is on this machine, whatever proxy the installation goes through.
LOOPBACK = "127.0.0.1,localhost"

if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    newman = packages("postman", HERE / "package.json", "newman") / "newman" / "bin" / "newman.js"
    collection, base, *values = sys.argv[1:]
    command = ["node", str(newman), "run", collection, "--timeout-request", str(REQUEST_DEADLINE_MS)]
    for value in [f"base_url={base}", *values]:
        command += ["--env-var", value]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = LOOPBACK
    os.execvp(command[0], [*command, "--color", "off"])
