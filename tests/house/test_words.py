"""Words (style §4): the glossary is law, also for names in code, tables and addresses."""

import ast
import re
from collections.abc import Iterator

import pytest

from libs.common.command import load
from libs.common.events import Event
from tests.house.sources import ROOT, Source, services, sources

pytestmark = pytest.mark.xdist_group("house")

_GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
_ROW = re.compile(r"^\| (?P<first>[^|]+) \| (?P<second>[^|]+) \|", re.MULTILINE)


def _forbidden() -> list[str]:
    table = _GLOSSARY.partition("## Words we do not use")[2]
    rows = [row["first"].strip() for row in _ROW.finditer(table)]
    return [word for word in rows if word not in ("not", "---")]


def _names(source: Source) -> Iterator[tuple[str, int]]:
    """Every name a file gives to something."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno


def _spoken(name: str) -> str:
    """A name in words: `SpecialAgreement` and `special_agreement` are one."""
    return "_" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_") + "_"


def _is_forbidden(name: str) -> bool:
    return any(f"_{word}_" in _spoken(name).replace("s_", "_") for word in _forbidden())


def test_no_name_says_what_the_glossary_does_not() -> None:
    """Given every name in the code, when it is read, then none is a word we do not use."""
    found = [
        f"{source.path}:{line} {name}"
        for source in sources("libs", "services")
        for name, line in _names(source)
        if _is_forbidden(name)
    ]

    assert found == []


def test_no_table_fact_or_address_does_either() -> None:
    """Given tables, columns, facts and paths, when they are read, then the words are ours."""
    tables = [table for service in services() for table in load(service).metadata.tables.values()]
    names = [it for table in tables for it in (table.name, *(col.name for col in table.columns))]
    names += [it.event_type.replace(".", "_") for it in _facts()]
    names += [field for it in _facts() for field in it.model_fields]
    names += re.findall(r'"/(?:v1|ops/v1|internal)(/[^"]+)"', (ROOT / "openapi.json").read_text())

    assert [name for name in names if _is_forbidden(re.sub(r"[/{}-]+", "_", name))] == []


def _facts() -> list[type[Event]]:
    for service in services():
        load(service)
    return [it for it in Event.__subclasses__() if it.__module__.startswith("services.")]


def test_tenant_is_a_word_of_the_plumbing() -> None:
    """Given rules and facts, when their names are read, then they speak of policyholders."""
    found = [
        f"{source.path}:{line} {name}"
        for source in sources("services")
        if "/domain/" in source.path or source.path.endswith("/events.py")
        for name, line in _names(source)
        if "_tenant_" in _spoken(name)
    ]

    assert found == []


def test_every_word_is_explained_once() -> None:
    """Given the glossary, when its words are listed, then none comes twice and each has a place."""
    words = [
        row["first"].strip()
        for row in _ROW.finditer(_GLOSSARY.partition("## Words we do not use")[0])
        if row["first"].strip() not in ("word", "---")
    ]

    assert len(words) == len(set(words))
    assert len(words) > 80


def test_every_service_has_its_page() -> None:
    """Given a service, when its folder is opened, then one page says what it is about."""
    parts = ("Owns", "Tells", "Hears", "Asks", "States")

    for service in services():
        page = (ROOT / "services" / service / "README.md").read_text()
        told = set(re.findall(r"(?:\*\*|## )(\w+)", page))
        assert [part for part in parts if part not in told] == [], service
