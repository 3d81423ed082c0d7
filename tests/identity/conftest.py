"""The service under test."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import serialization

from deploy.postgres import DatabaseUrls
from libs.common.liveness import Revocations, revocations_over_http
from libs.common.security import Gate
from services.identity import jobs
from tests.identity import given, people
from tests.kit.running import Running, running


@pytest.fixture(scope="session")
def staff_key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with the staff's private key, as an operator keeps it."""
    path = tmp_path_factory.mktemp("secrets") / "staff-key.pem"
    pem = given.new_key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(pem)
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def identity(
    databases_of: Callable[[str], DatabaseUrls], staff_key_file: Path
) -> AsyncIterator[Running]:
    """identity, bootstrapped and running."""
    async with running("identity", databases_of("identity")) as service:
        await jobs.bootstrap(given.settings(service), "--staff-key", str(staff_key_file))
        people.trusting(service)
        await people.hear(service)
        yield service


@pytest.fixture
def staff(staff_key_file: Path) -> given.Machine:
    """The insurer's staff, with their key."""
    key = serialization.load_pem_private_key(staff_key_file.read_bytes(), password=None)
    return given.Machine("staff", key)


@pytest_asyncio.fixture(loop_scope="session")
async def buyers(
    identity: Running, databases_of: Callable[[str], DatabaseUrls]
) -> AsyncIterator[Running]:
    """Another service, which believes whom identity's published keys have signed for."""
    async with running("buyers", databases_of("buyers")) as service:
        heard = Revocations(revocations_over_http(identity.client, "http://127.0.0.1"), lambda: 0.0)
        await heard.hear()
        service.app.state.gate = Gate(given.verifier(identity, "buyers"), heard)
        yield service


@pytest_asyncio.fixture(loop_scope="session")
async def boss(identity: Running) -> people.Person:
    """An administrator, alone in the office."""
    return await people.administrator(identity)


@pytest_asyncio.fixture(loop_scope="session")
async def second(identity: Running, boss: people.Person) -> people.Person:
    """Another administrator of the same company, for long enough."""
    return await people.second_administrator(identity, boss)
