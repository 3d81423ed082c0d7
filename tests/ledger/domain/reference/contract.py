"""Agreement, dates and parties of one contract."""

from collections.abc import Iterator

from libs.common.dates import add_months, fiscal_year, month_end

from .record import POLICY, Found, Record


def faults(record: Record) -> Iterator[Found]:
    """Find what contradicts itself or the registers."""
    for theme in (_agreement, _numbers, _policyholders, _dates, _lateness, _countries, _registered):
        yield from theme(record)


def faults_of_content(record: Record) -> Iterator[Found]:
    """Find what contradicts itself, whatever brought it."""
    for theme in (_dates, _countries, _registered):
        yield from theme(record)


def _our_agreement(record: Record) -> dict[str, object]:
    for agreement in record.case.register.agreements.to_dicts():
        ours = agreement["policyholder_code"] == record.case.policyholder_code
        if ours and agreement["agreement_code"] == record.value.get("agreement_code"):
            return agreement
    return {}


def _agreement(record: Record) -> Iterator[Found]:
    agreement, applied = _our_agreement(record), record.day("application_date")
    if "agreement_code" in record.value and not agreement:
        yield "L032", ("agreement_code",)
    if not agreement:
        return
    if applied and not agreement["valid_from"] <= applied <= agreement["valid_to"]:  # type: ignore[operator]
        yield "L032", ("agreement_code",)
    if record.value.get("branch_office_code") not in {None, agreement["branch_office_code"]}:
        yield "L031", ("branch_office_code",)


def _numbers(record: Record) -> Iterator[Found]:
    applied = record.day("application_date")
    named = record.value.get("fiscal_year")
    if applied and named and int(str(named)) != fiscal_year(applied) % 100:
        yield "L033", ("fiscal_year",)
    serial = [record.value.get(name) for name in POLICY[1:]]
    used = {number[2:] for number in record.case.register.policy_numbers}
    if None not in serial and "".join(map(str, serial)) in used:
        yield "L034", ("serial_number",)
    written = "".join(record.text[name] or "" for name in POLICY)
    if written in record.case.evidence_cases:
        yield "L084", POLICY


def _policyholders(record: Record) -> Iterator[Found]:
    agreements = record.case.register.agreements["agreement_code"].to_list()
    registered = record.case.register.policyholders.to_list()
    for name in ("applicant_code", "insured_code", "beneficiary_code"):
        code = record.value.get(name)
        if code and code not in registered:
            yield "L038" if code in agreements else "L039", (name,)
    applicant = record.value.get("applicant_code")
    ours = applicant == record.case.policyholder_code
    if applicant in registered and not ours and _our_agreement(record):
        yield "L039", ("applicant_code",)


def _dates(record: Record) -> Iterator[Found]:
    concluded, applied = record.day("contract_date"), record.day("application_date")
    shipped = record.day("last_shipment_date")
    if "effectuation_condition_flag" in record.value and record.blank("effective_date"):
        yield "L050", ("effective_date", "effectuation_condition_flag")
    if "effective_date" in record.value and record.blank("effectuation_condition_flag"):
        yield "L051", ("effectuation_condition_flag", "effective_date")
    if concluded and applied and concluded > applied:
        yield "L052", ("contract_date", "application_date")
    if applied and applied != record.case.received_on:
        yield "L053", ("application_date",)
    if shipped and concluded and shipped < concluded:
        yield "L054", ("last_shipment_date", "contract_date")
    if record.day("first_shipment_date"):
        yield "L055", ("first_shipment_date",)


def _lateness(record: Record) -> Iterator[Found]:
    today, concluded = record.case.received_on, record.day("contract_date")
    name = "contract_date" if record.blank("effective_date") else "effective_date"
    began = record.day(name)
    if began is None:
        return
    if add_months(began, 3) <= today:
        yield "L058", ("contract_date", "effective_date")
    elif add_months(began, 2) < today:
        yield "L057", ("contract_date", "effective_date")
    elif concluded and month_end(add_months(concluded, 1)) < today:
        yield "L056", ("contract_date",)


def _countries(record: Record) -> Iterator[Found]:
    form = record.value.get("contract_form")
    for name in ("purchase_country", "loading_country"):
        if form == "15" and record.blank(name):
            yield "L040", (name,)
        if form == "11" and name in record.value:
            yield "L041", (name,)
    guarantees = [name for name in record.value if name.startswith("payment_guarantee_code")]
    by_ilc = any(record.value[name] == "90" for name in guarantees)
    for name in ("guarantee_country", "guarantor_code"):
        if by_ilc and record.blank(name):
            yield "L044", (name,)
        if not by_ilc and name in record.value:
            yield "L045", (name,)


def _registered(record: Record) -> Iterator[Found]:
    payer, payment = record.value.get("payer_code"), record.value.get("payment_country")
    guarantor = record.value.get("guarantor_code"), record.value.get("guarantee_country")
    party, sale = record.value.get("sales_counterparty_code"), record.value.get("sales_country")
    pairs = {
        ("payment_country", "payer_code"): (payer, payment),
        ("guarantee_country", "guarantor_code"): guarantor,
    }
    if party or sale:
        pairs["sales_country", "sales_counterparty_code"] = (
            payer if record.blank("sales_counterparty_code") else party,
            payment if record.blank("sales_country") else sale,
        )
    home = dict(record.case.register.buyers.select("buyer_code", "country").rows())
    for names, (buyer, country) in pairs.items():
        if buyer and country and home[str(buyer)] != country:
            yield "L043", names
