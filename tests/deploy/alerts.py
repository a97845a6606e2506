"""The alerts, by promtool: they parse, they are silent on a good day, and each fires on the day it is for."""

import os
import pathlib
import re
import shutil
import subprocess

from report import HERE, ROOT, Report, read

RULES = ROOT / "deploy/prometheus/rules.yaml"
TESTS = HERE / "rules.test.yaml"


def promtool() -> str:
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    unpacked = cache / "ward/prometheus/usr/bin/promtool"
    found = shutil.which("promtool") or (str(unpacked) if unpacked.exists() else None)
    if not found:
        raise SystemExit("promtool is needed: `make test` fetches it, and it is in Debian's package prometheus")
    return found


def check(report: Report) -> None:
    tool = promtool()
    for what, file in (("check", RULES), ("test", TESTS)):
        ran = subprocess.run([tool, what, "rules", str(file)], capture_output=True, text=True, timeout=120, check=False)
        report.that(ran.returncode == 0, f"promtool {what} rules: {ran.stdout}{ran.stderr}")
    alerts = {rule["alert"]: rule for group in read("deploy/prometheus/rules.yaml")["groups"] for rule in group["rules"]}
    silent, fired = set(), set()
    for test in read("tests/deploy/rules.test.yaml")["tests"]:
        for case in test["alert_rule_test"]:
            (fired if case.get("exp_alerts") else silent).add(case["alertname"])
    runbook = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    headings = {re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
                for line in runbook.splitlines() if line.startswith("#")}
    for name, rule in alerts.items():
        report.that(name in silent, f"{name}: no case in which it is silent")
        report.that(name in fired, f"{name}: no case in which it fires")
        report.that(rule["labels"]["severity"] in ("warning", "critical"), f"{name}: how bad is it?")
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        report.that(page == "docs/operations.md" and anchor in headings, f"{name}: {page}#{anchor} is not written")
        report.that(anchor == name.lower(), f"{name}: the runbook of another: {anchor}")
