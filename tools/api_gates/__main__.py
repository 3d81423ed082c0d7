"""Run every gate of the API documents, the quick ones first."""

import json
import tempfile
from pathlib import Path
from typing import Any

from openapi_spec_validator import validate

from .. import node
from ..api_documents.committed import documents, stale
from ..api_documents.services import ROOT
from .clients import check_python_client, check_typescript_client
from .routes import check_routes

PUBLIC = ROOT / "openapi.json"
STAFF = ROOT / "openapi-staff.json"
FACTS = ROOT / "asyncapi.json"


class DocumentsStale(Exception):
    """Somebody changed the code and forgot `make documents`."""


def main() -> None:
    """Stop at the first gate that does not open."""
    if forgotten := stale(documents()):
        raise DocumentsStale(", ".join(forgotten))
    for document in (PUBLIC, STAFF):
        validate(_read(document))
    check_routes(_read(PUBLIC), _read(STAFF))
    linted = map(str, (PUBLIC, STAFF, FACTS))
    node.run("spectral", "lint", "--fail-severity", "warn", "--quiet", *linted)
    for document in (PUBLIC, STAFF):
        with tempfile.TemporaryDirectory(dir=node.HOME) as folder:
            has_sample = document == PUBLIC
            check_python_client(document, Path(folder), sample=has_sample)
            check_typescript_client(document, Path(folder), sample=has_sample)


def _read(document: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(document.read_text())
    return content


if __name__ == "__main__":
    main()
