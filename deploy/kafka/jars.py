"""Kafka's jars: fetched once per user by jgo, checked at every start."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jgo.config import GlobalSettings
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.env import EnvironmentSpec
from jgo.maven import MavenContext

_HERE = Path(__file__).parent
# Each fetch waits for the network, not for us.
_FETCHERS = 8


class WrongJar(Exception):
    """A jar is not the one whose checksum is pinned."""


def class_path() -> str:
    """Kafka's class path: all pinned jars, there and genuine."""
    settings = GlobalSettings.load()
    cache = settings.cache_dir / "kafka"
    cache.mkdir(parents=True, exist_ok=True)
    # The user's own repositories come after, or instead of, the public one of the same name.
    repositories = {"central": MAVEN_CENTRAL_URL} | settings.repositories
    with ThreadPoolExecutor(_FETCHERS) as fetchers:
        jars = fetchers.map(lambda pin: _jar(pin, cache, repositories), pins().items())
        return os.pathsep.join(str(jar) for jar in jars)


def pins() -> dict[str, str]:
    """The SHA-256 of each pinned coordinate."""
    lines = (_HERE / "jgo.sha256").read_text().splitlines()
    checksums = {coordinate: checksum for checksum, coordinate in map(str.split, lines)}
    return {pin: checksums[pin] for pin in EnvironmentSpec.load(_HERE / "jgo.toml").coordinates}


def check(jar: Path, checksum: str) -> None:
    """Refuse a jar that is not the pinned one.

    Raises: WrongJar.
    """
    with jar.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != checksum:
        raise WrongJar(f"{jar} is not the pinned jar; remove it to fetch it again")


def _jar(pin: tuple[str, str], cache: Path, repositories: Mapping[str, str]) -> Path:
    """One jar of the cache, fetched when it is not there yet."""
    coordinate, checksum = pin
    group, artifact, version = coordinate.split(":")
    jar = cache / f"{artifact}-{version}.jar"
    if jar.exists():
        check(jar, checksum)
        return jar
    # Fetched beside, checked, then renamed: half a jar never gets into the cache.
    with tempfile.TemporaryDirectory(dir=cache) as beside:
        context = MavenContext(repo_cache=Path(beside), remote_repos=dict(repositories))
        fetched = context.project(group, artifact).at_version(version).artifact().resolve()
        check(fetched, checksum)
        return fetched.rename(jar)
