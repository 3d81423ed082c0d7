"""Policyholders are registered by staff, told to all, and read by themselves alone."""

import asyncio

import pytest
from sqlalchemy import select, text

from libs.common.database import PLATFORM
from services.identity import tables
from tests.identity import given
from tests.kit import then
from tests.kit.running import Running

STAFF = "ops:policyholders:write"


async def test_a_policyholder_is_told_to_every_service(identity: Running) -> None:
    """Given a new policyholder, when registered, then its record is told for the platform."""
    code = await given.policyholder(identity, name_ja="舫商事株式会社", short_name_ja="舫商事")

    told = await then.told(identity, code, PLATFORM)

    assert told == [
        (
            "identity.policyholder.state.v1",
            {
                "policyholder_code": code,
                "name_ja": "舫商事株式会社",
                "name_en": "Moyai Trading Co., Ltd.",
                "short_name_ja": "舫商事",
                "active": True,
            },
        )
    ]


async def test_a_policyholder_reads_its_own_record(identity: Running) -> None:
    """Given two policyholders, when one reads, then it sees itself."""
    code, _ = await given.policyholder(identity), await given.policyholder(identity)

    answer = await identity.client.get(
        "/v1/policyholder", headers=identity.caller("policyholder:read", tenant=code)
    )

    assert (answer.json()["policyholder_code"], answer.headers["etag"]) == (code, '"1"')


async def test_a_caller_without_a_record_finds_nothing(identity: Running) -> None:
    """Given a tenant never registered, when it reads itself, then 404."""
    answer = await identity.client.get(
        "/v1/policyholder", headers=identity.caller("policyholder:read", tenant="999999998")
    )

    then.refused(answer, 404, "not-found", "policyholder-not-found")


async def test_of_two_replacements_one_is_stale(identity: Running) -> None:
    """Given one version seen by two, when both replace it, then the second gets 412."""
    code = await given.policyholder(identity)

    async def replace(name: str) -> int:
        answer = await identity.client.put(
            f"/ops/v1/policyholders/{code}",
            json={"name_ja": name, "name_en": name},
            headers=identity.staff(STAFF) | {"If-Match": '"1"'},
        )
        return answer.status_code

    assert sorted(await asyncio.gather(replace("甲"), replace("乙"))) == [200, 412]


async def test_replacing_unseen_is_refused(identity: Running) -> None:
    """Given an existing record, when replaced without saying what was seen, then 428."""
    code = await given.policyholder(identity)

    answer = await identity.client.put(
        f"/ops/v1/policyholders/{code}",
        json={"name_ja": "甲", "name_en": "A"},
        headers=identity.staff(STAFF),
    )

    then.refused(answer, 428, "precondition-required")


@pytest.mark.attack("S38")
async def test_a_session_without_its_tenant_sees_nothing(identity: Running) -> None:
    """Given raw SQL as another tenant, when it reads and writes, then no rows and a refusal."""
    machine = await given.machine(identity)

    async with identity.databases.tenant("999999997") as tx:
        for table in ("policyholders", "machine_clients", "client_keys", "used_assertions"):
            assert (await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar() == 0  # noqa: S608
    with pytest.raises(Exception, match="row-level security"):
        async with identity.databases.tenant("999999997") as tx:
            await tx.execute(
                text("INSERT INTO policyholders VALUES (:code, 'x', 'x', NULL, true, 1, now())"),
                {"code": machine.policyholder_code},
            )


async def test_policyholders_do_not_write_reference_data(identity: Running) -> None:
    """Given a policyholder's transaction, when it writes to shared tables, then refused."""
    with pytest.raises(Exception, match="permission denied"):
        async with identity.databases.tenant("999999997") as tx:
            await tx.execute(text("UPDATE client_directory SET tenant = '999999997'"))
    async with identity.databases.tenant("999999997") as tx:
        assert (await tx.scalars(select(tables.ClientDirectoryEntry))).first() is not None
