"""Clients made from the documents, in Python and TypeScript, and a sample program on each.

A generator's warning is an error: it means an operation that a client would not find.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from .. import node

_SAMPLES = Path(__file__).with_name("samples")
_PACKAGE = "trade_insurance"
# The generator knows no printed papers; to a program they are bytes.
_AS_BYTES = {"content_type_overrides": {"application/pdf": "application/octet-stream"}}
_STRICT = {
    "strict": True,
    "noEmit": True,
    "target": "es2022",
    "module": "esnext",
    "moduleResolution": "bundler",
    "skipLibCheck": True,
    "types": [],
}


def check_python_client(document: Path, folder: Path, *, sample: bool) -> None:
    """Make a Python client; a sample program on it must pass a strict type check."""
    tools = Path(sys.executable).parent
    environment = os.environ | {"PATH": os.pathsep.join([str(tools), os.environ["PATH"]])}
    config = folder / "openapi-python-client.json"
    config.write_text(json.dumps(_AS_BYTES))
    words = ["generate", "--path", str(document), "--output-path", str(folder / _PACKAGE)]
    flags = ["--config", str(config), "--meta", "none", "--overwrite", "--fail-on-warning"]
    generator = tools / "openapi-python-client"
    subprocess.run([generator, *words, *flags], check=True, env=environment)
    if not sample:
        return
    program = _SAMPLES / "hand_in_ledger.py"
    flags = ["--strict", "--follow-imports=silent", "--config-file=", "--cache-dir=/dev/null"]
    typed = environment | {"MYPYPATH": str(folder)}
    subprocess.run([tools / "mypy", *flags, program], check=True, cwd=folder, env=typed)


def check_typescript_client(document: Path, folder: Path, *, sample: bool) -> None:
    """Make a TypeScript client; it and a sample program on it must pass a strict type check."""
    config = {"input": str(document), "output": str(folder / "client"), "logs": {"file": False}}
    settings = folder / "openapi-ts.config.mjs"
    settings.write_text(f"export default {json.dumps(config)};\n")
    said = node.run("openapi-ts", "--file", str(settings))
    if "warn" in said.lower() or "⚠" in said:
        raise ValueError(said)
    if sample:
        name = "hand_in_ledger.ts"
        (folder / name).write_text((_SAMPLES / name).read_text())
    project = {"compilerOptions": _STRICT, "include": ["**/*.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(project))
    node.run("tsc", "--project", str(folder))
