"""How the checks say what they found."""

import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = ROOT / "tests" / "deploy"


class Report:
    """Counts what was checked, and names what is wrong."""

    def __init__(self, name: str) -> None:
        self.name, self.passed, self.failed = name, 0, 0

    def that(self, holds: object, what: str) -> None:
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"{self.name}: {what}")

    def end(self) -> int:
        """The exit status. Nothing checked is nothing held."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.passed and not self.failed else 1


class Strict(yaml.SafeLoader):
    """A key that stands twice is an error: YAML would silently keep the last."""


def mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict:
    keys = [loader.construct_object(key) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise yaml.constructor.ConstructorError(None, None, f"twice: {sorted(twice)}", node.start_mark)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)


def documents(text: str) -> list:
    """All documents of a text that are not empty."""
    return [document for document in yaml.load_all(text, Loader=Strict) if document is not None]


def read(path: str) -> object:
    """A file of one document, from the root of the repository."""
    (document,) = documents((ROOT / path).read_text(encoding="utf-8"))
    return document
