"""The Dockerfile: what goes into an image is enough for its service, and nothing else does."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.deploy.containers import ROOT
from tests.house.sources import services

_TEXT = (ROOT / "Dockerfile").read_text()
_STEPS = [
    tuple(step.split(maxsplit=1))
    for step in re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", _TEXT, flags=re.MULTILINE)).split("\n")
    if step.strip()
]
_IGNORED = (ROOT / ".dockerignore").read_text().splitlines()


def _copied(service: str, *stages: str) -> list[tuple[list[str], str]]:
    """What the stages copy from the project, and where to."""
    found, stage = [], ""
    for kind, words in _STEPS:
        if kind == "FROM":
            stage = words.rpartition(" ")[2]
        if kind == "COPY" and stage in stages and not words.startswith("--from="):
            *sources, target = words.replace("${SERVICE}", service).split()
            found.append((sources, target))
    return found


def test_the_base_is_the_python_we_run() -> None:
    """Given each base, when it is read, then it is one slim Python, of the version we ask for."""
    bases = [words.split()[0] for kind, words in _STEPS if kind == "FROM"]
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]

    outside = {it for it in bases if ":" in it}
    assert outside == {f"python:{asked.removeprefix('>=')}-slim-bookworm"}
    assert set(bases) - outside == {"service"}
    assert f"{sys.version_info.major}.{sys.version_info.minor}" == asked.removeprefix(">=")


def test_libraries_come_by_their_hashes() -> None:
    """Given how libraries are installed, when it is read, then the locks decide, with hashes."""
    [install] = [words for kind, words in _STEPS if kind == "RUN" and "pip install" in words]

    assert install.count("--require-hashes") == 2
    assert "requirements-uv.lock" in install
    assert install.endswith("requirements.lock")


def test_nobody_runs_as_root() -> None:
    """Given the stages that are run, when their user is read, then it is nobody's number."""
    kinds = [kind for kind, _ in _STEPS]
    users = [words for kind, words in _STEPS if kind == "USER"]

    assert users == ["10001:10001"]
    # What comes after the change of user only adds documents.
    assert set(kinds[kinds.index("USER") + 1 :]) == {"ENTRYPOINT", "FROM", "COPY"}


def test_nothing_but_code_is_given_to_the_builder() -> None:
    """Given what the builder sees, when it is compared with what is copied, then it is all used."""
    shown = {line[1:] for line in _IGNORED if line.startswith("!")}
    copied = {
        source.partition("/")[0]
        for service in services()
        for sources, _ in _copied(service, "environment", "service", "identity")
        for source in sources
    }

    assert "*" in _IGNORED
    assert shown == copied
    assert "ADD" not in {kind for kind, _ in _STEPS}


@pytest.mark.parametrize("service", services())
def test_an_image_holds_all_its_service_needs(service: str, tmp_path: Path) -> None:
    """Given the files of an image, when its service is loaded from them alone, then it is whole."""
    stages = ("service", "identity") if service == "identity" else ("service",)
    for sources, target in _copied(service, *stages):
        for source in sources:
            _copy(ROOT / source, tmp_path / target)

    code = f"from libs.common.command import load; print(load({service!r}).name)"
    # As in the image, nothing is written beside the code (-B).
    command = [sys.executable, "-B", "-c", code]
    loaded = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert loaded.stdout.split() == [service], loaded.stderr
    assert [it.name for it in (tmp_path / "services").iterdir() if it.is_dir()] == [service]


def test_identitys_image_holds_the_documents_it_serves(tmp_path: Path) -> None:
    """Given the documents identity reads, when its image's files are listed, then all are there."""
    code = "\n".join(it.read_text() for it in (ROOT / "services/identity/api").glob("*.py"))
    named = set(re.findall(r'document\(f?"([a-z-]+(?:\.json|(?=/)))', code))
    copied = {source.strip("/") for sources, _ in _copied("", "identity") for source in sources}

    assert named == copied


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
