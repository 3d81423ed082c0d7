"""A service as its callers meet it: the real app on a real database, identity stood in for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from fastapi import FastAPI

from deploy.postgres import DatabaseUrls
from libs.common.command import load
from libs.common.database import Databases
from libs.common.service import build_app
from libs.common.settings import ServiceSettings
from tests.kit.stand_in_identity import ISSUER, TENANT, StandInIdentity


@dataclass(frozen=True)
class Running:
    """One service, ready to be called."""

    app: FastAPI
    client: httpx.AsyncClient
    databases: Databases
    settings: ServiceSettings
    identity: StandInIdentity

    def caller(self, *scopes: str, tenant: str = TENANT) -> dict[str, str]:
        """Headers of a policyholder's machine client."""
        return self.identity.bearer(*scopes, tenant=tenant)

    def staff(self, *scopes: str) -> dict[str, str]:
        """Headers of the insurer's staff."""
        return self.identity.staff_bearer(*scopes)


def settings_for(service: str, urls: DatabaseUrls, **others: object) -> ServiceSettings:
    """Settings of a service in the suite."""
    values = {
        "service": service,
        "profile": "test",
        "database_url": urls.app,
        "database_staff_url": urls.staff,
        "database_relay_url": urls.relay,
        "database_owner_url": urls.owner,
        "issuer": ISSUER,
    }
    return load(service).settings(**(values | others))  # type: ignore[arg-type]


@asynccontextmanager
async def running(service: str, urls: DatabaseUrls, **others: object) -> AsyncIterator[Running]:
    """Run a service's HTTP side in this process, without its background loops."""
    settings = settings_for(service, urls, **others)
    identity = StandInIdentity()
    app = build_app(load(service), settings, worker=False)
    app.state.gate = await identity.gate(service)
    app.state.tasks = []
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        try:
            yield Running(app, client, app.state.databases, settings, identity)
        finally:
            await app.state.databases.close()
