"""Exchange rates over HTTP: published by staff, read for a day, never replaced."""

from tests.kit import then
from tests.kit.running import Running

from . import given


async def test_a_rate_holds_until_the_next_one(premium: Running) -> None:
    """Given rates of two days, then the day before the second still has the first."""
    await given.exchange_rates(
        premium, ("SEK", "2026-01-01", "14.25"), ("SEK", "2026-04-01", "15.5")
    )
    headers = premium.caller("exchange-rates:read")

    rates = [
        (
            await premium.client.get(
                "/v1/exchange-rates/SEK", params={"as_of": day}, headers=headers
            )
        ).json()["ttb"]
        for day in ("2026-01-01", "2026-03-31", "2026-04-01")
    ]

    assert rates == ["14.25", "14.25", "15.5"]


async def test_before_the_first_rate_there_is_none(premium: Running) -> None:
    """Given a rate from January, when the day before is asked for, then there is none."""
    await given.exchange_rates(premium, ("NOK", "2026-01-01", "13"))

    answer = await premium.client.get(
        "/v1/exchange-rates/NOK",
        params={"as_of": "2025-12-31"},
        headers=premium.caller("exchange-rates:read"),
    )

    then.refused(answer, 404, "not-found", "exchange-rate-not-found")


async def test_a_published_rate_is_not_replaced(premium: Running) -> None:
    """Given a published rate, then the same figure is fine again and another one conflicts."""
    await given.exchange_rates(premium, ("DKK", "2026-01-01", "20"))

    same = await given.exchange_rates(premium, ("DKK", "2026-01-01", "20.00"))
    other = await given.exchange_rates(premium, ("DKK", "2026-01-01", "21"))

    assert same.status_code == 201
    then.refused(other, 409, "duplicate-resource", "rate-already-published")


async def test_one_wrong_rate_keeps_all_of_them_out(premium: Running) -> None:
    """Given two rates of which one contradicts, when they are published, then neither is."""
    await given.exchange_rates(premium, ("CHF", "2026-01-01", "180"))

    await given.exchange_rates(premium, ("CHF", "2026-01-01", "181"), ("CHF", "2026-02-01", "182"))

    listed = await premium.client.get(
        "/v1/exchange-rates",
        params={"currency": "CHF"},
        headers=premium.caller("exchange-rates:read"),
    )
    assert [rate["ttb"] for rate in listed.json()["items"]] == ["180"]


async def test_rates_are_listed_between_two_days(premium: Running) -> None:
    """Given three rates, when a span is asked for, then both its ends belong to it."""
    days = ("2026-01-01", "2026-02-01", "2026-03-01")
    await given.exchange_rates(premium, *(("AUD", day, "100") for day in days))

    listed = await premium.client.get(
        "/v1/exchange-rates",
        params={"currency": "AUD", "valid_from_from": days[1], "valid_from_to": days[2]},
        headers=premium.caller("exchange-rates:read"),
    )

    assert [rate["valid_from"] for rate in listed.json()["items"]] == list(days[1:])


async def test_a_rate_finer_than_four_decimals_is_refused(premium: Running) -> None:
    """Given a rate with five decimals, when it is published, then its place is named."""
    answer = await given.exchange_rates(premium, ("NZD", "2026-01-01", "90.12345"))

    body = then.refused(answer, 422, "validation-failed")
    assert [error["pointer"] for error in body["errors"]] == ["#/rates/0/ttb"]


async def test_a_publication_needs_its_key(premium: Running) -> None:
    """Given no Idempotency-Key, when rates are published, then 400 asks for one."""
    body = {
        "source": "tests",
        "rates": [{"currency": "CAD", "valid_from": "2026-01-01", "ttb": "1"}],
    }

    answer = await premium.client.post(
        "/ops/v1/exchange-rates", json=body, headers=premium.staff("ops:exchange-rates:write")
    )

    then.refused(answer, 400, "idempotency-key-required")
