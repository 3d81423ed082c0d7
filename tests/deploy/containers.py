"""`docker-compose.yml` as tests read it."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "deploy" / "containers" / "demo.yml"
WRITTEN = ".local/containers/"

Container = dict[str, Any]

_OURS = "moyai-"
_VARIABLE = re.compile(r"\$\{(?P<name>\w+):-(?P<default>[^}]*)\}")


@cache
def read(path: Path = ROOT / "docker-compose.yml") -> dict[str, Any]:
    """Read a file of Compose, its anchors followed."""
    found: dict[str, Any] = YAML(typ="safe").load(path)
    return found


def containers() -> dict[str, Container]:
    """Every container by its name."""
    found: dict[str, Container] = read()["services"]
    return found


def engines() -> dict[str, Container]:
    """The containers whose images others make."""
    return {name: it for name, it in containers().items() if not _is_ours(it)}


def ours() -> dict[str, Container]:
    """The containers of our own images."""
    return {name: it for name, it in containers().items() if _is_ours(it)}


def serving() -> dict[str, Container]:
    """Our containers that go on until they are stopped."""
    return {name: it for name, it in ours().items() if it["command"][0] == "serve"}


def service_of(container: Container) -> str:
    """The service a container of ours is an image of."""
    image: str = container["image"]
    return image.removeprefix(_OURS)


def filled(text: str, **environment: str) -> str:
    """Put in variables of the environment, or what stands for them where there are none."""
    return _VARIABLE.sub(lambda it: environment.get(it["name"], it["default"]), text)


def secrets_of(container: Container) -> dict[str, str]:
    """The files a container finds among its secrets, and which secret each of them is."""
    found: dict[str, str] = {}
    for secret in container.get("secrets", []):
        named = secret if isinstance(secret, dict) else {"source": secret, "target": secret}
        found[named["target"]] = named["source"]
    return found


def _is_ours(container: Container) -> bool:
    return str(container["image"]).startswith(_OURS)
