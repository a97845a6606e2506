"""Our own rules for what the chart makes."""

import re

from cases import one, pods
from report import Report, read
from variables import of_chart

SECRET = re.compile(r"PASSWORD$|SECRET|__KEY$|ACCESS_KEY|USERNAME|SMTP__USER")


def fits(selector: dict, labels: dict) -> bool:
    return bool(selector) and selector.items() <= labels.items()


def secrecy(report: Report, name: str, objects: list[dict]) -> None:
    kinds = {thing["kind"] for thing in objects}
    report.that("Secret" not in kinds, f"{name}: the chart makes a Secret: its values would lie in the release")
    for variable in one(objects, "ConfigMap")["data"]:
        report.that(not SECRET.search(variable), f"{name}: {variable} is in a ConfigMap")
    for pod in pods(objects):
        for variable in pod["spec"]["containers"][0].get("env", []):
            if SECRET.search(variable["name"]) or variable["name"].startswith("WARD_ADMIN"):
                report.that("value" not in variable, f"{name}: {variable['name']} is not by reference")


def closed(report: Report, name: str, objects: list[dict]) -> None:
    for pod in pods(objects):
        spec, (container,) = pod["spec"], pod["spec"]["containers"]
        outer, inner = spec["securityContext"], container["securityContext"]
        report.that(outer["runAsNonRoot"] and outer["runAsUser"] > 0 and outer["fsGroup"] > 0, f"{name}: runs as root")
        report.that(outer["seccompProfile"]["type"] == "RuntimeDefault", f"{name}: no seccomp")
        report.that(inner["readOnlyRootFilesystem"] and not inner["allowPrivilegeEscalation"], f"{name}: not closed")
        report.that(inner["capabilities"] == {"drop": ["ALL"]}, f"{name}: keeps capabilities")
        report.that(spec["automountServiceAccountToken"] is False, f"{name}: holds a token of the cluster")
        asked = container["resources"]
        report.that(asked["requests"]["memory"] and asked["requests"]["cpu"] and asked["limits"]["memory"], f"{name}: {asked}")
        volumes = {volume["name"] for volume in spec.get("volumes", [])}
        mounts = {mount["name"] for mount in container.get("volumeMounts", [])}
        report.that(volumes == mounts, f"{name}: volumes {volumes ^ mounts}")
        for volume in spec.get("volumes", []):
            if "secret" in volume:
                report.that(volume["secret"]["defaultMode"] == 0o440, f"{name}: {volume['name']} may be read by others")


def server(report: Report, name: str, values: dict, objects: list[dict]) -> None:
    deployment = one(objects, "Deployment")
    spec, pod = deployment["spec"], deployment["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    embedded = values["settings"]["store"]["backend"] == "embedded"
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for probe, path in (("startupProbe", "/readyz"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")):
        report.that(container[probe]["httpGet"] == {"path": path, "port": "http"}, f"{name}: {probe}")
    # Longer than the drain: connections, as much again for work under way, the pause before.
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    drain = values["settings"]["server"]["drain_seconds"]
    grace = pod["spec"]["terminationGracePeriodSeconds"]
    report.that(grace >= pause + 2 * drain + 10, f"{name}: killed after {grace} s, while it drains for {drain}")
    told = of_chart(objects)
    report.that(told["WARD__SERVER__DRAIN_SECONDS"] == str(drain), f"{name}: another drain: {told}")
    report.that(told["WARD_LISTEN"].endswith(f":{ports['http']}"), f"{name}: listens elsewhere")
    report.that(container["envFrom"] == [{"configMapRef": {"name": one(objects, "ConfigMap")["metadata"]["name"]}}], f"{name}: settings")
    paths = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    report.that(paths["data"] == told["WARD_DATA_DIR"], f"{name}: data elsewhere")
    for variable, path in told.items():
        if variable.endswith("_FILE"):
            report.that(any(path.startswith(f"{there}/") for there in paths.values()), f"{name}: {variable} is in no volume")
    backups = values["backup"]["existingClaim"]
    report.that(("WARD__BACKUP__DIR" in told) == bool(backups), f"{name}: backups go nowhere")
    if backups:
        (volume,) = [volume for volume in pod["spec"]["volumes"] if volume["name"] == "backups"]
        report.that(volume["persistentVolumeClaim"]["claimName"] == backups, f"{name}: backups on another claim")
        report.that(paths["backups"] == told["WARD__BACKUP__DIR"], f"{name}: backups elsewhere")
    claims = [thing for thing in objects if thing["kind"] == "PersistentVolumeClaim"]
    (data,) = [volume for volume in pod["spec"]["volumes"] if volume["name"] == "data"]
    if embedded:
        report.that(spec["replicas"] == 1 and spec["strategy"] == {"type": "Recreate"}, f"{name}: two on one folder: {spec['strategy']}")
        (claim,) = claims
        report.that(data["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"], f"{name}: another claim")
        report.that(claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep", f"{name}: records go with the release")
    else:
        report.that(spec["replicas"] == values["replicas"], f"{name}: {spec['replicas']} pods")
        report.that(spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0, f"{name}: an upgrade takes pods away")
        report.that(not claims and "emptyDir" in data, f"{name}: a folder that lasts")


def selected(report: Report, name: str, values: dict, objects: list[dict]) -> None:
    deployment = one(objects, "Deployment")
    labels, service = deployment["spec"]["template"]["metadata"]["labels"], one(objects, "Service")
    report.that(fits(deployment["spec"]["selector"]["matchLabels"], labels), f"{name}: the Deployment's selector")
    report.that(fits(service["spec"]["selector"], labels), f"{name}: the Service's selector")
    budgets = [thing for thing in objects if thing["kind"] == "PodDisruptionBudget"]
    report.that(len(budgets) == (values["replicas"] > 1), f"{name}: {len(budgets)} disruption budgets")
    for budget in budgets:
        report.that(fits(budget["spec"]["selector"]["matchLabels"], labels), f"{name}: the budget's selector")
        report.that(budget["spec"]["maxUnavailable"] < values["replicas"], f"{name}: the budget lets all go")
    jobs = [thing for thing in objects if thing["kind"] == "Job"]
    report.that(len(jobs) == (values["settings"]["store"]["backend"] == "scylla"), f"{name}: {len(jobs)} jobs")
    for job in jobs:
        hook = job["metadata"]["annotations"]
        report.that(set(hook["helm.sh/hook"].split(",")) == {"pre-install", "pre-upgrade"}, f"{name}: {hook}")
        container = job["spec"]["template"]["spec"]["containers"][0]
        report.that(container["args"] == ["migrate"], f"{name}: the job does {container['args']}")
        report.that(container["image"] == deployment["spec"]["template"]["spec"]["containers"][0]["image"], f"{name}: another image")
        report.that("envFrom" not in container, f"{name}: the job wants what is not there at the first installation")
        own = {variable["name"]: variable["value"] for variable in container["env"] if "value" in variable}
        report.that(own == one(objects, "ConfigMap")["data"], f"{name}: the job has other settings than the server")
        report.that(not fits(service["spec"]["selector"], job["spec"]["template"]["metadata"]["labels"]), f"{name}: the job serves")


def reached(report: Report, name: str, values: dict, objects: list[dict]) -> None:
    policies = [thing for thing in objects if thing["kind"] == "NetworkPolicy"]
    report.that(len(policies) == values["networkPolicy"]["enabled"], f"{name}: {len(policies)} network policies")
    for policy in policies:
        spec = policy["spec"]
        report.that(set(spec["policyTypes"]) == {"Ingress", "Egress"}, f"{name}: {spec['policyTypes']}")
        report.that(all(rule["from"] and rule["ports"] for rule in spec["ingress"]), f"{name}: anyone may call")
        out = {port["port"] for rule in spec["egress"] for port in rule["ports"]}
        wanted = {"production": {53, 443, 2465, 8080, 8443, 8444, 8445}, "scylla": {53, 9142, 443, 9000, 587, 11434}}[name]
        report.that(out == wanted, f"{name}: ports out: {sorted(out)}, not {sorted(wanted)}")
        for pod in pods(objects):
            report.that(fits(spec["podSelector"]["matchLabels"], pod["metadata"]["labels"]), f"{name}: a pod without a policy")
    for ingress in (thing for thing in objects if thing["kind"] == "Ingress"):
        (rule,) = ingress["spec"]["rules"]
        for path in rule["http"]["paths"]:
            report.that(not "/metrics".startswith(path["path"]) and not "/ops".startswith(path["path"]), f"{name}: {path} lets figures out")
            report.that(path["backend"]["service"]["name"] == one(objects, "Service")["metadata"]["name"], f"{name}: another service")
        report.that(ingress["spec"]["tls"][0]["hosts"] == [rule["host"]], f"{name}: no TLS for {rule['host']}")


def watched(report: Report, name: str, objects: list[dict]) -> None:
    service = one(objects, "Service")
    for monitor in (thing for thing in objects if thing["kind"] == "ServiceMonitor"):
        spec = monitor["spec"]
        report.that(fits(spec["selector"]["matchLabels"], service["metadata"]["labels"]), f"{name}: the monitor's selector")
        report.that(spec["endpoints"][0]["port"] in {port["name"] for port in service["spec"]["ports"]}, f"{name}: no such port")
        report.that(service["metadata"]["labels"][spec["jobLabel"]] == "ward", f"{name}: the alerts ask for the job \"ward\"")
    for rule in (thing for thing in objects if thing["kind"] == "PrometheusRule"):
        report.that(rule["spec"] == read("deploy/prometheus/rules.yaml"), f"{name}: other alerts than deploy/prometheus/rules.yaml")


def hold(report: Report, name: str, values: dict, objects: list[dict]) -> None:
    secrecy(report, name, objects)
    closed(report, name, objects)
    server(report, name, values, objects)
    selected(report, name, values, objects)
    reached(report, name, values, objects)
    watched(report, name, objects)
