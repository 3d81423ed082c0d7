"""Amounts of one contract."""

from collections.abc import Iterator

from services.ledger.domain.layout import Kind

from .record import Found, Record

_DETAILS = (
    "payment_guarantee_code",
    "usance_unit",
    "usance_period",
    "due_date",
    "settlement_principal",
    "settlement_interest",
)


def faults(record: Record) -> Iterator[Found]:
    """Find what does not add up."""
    for theme in (_after_shipment, _advance_payment, _against_the_contract, _currency):
        yield from theme(record)


def _after_shipment(record: Record) -> Iterator[Found]:
    methods = record.methods.values()
    if record.blank("post_shipment_amount") and methods and "60" not in methods:
        yield "L060", ("post_shipment_amount",)
    insured = record.amount("post_shipment_amount")
    principals = [record.amount(f"settlement_principal_{slot}") for slot in record.used_slots]
    known = [principal for principal in principals if principal is not None]
    if insured is None or not known or len(known) < len(principals) or "60" in methods:
        return
    if insured != sum(known):
        yield "L063", ("post_shipment_amount", "settlement_principal_1")


def _advance_payment(record: Record) -> Iterator[Found]:
    if "60" not in record.methods.values() or len(record.used_slots) > 1:
        return
    [slot] = record.used_slots
    for name in ("post_shipment_amount", *(f"{name}_{slot}" for name in _DETAILS)):
        if record.value.get(name):
            yield "L061", (name,)


def _against_the_contract(record: Record) -> Iterator[Found]:
    principal = record.amount("contract_principal")
    before, after = record.amount("pre_shipment_amount"), record.amount("post_shipment_amount")
    if principal is not None and after is not None and after > principal:
        yield "L064", ("post_shipment_amount", "contract_principal")
    if principal is not None and before is not None and before > principal:
        yield "L065", ("pre_shipment_amount", "contract_principal")
    for name in ("contract_principal", "pre_shipment_amount"):
        if record.amount(name) == 0:
            yield "L066", (name,)


def _currency(record: Record) -> Iterator[Found]:
    table = record.case.register.tables["currencies"].rows
    currency = table.get(str(record.value.get("currency_code")))
    if currency is None:
        return
    if currency["rate_registered"] == "N" and record.blank("exchange_rate"):
        yield "L067", ("exchange_rate", "currency_code")
    if currency["minor_units"] == "0":
        for column in record.case.layout.where(lambda column: column.kind is Kind.AMOUNT):
            amount = record.amount(column.name)
            if amount is not None and amount % 1:
                yield "L068", (column.name,)
