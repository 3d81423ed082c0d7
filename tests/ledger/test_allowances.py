"""Allowances of a day: so many files of a sender, so many bytes of a company, until midnight."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from deploy.postgres import DatabaseUrls
from services.ledger.actions.processing import carry_out_next
from services.ledger.domain.allowances import Allowance, HandedIn, day_of, is_exceeded
from services.ledger.settings import LedgerSettings
from tests.kit import then
from tests.kit.running import Running, running
from tests.ledger import given, rounds
from tests.ledger.rounds import MoveClock

EVENING, MORNING = "2026-08-25T23:59:00", "2026-08-26T00:00:01"
CONTENT = b"1,2,3\r\n"
PUBLISHED = Allowance(files_of_a_sender=100, bytes_of_a_company=1 << 30)


@pytest_asyncio.fixture(loop_scope="session")
async def strict(databases_of: Callable[[str], DatabaseUrls]) -> AsyncIterator[Running]:
    """A ledger that takes two files of a sender on a day, and 30 bytes of a company."""
    bounds = {"files_of_a_sender": 2, "bytes_of_a_company": 30}
    async with running("ledger", databases_of("ledger"), **bounds) as service:
        yield service
        while await carry_out_next(service.databases, service.app.state.files):
            pass


@pytest.mark.parametrize(
    ("files", "so_far", "size", "too_much"),
    [(99, 0, 1, False), (100, 0, 1, True), (0, 1 << 30, 1, True), (0, (1 << 30) - 1, 1, False)],
)
def test_the_last_file_and_the_last_byte_may_come(
    files: int, so_far: int, size: int, *, too_much: bool
) -> None:
    """Given what came so far, when one more file comes, then it is too much only beyond both."""
    assert is_exceeded(PUBLISHED, HandedIn(files, so_far), size) is too_much


def test_a_day_begins_and_ends_in_japan() -> None:
    """Given an evening in UTC, when its day is asked for, then it is the next one in Japan."""
    began, ends = day_of(datetime(2026, 8, 25, 15, 30, tzinfo=UTC))

    assert began == datetime(2026, 8, 25, 15, tzinfo=UTC)
    assert ends - began == timedelta(days=1)


def test_an_allowance_holds_in_production() -> None:
    """Given nothing set, when the allowance is read, then it is as published in production only."""
    of_a_sender, of_a_company = (
        LedgerSettings.model_fields[name] for name in ("files_of_a_sender", "bytes_of_a_company")
    )

    for profile, files, size in [("production", 100, 1 << 30), ("local", 1 << 62, 1 << 62)]:
        told = {"profile": profile}
        assert of_a_sender.get_default(call_default_factory=True, validated_data=told) == files
        assert of_a_company.get_default(call_default_factory=True, validated_data=told) == size


async def test_a_sender_goes_on_tomorrow(strict: Running, clock_at: MoveClock) -> None:
    """Given two files of an evening, when a third comes, then it waits for the next day."""
    clock_at(EVENING)
    holder = await rounds.holder(strict)
    file = {"tenant": holder.code, "file_name": "a.csv"}
    for _ in range(2):
        assert (await given.handed_in(strict, CONTENT, **file)).status_code == 202

    refused = await given.handed_in(strict, CONTENT, **file)

    then.refused(refused, 429, "rate-limited", "daily-allowance-reached")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    clock_at(MORNING)
    assert (await given.handed_in(strict, CONTENT, **file)).status_code == 202


async def test_a_company_has_so_many_bytes(strict: Running, clock_at: MoveClock) -> None:
    """Given a file that nearly fills the day, when another comes, then it is too much.

    Another company's day is its own.
    """
    clock_at(EVENING)
    one, other = await rounds.holder(strict), await rounds.holder(strict)
    first = await given.handed_in(strict, b"1" * 25, tenant=one.code, file_name="a.csv")
    assert first.status_code == 202

    refused = await given.handed_in(strict, CONTENT, tenant=one.code, file_name="b.csv")
    taken = await given.handed_in(strict, CONTENT, tenant=other.code, file_name="b.csv")

    then.refused(refused, 429, "rate-limited", "daily-allowance-reached")
    assert taken.status_code == 202
