"""`docs/operations.md`: what it names is there, and what it tells one to do works."""

import asyncio
import json
import re
import shlex
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
import typer
from aiokafka import AIOKafkaConsumer
from prometheus_client import REGISTRY
from typer.core import TyperGroup

from deploy.kafka import Kafka
from deploy.postgres import DatabaseUrls
from libs.common import command, context
from libs.common.command import load
from tests.common.story import make_topics, new_story
from tests.deploy.containers import ROOT, containers
from tests.house.sources import services, sources
from tests.kit.engines import Engines

_PAGE = (ROOT / "docs" / "operations.md").read_text()
_NAMED = set(re.findall(r"`([^`\n]+)`", _PAGE))
_COMMAND = "python -m libs.common.command "
_OURS = re.compile(r"(?!python_|process_|stamina_)")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", _PAGE, re.DOTALL)


def _lines() -> list[str]:
    """Every line to be typed, without what is said beside it."""
    return [re.sub(r"\s+# .*", "", line) for it in _blocks("sh") for line in it.splitlines()]


def _figures() -> set[str]:
    """What our processes tell at /metrics, without those of the interpreter and of libraries."""
    for service in services():
        load(service)
    found = {it.name: it.type for it in REGISTRY.collect() if _OURS.match(it.name)}
    ends = {"gauge": [""], "counter": ["_total"], "histogram": ["_count", "_bucket"]}
    return {name + end for name, kind in found.items() for end in ends[kind]}


def test_every_figure_is_there_and_explained() -> None:
    """Given the page's metrics, when processes are asked for theirs, then they are the same."""
    explained = set(re.findall(r"^\| `([a-z_]+)` \|", _PAGE, re.MULTILINE))

    assert {it for it in explained if not it.startswith("moyai_")} == _figures()


def test_every_word_of_the_logs_is_there() -> None:
    """Given names in small letters, when the code is searched, then it logs or knows them."""
    code = "\n".join(source.text for source in sources("libs", "services"))
    logged = set(re.findall(r'log\.\w+\(\s*"([a-z_]+)"', code))
    settings = {f"moyai_{field}" for it in services() for field in load(it).settings.model_fields}
    carried = {context.request_id.name, context.correlation_id.name}

    named = {it for it in _NAMED if re.fullmatch(r"[a-z]+(_[a-z]+)+", it)}
    assert named <= logged | settings | carried | _figures()


def test_every_setting_is_there() -> None:
    """Given the page's settings, when the services' are listed, then they are among them."""
    settings = {f"MOYAI_{it}".upper() for s in services() for it in load(s).settings.model_fields}

    assert set(re.findall(r"MOYAI_[A-Z_]+", _PAGE)) <= settings


def _words() -> Iterator[list[str]]:
    """The words that our command line is given, on the page."""
    for line in _lines():
        if line.startswith(_COMMAND):
            yield shlex.split(line.removeprefix(_COMMAND))
        elif " run --rm " in line:
            container, *words = shlex.split(line.partition(" --rm ")[2])
            assert container in containers()
            yield words


@pytest.mark.parametrize("words", list(_words()), ids=" ".join)
def test_every_command_is_there(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a line to be typed, when it is parsed as typed, then nothing is wrong with it."""
    monkeypatch.setenv("MOYAI_KAFKA_BOOTSTRAP", "kafka:9092")
    group = typer.main.get_command(command.app)
    assert isinstance(group, TyperGroup)

    with group.make_context("command", list(words)) as entered:
        _, chosen, rest = group.resolve_command(entered, list(words))
        assert chosen is not None
        chosen.make_context(words[0], rest, parent=entered)

    if words[0] == "run":
        service = load(words[1])
        assert words[2] in {*service.commands, *service.tools}


def test_everything_else_it_names_is_there() -> None:
    """Given targets, files, containers and paths, when they are looked for, then all are there."""
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    files = [it for it in _NAMED if re.fullmatch(r"[\w./-]+\.(py|yml|md)", it)]
    paths = json.loads((ROOT / "openapi-staff.json").read_text())["paths"]

    assert {it.partition(" ")[2] for it in _NAMED if it.startswith("make ")} <= set(targets)
    assert [it for it in files if not (ROOT / it).exists()] == []
    assert set(re.findall(r"--scale ([a-z-]+)=", _PAGE)) <= set(containers())
    for method, path in re.findall(r"`(PUT|POST) (/ops/v1/[^`]+)`", _PAGE):
        assert method.lower() in paths[path]


_DATABASES = {"the service's": "ledger", "the ledger's": "ledger", "identity's": "identity"}


@pytest.mark.parametrize("statements", _blocks("sql"))
def test_every_statement_is_taken(
    statements: str, engines: Engines, databases_of: Callable[[str], DatabaseUrls]
) -> None:
    """Given what to say to a database, when its superuser says it, then it is carried out."""
    place = re.match(r"-- in (.*) database\n", statements)
    assert place is not None
    service = _DATABASES.get(place[1], "buyers")
    database = databases_of(service).owner.rpartition("/")[2]

    engines.postgres().sql(f"BEGIN; {statements}; ROLLBACK;", database)


@pytest.mark.xdist_group("mortal")
async def test_a_lost_kafka_is_filled_again(engines: Engines, mortal_kafka: Kafka) -> None:
    """Given facts handled and one only sent, when Kafka is lost, then none is lost or doubled."""
    database = f"restored_{uuid4().hex[:10]}"
    story = await new_story(engines.database("buyers", database), mortal_kafka.bootstrap)
    async with story.at_work():
        await story.tell(1, 2)
        await story.hears(2)
    async with story.at_work(listeners=0):
        await story.tell(3)
        await _sent(story.told.topic, mortal_kafka, 3)

    await asyncio.to_thread(mortal_kafka.drop)
    await asyncio.to_thread(mortal_kafka.start)
    await make_topics(mortal_kafka.bootstrap, story)
    [statements] = [it for it in _blocks("sql") if "every database" in it]
    engines.postgres().sql(statements, database)
    async with story.at_work():
        await story.tell(4)
        heard = await story.hears_numbers(2)
    await story.databases.close()

    assert heard == [3, 4]
    assert story.heard.empty()


async def _sent(topic: str, broker: Kafka, count: int) -> None:
    """Wait until so many facts are on a topic."""
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest"
    ) as consumer:
        for _ in range(count):
            await consumer.getone()
