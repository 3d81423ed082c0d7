"""Policies over HTTP: the contracts that ledgers brought, each branch as it is now."""

from typing import Any

from tests.kit import hearing, then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT
from tests.underwriting import given

READ = "policies:read"


async def read(service: Running, number: str) -> dict[str, Any]:
    """Read a policy as its holder."""
    answer = await service.client.get(f"/v1/policies/{number}", headers=service.caller(READ))
    assert answer.status_code == 200, answer.text
    policy: dict[str, Any] = answer.json()
    return policy


async def listed(service: Running, query: str) -> list[str]:
    """The numbers of the policies on the list."""
    answer = await service.client.get(
        f"/v1/policies?limit=100&{query}", headers=service.caller(READ)
    )
    assert answer.status_code == 200, answer.text
    return [item["policy_number"] for item in answer.json()["items"]]


async def test_an_applied_contract_is_a_policy(underwriting: Running) -> None:
    """Given a contract with two branches, when applied, then the policy shows both."""
    number = given.policy_number()

    await given.applied(
        underwriting, given.history(number, branch_number="01"), given.history(number)
    )

    policy = await read(underwriting, number)
    assert (policy["status"], policy["branch_count"]) == ("IN_FORCE", 2)
    assert policy["resource_url"] == f"/v1/ledger-contracts/{number}"
    assert [branch["branch_number"] for branch in policy["branches"]] == ["00", "01"]
    assert policy["branches"][0]["contract_principal"] == {
        "amount": "1250000.00",
        "currency": "USD",
    }


async def test_a_fact_told_twice_is_noted_once(underwriting: Running) -> None:
    """Given a batch that was handled, when it arrives again, then nothing changes."""
    number = given.policy_number()
    fact = await given.applied(underwriting, given.history(number))
    before = await read(underwriting, number)

    await hearing.told_again(underwriting, fact)

    assert await read(underwriting, number) == before


async def test_the_newest_history_of_a_batch_counts(underwriting: Running) -> None:
    """Given a contract and its change in one batch, when applied, then the change is shown."""
    number = given.policy_number()

    await given.applied(
        underwriting,
        given.history(number, history_number="01", contract_principal="7000000.00"),
        given.history(number, history_number="00"),
    )

    [branch] = (await read(underwriting, number))["branches"]
    assert (branch["history_number"], branch["contract_principal"]["amount"]) == (
        "01",
        "7000000.00",
    )


async def test_a_correction_of_the_past_hides_no_newer_history(underwriting: Running) -> None:
    """Given a changed contract, when its first history is corrected, then the change stays."""
    number = given.policy_number()
    await given.applied(underwriting, given.history(number, history_number="01"))

    await given.applied(
        underwriting, given.history(number, history_number="00", revision=2, payer_code="7654321")
    )

    [branch] = (await read(underwriting, number))["branches"]
    assert (branch["history_number"], branch["payer_code"]) == ("01", "1234560")


async def test_a_policy_is_cancelled_with_its_last_branch(underwriting: Running) -> None:
    """Given two branches, when one and then the other is cancelled, then so is the policy."""
    number = given.policy_number()
    first, second = (given.history(number, branch_number=branch) for branch in ("00", "01"))
    await given.applied(underwriting, first, second)

    await given.applied(underwriting, first | {"revision": 2, "status": "CANCELLED"})
    between = await read(underwriting, number)
    await given.applied(underwriting, second | {"revision": 2, "status": "CANCELLED"})

    assert between["status"] == "IN_FORCE"
    assert (await read(underwriting, number))["status"] == "CANCELLED"


async def test_a_cancelled_change_gives_way_to_what_was_before(underwriting: Running) -> None:
    """Given a changed contract, when the change is cancelled, then it is as before, found so."""
    number = given.policy_number()
    of_one = {"agreement_code": "299999993", "payer_code": "1111111"}
    change = given.history(number, **of_one | {"history_number": "01", "payer_code": "2222222"})
    await given.applied(underwriting, given.history(number, **of_one), change)
    changed = await listed(underwriting, "agreement_code=299999993&payer_code=2222222")

    await given.applied(underwriting, change | {"revision": 2, "status": "CANCELLED"})

    policy = await read(underwriting, number)
    [branch] = policy["branches"]
    assert (policy["status"], branch["history_number"]) == ("IN_FORCE", "00")
    assert changed == [number]
    assert await listed(underwriting, "agreement_code=299999993&payer_code=1111111") == [number]
    assert await listed(underwriting, "agreement_code=299999993&payer_code=2222222") == []


async def test_policies_are_found_by_agreement_and_payer(underwriting: Running) -> None:
    """Given policies of two payers, when asked for one, then the other is missing."""
    one, other = given.policy_number(), given.policy_number()
    await given.applied(
        underwriting,
        given.history(one, agreement_code="299999991", payer_code="1111111"),
        given.history(other, agreement_code="299999991", payer_code="2222222"),
    )

    assert await listed(underwriting, "agreement_code=299999991") == [one, other]
    assert await listed(underwriting, "agreement_code=299999991&payer_code=2222222") == [other]
    assert await listed(underwriting, "updated_at_from=2099-01-01T00:00:00Z") == []


async def test_another_company_never_sees_it(underwriting: Running) -> None:
    """Given another company's policy, when read or listed, then it is not there."""
    number = given.policy_number()
    await given.applied(
        underwriting, given.history(number, agreement_code="299999992"), tenant=OTHER_TENANT
    )

    answer = await underwriting.client.get(
        f"/v1/policies/{number}", headers=underwriting.caller(READ)
    )

    then.refused(answer, 404, "not-found", "policy-not-found")
    assert await listed(underwriting, "agreement_code=299999992") == []
