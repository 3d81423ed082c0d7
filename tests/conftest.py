"""What holds for every test, and the engines any of them may ask for."""

import io
import logging
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from deploy.kafka import Kafka
from deploy.local import Stack
from deploy.postgres import DatabaseUrls, Postgres
from libs.common.logs import configure_logs
from tests.kit.engines import Engines

# No test asserts a duration: the machines it runs on are shared.
settings.register_profile("moyai", deadline=None)
settings.load_profile("moyai")

_ENGINES = pytest.StashKey[Engines]()


def pytest_configure(config: pytest.Config) -> None:
    """Open the run; its workers find it by an environment variable."""
    configure_logs("tests", "json")
    if not hasattr(config, "workerinput"):
        config.stash[_ENGINES] = Engines.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the engines that the run has started."""
    if _ENGINES in config.stash:
        config.stash[_ENGINES].end()


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Every line that is logged meanwhile, as it is written."""
    root = logging.getLogger()
    before, lines = root.handlers, io.StringIO()
    configure_logs("tests", "json", lines)
    yield lines
    root.handlers = before


@pytest.fixture(scope="session")
def engines() -> Engines:
    """The engines of this run, each started when first asked for."""
    return Engines.of_this_run()


@pytest.fixture(scope="session")
def postgres(engines: Engines) -> Postgres:
    """A running PostgreSQL that the whole suite shares."""
    return engines.postgres()


@pytest.fixture(scope="session")
def kafka_bootstrap(engines: Engines) -> str:
    """The address of a running Kafka that the whole suite shares: name topics of your own."""
    return engines.kafka().bootstrap


@pytest.fixture(scope="session")
def mortal_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server that a test may kill, and brings back; what it confirmed is on its disk.

    Whoever uses it, or the mortal broker, is marked `xdist_group("mortal")`: a run has one of each.
    """
    server = Postgres(tmp_path_factory.mktemp("mortal") / "postgres")
    server.start()
    yield server
    server.drop()


@pytest.fixture(scope="session")
def mortal_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A broker that a test may kill, or lose, and brings back."""
    broker = Kafka(tmp_path_factory.mktemp("mortal") / "kafka")
    broker.start()
    yield broker
    broker.drop()


@pytest.fixture(scope="session")
def databases_of(engines: Engines, worker_id: str) -> Callable[[str], DatabaseUrls]:
    """One migrated database per service for all tests of this worker, made when first asked."""
    made: dict[str, DatabaseUrls] = {}

    def find(service: str) -> DatabaseUrls:
        if service not in made:
            made[service] = engines.database(service, f"{service}_{worker_id}")
        return made[service]

    return find


@pytest.fixture(scope="session")
def empty_database_of(engines: Engines, worker_id: str) -> Callable[[str], DatabaseUrls]:
    """As `databases_of`, without tables: for tests of the plumbing itself."""
    made: dict[str, DatabaseUrls] = {}

    def find(service: str) -> DatabaseUrls:
        if service not in made:
            made[service] = engines.empty_database(service, f"{service}_{worker_id}_empty")
        return made[service]

    return find


@pytest.fixture(scope="session")
def stack(engines: Engines) -> Iterator[Stack]:
    """The whole platform behind its gateway.

    Whoever uses it is marked `xdist_group("platform")`, so that a run starts it once.
    """
    platform = engines.platform()
    platform.start()
    yield platform
    platform.drop()
