"""Invoices over HTTP, after fixed ledgers were published."""

import pytest
import pytest_asyncio

from tests.kit import then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT

from . import given, invoicing
from .invoicing import ONE, invoice_of, read, refused


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _rulebook(premium: Running) -> None:
    await given.the_settlement_methods(premium)
    await given.agreement_told(premium)


async def test_a_fixed_ledger_is_invoiced_on_its_day(premium: Running) -> None:
    """Given two contracts that became final on 30 November, then they are due on 19 December."""
    histories = [given.applied(given.policy_number()) for _ in range(2)]

    ledger = await invoicing.applied_and_final(premium, *histories)

    invoice = await invoice_of(premium, ledger)
    assert (invoice["status"], invoice["issued_on"], invoice["due_on"]) == (
        "ISSUED",
        "2026-11-30",
        "2026-12-19",
    )
    assert invoice["total"] == {"amount": str(2 * ONE), "currency": "JPY"}
    assert (invoice["line_count"], invoice["waiting_count"], invoice["sample"]) == (2, 0, True)


async def test_a_line_says_that_it_may_bear_a_surcharge(premium: Running) -> None:
    """Given lines of a third delay and of none, when invoiced, then said and nothing added."""
    histories = [given.applied(given.policy_number()) for _ in range(2)]
    ledger = invoicing.fixed_ledger(*histories)
    ledger.lines[0]["late_surcharge"] = True
    await given.contracts_applied(premium, *histories)
    await invoicing.listed(premium, ledger)
    await invoicing.published_ledger(premium, ledger)

    invoice = await invoice_of(premium, ledger)

    lines = (await read(premium, f"/{invoice['id']}/lines"))["items"]
    assert [it["late_surcharge"] for it in lines] == [True, False]
    assert [it["amount"]["amount"] for it in lines] == [str(ONE), str(ONE)]


async def test_a_waiting_invoice_says_how_many_premiums_it_waits_for(premium: Running) -> None:
    """Given a ledger with one premium of two, then its invoice waits and shows no figure."""
    first, second = (given.applied(given.policy_number()) for _ in range(2))
    await given.contracts_applied(premium, first)

    ledger = await invoicing.finalised(premium, first, second)

    invoice = await invoice_of(premium, ledger)
    assert (invoice["status"], invoice["waiting_count"], invoice["version"]) == ("PENDING", 1, 1)
    nothing = ("invoice_number", "issued_on", "due_on", "total", "sample")
    assert [invoice[name] for name in nothing] == [None] * 5
    lines = (await read(premium, f"/{invoice['id']}/lines"))["items"]
    assert [it["premium"] and it["premium"]["amount"] for it in lines] == [str(ONE), None]
    assert [it["amount"] for it in lines] == [None, None]


async def test_a_line_says_what_the_rulebook_lacks(premium: Running) -> None:
    """Given a line whose agreement is unknown, then it names what its premium waits for."""
    unknown = given.applied(given.policy_number(), agreement_code="200100777")

    ledger = await invoicing.applied_and_final(premium, unknown)

    invoice = await invoice_of(premium, ledger)
    [line] = (await read(premium, f"/{invoice['id']}/lines"))["items"]
    assert (line["premium"], line["missing"], line["sample"]) == (None, "COVER", False)


async def test_a_line_tells_premium_and_difference(premium: Running) -> None:
    """Given a correction to half, then its line tells both premiums and what is given back."""
    first = given.applied(given.policy_number())
    await invoicing.applied_and_final(premium, first)
    half = {"pre_shipment_amount": "5000000", "post_shipment_amount": "5000000", "revision": 1}

    ledger = await invoicing.applied_and_final(premium, first | half, month="2026-12")

    invoice = await invoice_of(premium, ledger)
    [line] = (await read(premium, f"/{invoice['id']}/lines"))["items"]
    figures = [line[name]["amount"] for name in ("premium", "already_invoiced", "amount")]
    assert figures == [str(ONE // 2), str(ONE), str(-ONE // 2)]
    assert (line["policy_number"], line["revision"]) == (first["policy_number"], 1)
    assert (line["edition"], line["superseded"], line["sample"]) == ("2004-10", False, True)
    assert (invoice["total"]["amount"], invoice["due_on"]) == (str(-ONE // 2), None)


async def test_lines_are_read_page_by_page(premium: Running) -> None:
    """Given three lines, when they are read two at a time, then they come in their order."""
    histories = [given.applied(given.policy_number()) for _ in range(3)]
    ledger = await invoicing.applied_and_final(premium, *histories)
    invoice = await invoice_of(premium, ledger)

    first = await read(premium, f"/{invoice['id']}/lines", limit=2)
    rest = await read(premium, f"/{invoice['id']}/lines", limit=2, cursor=first["next_cursor"])

    assert [it["line"] for it in [*first["items"], *rest["items"]]] == [1, 2, 3]


async def test_invoices_are_found_by_month_state_and_due_day(premium: Running) -> None:
    """Given an invoice of January 2031, when each filter is tried, then it fits or does not."""
    history = given.applied(given.policy_number())
    when = {"month": "2031-01", "published_on": "2031-01-31"}
    ledger = await invoicing.applied_and_final(premium, history, **when)
    january = {"month": "2031-01"}

    async def found(**more: str) -> list[str]:
        answer = await read(premium, **january | more)
        return [it["fixed_ledger_id"] for it in answer["items"]]

    assert await found() == [ledger.fixed_ledger_id]
    assert await found(status="ISSUED", agreement_code=given.AGREEMENT)
    assert await found(status="PENDING") == []
    assert await found(agreement_code="200100999") == []
    assert await found(due_on_from="2031-02-19", due_on_to="2031-02-19")
    assert await found(due_on_to="2031-02-18") == []
    assert await found(due_on_from="2031-02-20") == []
    assert await found(updated_at_from="2099-01-01T00:00:00Z") == []


async def test_a_month_is_written_in_one_way(premium: Running) -> None:
    """Given a thirteenth month, when it is asked for, then the parameter is named."""
    answer = await refused(premium, "?month=2026-13")

    body = then.refused(answer, 422, "validation-failed")
    assert [it["parameter"] for it in body["errors"]] == ["month"]


async def test_a_client_that_holds_the_invoice_gets_no_body(premium: Running) -> None:
    """Given a client with an invoice's version, when it asks again, then 304 comes."""
    ledger = await invoicing.applied_and_final(premium, given.applied(given.policy_number()))
    invoice = await invoice_of(premium, ledger)
    held = premium.caller("invoices:read") | {"If-None-Match": f'"{invoice["version"]}"'}

    again = await premium.client.get(f"/v1/invoices/{invoice['id']}", headers=held)

    assert (invoice["version"], again.status_code) == (2, 304)


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_an_invoice_can_be_printed(premium: Running, lang: str) -> None:
    """Given an invoice, when it is printed twice, then it is the same sheet, letter by letter."""
    ledger = await invoicing.applied_and_final(premium, given.applied(given.policy_number()))
    invoice = await invoice_of(premium, ledger)
    path, headers = f"/v1/invoices/{invoice['id']}/document", premium.caller("invoices:read")

    first, again = [
        await premium.client.get(path, params={"lang": lang}, headers=headers) for _ in range(2)
    ]

    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.content.startswith(b"%PDF-")
    assert b"NotoSansCJKjp-Regular" in first.content
    assert first.content == again.content
    name = f"invoice-{invoice['invoice_number']}.{lang}.pdf"
    assert f'filename="{name}"' in first.headers["content-disposition"]


@pytest.mark.parametrize("path", ["/export", "/document"])
async def test_a_waiting_invoice_has_no_papers(premium: Running, path: str) -> None:
    """Given an invoice that waits, when its papers are asked for, then the state is told."""
    ledger = await invoicing.finalised(premium, given.applied(given.policy_number()))
    invoice = await invoice_of(premium, ledger)

    answer = await refused(premium, f"/{invoice['id']}{path}")

    then.refused(answer, 409, "state-conflict", "invoice-not-issued")


@pytest.mark.parametrize("path", ["", "/lines", "/export", "/document"])
async def test_another_company_finds_no_invoice(premium: Running, path: str) -> None:
    """Given an invoice, when another company reads it, then for that company there is none."""
    ledger = await invoicing.applied_and_final(premium, given.applied(given.policy_number()))
    invoice = await invoice_of(premium, ledger)

    answer = await refused(premium, f"/{invoice['id']}{path}", tenant=OTHER_TENANT)

    then.refused(answer, 404, "not-found", "invoice-not-found")
