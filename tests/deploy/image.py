"""The Dockerfile and what of the repository reaches it. No image is built here."""

import json
import pathlib
import re
import subprocess
import sys

from report import ROOT, Report

# What a build must never see, though a working copy may hold it.
NEVER = [".env", ".git/config", "secrets/master.key", "data/store/journal", "target/release/ward", "crates/store/target/x"]
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY\b|MASTER", re.IGNORECASE)


def rules() -> tuple[set[str], list[str]]:
    """The names that .dockerignore lets in, and what it takes out again. It begins with `*` and uses no more than that."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    assert lines[0] == "*", ".dockerignore must begin by leaving everything out"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    out = [line for line in lines[1:] if not line.startswith("!")]
    assert all(re.fullmatch(r"[A-Za-z.]+", name) for name in let_in), let_in
    assert all(re.fullmatch(r"\*\*/[a-z.]+", name) for name in out), out
    return let_in, [name[3:] for name in out]


def check(report: Report) -> None:
    hadolint = pathlib.Path(sys.executable).with_name("hadolint")
    linted = subprocess.run(
        [hadolint, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True, timeout=60, check=False
    )
    report.that(linted.returncode == 0, f"hadolint: {linted.stdout}{linted.stderr}")

    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    last = max(at for at, line in enumerate(lines) if line.startswith("FROM "))
    final = lines[last:]
    said = {word: [line[len(word) :].strip() for line in final if line.startswith(f"{word} ")]
            for word in ("USER", "HEALTHCHECK", "ENTRYPOINT", "CMD", "RUN", "STOPSIGNAL", "EXPOSE")}
    report.that(
        said["USER"] and all(re.fullmatch(r"[1-9]\d*:[1-9]\d*", user) for user in said["USER"]),
        f"the program must run as a number that is not root's: {said['USER']}",
    )
    report.that(not said["RUN"], "the last stage runs nothing: it has no shell")
    report.that(said["STOPSIGNAL"] == ["SIGTERM"], "Ward drains at SIGTERM")
    for word in ("ENTRYPOINT", "CMD"):
        report.that(len(said[word]) == 1 and json.loads(said[word][0]), f"{word} must be one JSON list: {said[word]}")
    health = " ".join(said["HEALTHCHECK"])
    report.that(health.endswith('CMD ["/usr/local/bin/ward", "health"]'), f"HEALTHCHECK must ask Ward itself: {health}")
    for line in lines:
        if line.startswith(("ARG ", "ENV ")):
            report.that(not SECRET.search(line), f"a secret would stay in the image: {line}")

    let_in, out = rules()

    def reaches(path: str) -> bool:
        parts = path.split("/")
        return parts[0] in let_in and not any(part in out for part in parts)

    for path in NEVER:
        report.that(not reaches(path), f"{path} would come into the build")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, timeout=60, check=True)
    files = listed.stdout.decode().split("\0")
    sources = [path for path in files if path.endswith(".rs") and reaches(path)]
    report.that(len(sources) > 200, f"the sources were not found: {len(sources)}")
    for path in [*files, "Cargo.toml"]:
        if path.endswith("Cargo.toml") or path == "Cargo.lock":
            report.that(reaches(path), f"{path} does not reach the build")
    # Whatever the compiler reads besides.
    for path in sources:
        if "/tests/" in path or path.startswith(("tests/", "benches/")):
            continue
        text = (ROOT / path).read_text(encoding="utf-8")
        for name in re.findall(r'include_(?:str|bytes)!\(\s*"([^"]+)"', text):
            there = ((ROOT / path).parent / name).resolve()
            report.that(there.exists() and reaches(str(there.relative_to(ROOT))), f"{path} includes {name}, which does not reach the build")
