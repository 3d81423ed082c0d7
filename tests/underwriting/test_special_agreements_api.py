"""Special agreements over HTTP: staff enter them, their holders alone read them."""

import asyncio
from typing import Any

import pytest

from libs.common.database import PLATFORM
from tests.kit import then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT
from tests.underwriting import given

READ = "special-agreements:read"


async def test_a_new_agreement_is_told_to_the_others(underwriting: Running) -> None:
    """Given no such agreement, when staff enter it, then the others hear its full record."""
    code = given.agreement_code()

    answer = await given.entered(underwriting, code)

    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    [(kind, record)] = await then.told(underwriting, code, PLATFORM)
    assert kind == "underwriting.special_agreement.state.v1"
    assert record == {
        "agreement_code": code,
        "branch_office_code": "10",
        "policyholder_code": "045012300",
        "holder_name_ja": "東都機械貿易株式会社",
        "holder_short_name_ja": "東都機械貿易",
        "valid_from": "2007-04-01",
        "valid_to": "2027-03-31",
        "minimum_increase_amount": "1000000",
        "file_name_waiver": False,
        "significant_delay_count": 2,
        "cover": given.COVER,
    }


async def test_a_holder_reads_its_agreement(underwriting: Running) -> None:
    """Given an agreement, when its holder reads it, then every term of it comes."""
    code = await given.agreement(underwriting)

    answer = await underwriting.client.get(
        f"/v1/special-agreements/{code}", headers=underwriting.caller(READ)
    )

    told = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert told["minimum_increase_amount"] == {"amount": "1000000", "currency": "JPY"}
    assert told["cover"] == given.COVER


async def test_another_company_never_sees_it(underwriting: Running) -> None:
    """Given one company's agreement, when another looks for it, then it is not there."""
    mine = await given.agreement(underwriting)
    theirs = await given.agreement(underwriting, policyholder_code=OTHER_TENANT)
    stranger = underwriting.caller(READ, tenant=OTHER_TENANT)

    one = await underwriting.client.get(f"/v1/special-agreements/{mine}", headers=stranger)
    every = await underwriting.client.get("/v1/special-agreements?limit=100", headers=stranger)

    then.refused(one, 404, "not-found", "special-agreement-not-found")
    listed = [item["agreement_code"] for item in every.json()["items"]]
    assert theirs in listed
    assert mine not in listed


@pytest.mark.parametrize(("day", "found"), [("2027-03-31", True), ("2027-04-01", False)])
async def test_the_last_day_of_a_term_still_counts(
    underwriting: Running, day: str, *, found: bool
) -> None:
    """Given a term to the end of March, when asked for April, then it is no longer in force."""
    code = await given.agreement(underwriting)

    answer = await underwriting.client.get(
        f"/v1/special-agreements?limit=100&in_force_on={day}", headers=underwriting.caller(READ)
    )

    listed = [item["agreement_code"] for item in answer.json()["items"]]
    assert (code in listed) is found


async def test_a_renewal_needs_the_version_that_was_read(underwriting: Running) -> None:
    """Given an agreement, when it is replaced blindly or from an old version, then it stays."""
    code = await given.agreement(underwriting)

    blind = await given.entered(underwriting, code, valid_to="2028-03-31")
    stale = await given.entered(underwriting, code, version=7, valid_to="2028-03-31")
    good = await given.entered(underwriting, code, version=1, valid_to="2028-03-31")

    then.refused(blind, 428, "precondition-required")
    assert then.refused(stale, 412, "precondition-failed")["current_version"] == 1
    assert (good.status_code, good.json()["valid_to"]) == (200, "2028-03-31")
    assert len(await then.told(underwriting, code, PLATFORM)) == 2


async def test_of_two_rivals_one_wins(underwriting: Running) -> None:
    """Given a free code, when two enter it at once, then one is told that it exists."""
    code = given.agreement_code()

    answers = await asyncio.gather(*(given.entered(underwriting, code) for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [201, 428]


async def test_a_code_is_given_to_one_holder_only(underwriting: Running) -> None:
    """Given a code that was given, when staff enter it for another company, then it is refused."""
    code = await given.agreement(underwriting)

    answer = await given.entered(underwriting, code, policyholder_code=OTHER_TENANT)

    then.refused(answer, 409, "state-conflict", "agreement-held-by-another")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"valid_to": "2007-03-31"}, "term-ends-before-it-begins"),
        ({"cover": given.COVER | {"pre_shipment_credit": "1.01"}}, "cover-ratio-out-of-range"),
        (
            {"minimum_increase_amount": {"amount": "1.00", "currency": "USD"}},
            "minimum-increase-not-in-yen",
        ),
    ],
)
async def test_what_no_agreement_can_say_is_refused(
    underwriting: Running, changes: dict[str, Any], reason: str
) -> None:
    """Given terms that contradict themselves, when entered, then the reason is named."""
    answer = await given.entered(underwriting, given.agreement_code(), **changes)

    then.refused(answer, 422, "validation-failed", reason)


async def test_agreements_are_closed_to_strangers_and_to_policyholders(
    underwriting: Running,
) -> None:
    """Given an agreement, when somebody without the right reads or writes, then 401 and 403."""
    url = "/ops/v1/special-agreements/200100357"
    anonymous = await underwriting.client.get("/v1/special-agreements")
    holder = await underwriting.client.put(
        url, json=given.entry(), headers=underwriting.caller(READ)
    )

    assert (anonymous.status_code, holder.status_code) == (401, 403)
