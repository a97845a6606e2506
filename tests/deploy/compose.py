"""compose.yaml. No container is started here."""

import re

import compose_spec
from report import ROOT, Report, read

ONE_SHOT = {"migrate", "bucket"}
WARDS = ["ward-1", "ward-2", "ward-3"]
# Published to other machines: what calls between browsers need.
OPEN = {"coturn"}


def check(report: Report) -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    try:
        parsed = compose_spec.PyOptions(apply_merge=True).from_yaml(text)
        parsed.validate()
        named = set(parsed.service_names())
    except ValueError as error:
        report.that(False, f"no Compose file: {error}")
        return
    wanted = {*ONE_SHOT, *WARDS, "scylla", "meilisearch", "minio", "coturn"}
    report.that(named == wanted, f"services: {sorted(named ^ wanted)}")
    file = read("compose.yaml")
    services = file["services"]

    asked = set(re.findall(r"\$\{(\w+)", text))
    report.that(asked == set(re.findall(r"\$\{(\w+):\?", text)), "a variable that is not set must stop it (`:?`)")
    example = (ROOT / "deploy/compose.env.example").read_text(encoding="utf-8")
    given = dict(line.split("=", 1) for line in example.splitlines() if "=" in line and not line.startswith("#"))
    report.that(asked == set(given), f"compose.env.example: {sorted(asked ^ set(given))}")
    report.that(not any(given.values()), "the example holds no value that somebody would keep")

    for name, service in services.items():
        tag = service["image"].rpartition(":")[2]
        report.that(re.search(r"\d", tag) or tag == "local", f"{name}: no fixed version: {service['image']}")
        if name in ONE_SHOT:
            report.that(service["restart"] == "no", f"{name}: runs once")
        else:
            report.that(service["restart"] == "unless-stopped", f"{name}: comes back")
        if name not in ONE_SHOT and name not in WARDS:
            report.that(service.get("healthcheck", {}).get("test"), f"{name}: no health check")
        for port in service.get("ports", []):
            report.that(name in OPEN or port.startswith("127.0.0.1:"), f"{name}: {port} is open to other machines")
        for network in service["networks"]:
            report.that(network in file["networks"], f"{name}: no network {network}")
        for volume in service.get("volumes", []):
            report.that(volume.split(":")[0] in file["volumes"], f"{name}: no volume {volume}")
        for other, how in service.get("depends_on", {}).items():
            right = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
            report.that(how == {"condition": right}, f"{name}: waits for {other} by {how}")
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|_KEY$|__KEY$", variable):
                report.that(re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), f"{name}: {variable} stands in the file")

    for name in [*WARDS, "migrate"]:
        ward = services[name]
        report.that(ward["read_only"] is True and ward["cap_drop"] == ["ALL"], f"{name}: not closed")
        report.that(ward["security_opt"] == ["no-new-privileges:true"], f"{name}: may gain privileges")
        report.that(ward["secrets"] == ["master_key"], f"{name}: no master key")
        report.that(int(ward["stop_grace_period"].removesuffix("s")) > 2 * 20 + 20, f"{name}: killed while it drains")
    folders = [services[name]["volumes"] for name in WARDS]
    report.that(len({str(folder) for folder in folders}) == 3, f"two processes on one data folder: {folders}")
    report.that(services["migrate"]["command"] == ["migrate"], "migrate does something else")
    report.that("migrate" in services["ward-1"]["depends_on"], "Ward does not wait for its schema")
    version = tuple(int(part) for part in re.findall(r"\d+", services["scylla"]["image"].rpartition(":")[2]))
    report.that(version >= (2025, 4), f"lightweight transactions on tablets need 2025.4: {version}")
    report.that(file["networks"]["back"] == {"internal": True}, "the databases must reach nobody outside")
    report.that("front" not in services["scylla"]["networks"], "ScyllaDB asks for no log-in: only `back` may reach it")
