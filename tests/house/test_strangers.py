"""Strangers (architecture §7.35): nothing here depends on one machine or one registry."""

import re
from pathlib import PurePosixPath

from tests.house.sources import ROOT, tracked

_TEXT = {
    "", ".cfg", ".css", ".html", ".ini", ".js", ".json", ".lock", ".mako", ".md", ".py", ".sha256",
    ".sh", ".toml", ".ts", ".txt", ".yaml", ".yml", ".properties", ".csv", ".lua",
}  # fmt: skip
# A letter in brackets, so that this file names none of them either.
_REGISTRIES = re.compile(
    r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.(org|com)|[y]arnpkg\.com|[m]aven\.(org|apache)"
    r"|[c]rates\.io|[d]ocker\.io|[g]hcr\.io|[q]uay\.io"
)
_MACHINE = re.compile(r"(?<![\w./}-])(/[r]oot/|/[h]ome/|/[w]ork/|/[t]mp/|/[U]sers/)")
_VENDORED = {"services/identity/static"}
"""Bundles that are shipped as their makers built them."""


def _lines() -> list[tuple[str, str]]:
    return [
        (f"{path}:{number}", line)
        for path in tracked()
        if PurePosixPath(path).suffix in _TEXT and str(PurePosixPath(path).parent) not in _VENDORED
        for number, line in enumerate((ROOT / path).read_text(errors="replace").splitlines(), 1)
    ]


def test_no_file_names_a_registry() -> None:
    """Given every file, when its lines are read, then a mirror or an offline copy does as well."""
    assert [place for place, line in _lines() if _REGISTRIES.search(line)] == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    """Given every file, when its lines are read, then no path of one machine is in it."""
    assert [place for place, line in _lines() if _MACHINE.search(line)] == []


def test_lock_files_pin_and_hash_and_name_no_address() -> None:
    """Given the locks of Python and Node, when they are read, then hashes stand for addresses."""
    locks = [path for path in tracked() if re.search(r"(requirements.*\.lock|-lock\.json)$", path)]

    assert {"requirements.lock", "requirements-dev.lock"} <= set(locks)
    for path in locks:
        text = (ROOT / path).read_text()
        assert "--index-url" not in text, path
        assert '"resolved"' not in text, path
        assert ("--hash=sha256:" in text) or ('"integrity"' in text), path
