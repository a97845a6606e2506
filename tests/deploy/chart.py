"""The chart: linted, its values checked, rendered, and what comes of it held against Kubernetes' schemas and our rules."""

import helm_python as helm
import kubernetes_validate
import rules
from cases import CHART, NAMESPACE, accepted, refused, render
from report import Report

# The oldest that Chart.yaml allows, and the newest that the checker knows.
VERSIONS = ("1.30.0", kubernetes_validate.latest_version())
# Kinds of the Prometheus operator, whose schemas are not among Kubernetes' own.
OPERATOR = {"ServiceMonitor", "PrometheusRule"}


def lint(report: Report, name: str, values: dict) -> None:
    # 2 is a warning, 3 an error.
    for version in VERSIONS:
        found = helm.lint(CHART, values, strict=True, namespace=NAMESPACE, kube_version=f"v{version}")
        wrong = [message for message in found["messages"] if message["severity"] >= 2]
        report.that(found["total_charts_linted"] == 1 and not wrong and not found["errors"], f"{name}: lint: {wrong} {found['errors']}")


def schemas(report: Report, name: str, objects: list[dict]) -> None:
    for thing in objects:
        label = f"{name}: {thing['kind']} {thing['metadata']['name']}"
        if thing["kind"] in OPERATOR:
            report.that(thing["apiVersion"] == "monitoring.coreos.com/v1", f"{label}: {thing['apiVersion']}")
            continue
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(thing, version, strict=True)
                report.that(True, label)
            except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
                report.that(False, f"{label}, Kubernetes {version}: {error.message}")


def check(report: Report) -> None:
    with helm.Chart.load(CHART) as chart:
        report.that(chart.metadata["kubeVersion"].startswith(">=1.30.0"), "VERSIONS no longer begin where Chart.yaml does")
        for name, values in accepted().items():
            try:
                chart.validate_schema(values)
            except helm.HelmValuesError as error:
                report.that(False, f"{name} is refused: {error}")
                continue
            lint(report, name, values)
            objects = render(values)
            schemas(report, name, objects)
            rules.hold(report, name, chart.merge_values(values), objects)
        for entry, values in refused():
            try:
                chart.validate_schema(values)
                report.that(False, f"{entry['name']}: accepted")
            except helm.HelmValuesError as error:
                report.that(entry["says"] in str(error), f"{entry['name']}: the refusal does not name {entry['says']}: {error}")
            # What stands in the schema must stop an installation, not only a check that nobody runs.
            try:
                chart.render(values, name="refused", namespace=NAMESPACE)
                report.that(False, f"{entry['name']}: rendered")
            except helm.HelmError:
                report.that(True, entry["name"])
