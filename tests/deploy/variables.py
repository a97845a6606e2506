"""What chart and compose file tell the program, for the test that asks the program whether it knows all of it."""

import json

import helm_python as helm
from cases import CHART, accepted, one, pods, render
from report import read


def of_chart(objects: list[dict]) -> dict[str, str]:
    """Variables of the server's pod. A secret has its reference's words for a value."""
    found = dict(one(objects, "ConfigMap")["data"])
    for variable in one(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0].get("env", []):
        reference = variable["valueFrom"]["secretKeyRef"]
        found[variable["name"]] = f"{reference['name']}/{reference['key']}"
    return found


def of_schema() -> list[str]:
    """All settings that the chart lets be set: section.key."""
    with helm.Chart.load(CHART) as chart:
        tree = chart.schema["properties"]["settings"]

    def names(node: dict, prefix: str) -> list[str]:
        if "properties" not in node:
            return [prefix]
        return [name for key, inner in node["properties"].items() for name in names(inner, f"{prefix}.{key}".lstrip("."))]

    return names(tree, "")


def show() -> None:
    cases = {}
    for name, values in accepted().items():
        objects = render(values)
        cases[name] = of_chart(objects)
        for pod in pods(objects):
            for variable in pod["spec"]["containers"][0].get("env", []):
                assert variable["name"] in cases[name], f"{name}: {variable['name']} is the job's alone"
    compose = read("compose.yaml")["services"]["ward-1"]["environment"]
    print(json.dumps({"cases": cases, "compose": compose, "schema": of_schema()}))
