"""The cases: files of values that are accepted, and changes of them that are not."""

import copy

import helm_python as helm
import yaml
from report import HERE, ROOT, documents, read

CHART = ROOT / "helm" / "ward"
RELEASE, NAMESPACE = "hospital", "care"


def accepted() -> dict[str, dict]:
    """Values by the name of their file."""
    names = sorted(path.stem for path in (HERE / "cases").glob("*.yaml") if path.stem != "refused")
    return {name: read(f"tests/deploy/cases/{name}.yaml") for name in names}


def refused() -> list[tuple[dict, dict]]:
    """What is changed, and the values that come of it."""
    good = accepted()
    changed = []
    for entry in read("tests/deploy/cases/refused.yaml"):
        values = copy.deepcopy(good[entry["case"]])
        for path, value in entry.get("set", {}).items():
            *way, last = path.split(".")
            inner = values
            for key in way:
                inner = inner.setdefault(key, {})
            inner[last] = value
        if "drop" in entry:
            *way, last = entry["drop"].split(".")
            inner = values
            for key in way:
                inner = inner[key]
            del inner[last]
        changed.append((entry, values))
    return changed


def render(values: dict) -> list[dict]:
    """All objects that an installation with these values makes."""
    with helm.Chart.load(CHART) as chart:
        files = chart.render(values, name=RELEASE, namespace=NAMESPACE, is_install=True)
    objects = []
    for path, text in sorted(files.items()):
        if path.endswith((".yaml", ".yml")):
            try:
                objects += documents(text)
            except yaml.YAMLError as error:
                raise SystemExit(f"{path} is no YAML: {error}\n{text}") from error
    return objects


def one(objects: list[dict], kind: str) -> dict:
    """The only object of its kind."""
    (found,) = [thing for thing in objects if thing["kind"] == kind]
    return found


def pods(objects: list[dict]) -> list[dict]:
    """Templates of pods."""
    return [thing["spec"]["template"] for thing in objects if thing["kind"] in ("Deployment", "Job")]
