"""Contracts that are known, changes to ask of them, and a judge to hear them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from services.ledger.domain.judging import Judgement, judge
from services.ledger.domain.layout import CHANGES, CHANGES_EXTENDED, Layout
from services.ledger.domain.resulting import known_after
from services.ledger.domain.states import NO_STATES

from . import given
from .given import CHAO_PHRAYA_BANK, THAILAND, TOTO, TOTO_AGREEMENT, Application, Fault, application

SEPTEMBER_10 = date(2026, 9, 10)
VALVES, PUMPS, MACHINES = "848180", "841370", "847989"

FINAL = {"finalised": True, "invoiced": True}
AWAITING = {"finalised": True, "awaiting_invoice": True}
POLICY = f"10{TOTO_AGREEMENT}26000501"

BY_ILC: Mapping[str, str | None] = {
    "settlement_method_1": "10",
    "payment_guarantee_code_1": "90",
    "usance_unit_1": None,
    "usance_period_1": None,
    "guarantee_country": THAILAND,
    "guarantor_code": CHAO_PHRAYA_BANK,
}
"""A contract settled by a letter of credit of a Thai bank."""

HALVES = {
    "settlement_principal_1": "125000",
    "settlement_method_2": "49",
    "due_date_2": "270226",
    "settlement_principal_2": "125000",
}
"""Two settlements of one half each, the second on a due date."""

_REQUEST: Mapping[str, str] = {
    "branch_office_code": "10",
    "agreement_code": TOTO_AGREEMENT,
    "fiscal_year": "26",
    "serial_number": "000501",
    "applicant_code": TOTO,
    "application_date": "260910",
}
_CHANGE = {"processing_type": "2", "contract_change_date": "260901"}
_INCREASED = (
    "contract_form",
    "contract_date",
    "contract_number",
    "currency_code",
    "goods_hs_code",
    "delivery_terms",
    "destination_country",
    "payment_country",
    "payer_code",
    "last_shipment_date",
    "settlement_method_1",
    "usance_unit_1",
    "usance_period_1",
)


def change(**items: str | None) -> Application:
    """A good change: on 1 September the goods became valves."""
    return _filled_in({**_CHANGE, "change_reason": "04", "goods_hs_code": VALVES, **items})


def changed(reason: str, /, **items: str | None) -> Application:
    """A change for a reason, which says nothing else but what is told."""
    return _filled_in({**_CHANGE, "change_reason": reason, **items})


def resettled(**items: str | None) -> dict[str, str | None]:
    """The items that modify the first settlement."""
    return {"settlement_flag_1": "2", **items}


def restated(principal: str, /, **items: str | None) -> dict[str, str | None]:
    """The items that say that all amounts are so much now, before and after shipment."""
    amounts = dict.fromkeys(
        (
            "contract_principal",
            "pre_shipment_amount",
            "post_shipment_amount",
            "settlement_principal_1",
        ),
        principal,
    )
    return {"shipment_flag": "2", "settlement_flag_1": "2", **amounts, **items}


def increase(principal: str = "50000", /, **items: str | None) -> Application:
    """A good increase of the good contract, in a branch 01."""
    anew = {name: application()[name] for name in _INCREASED}
    added = restated(principal, shipment_flag=None, settlement_flag_1=None)
    return changed("01", **{"branch_number": "01", **anew, **added, **items})


def split(**items: str | None) -> tuple[Application, Application]:
    """A good split: a part over 100,000 dollars goes to Thailand, in a branch 01."""
    part = {
        "branch_number": "01",
        "original_branch_number": "00",
        "destination_country": THAILAND,
        **restated("100000"),
        **items,
    }
    return changed("12", branch_number="00", **restated("150000")), changed("12", **part)


def correction(processing_type: str = "4", /, **items: str | None) -> Application:
    """A correction: the goods have been valves all along."""
    return _filled_in({"processing_type": processing_type, "goods_hs_code": VALVES, **items})


def cancellation(**items: str | None) -> Application:
    """A cancellation of the first state of branch 00."""
    return _filled_in({"processing_type": "5", "history_number": "00", **items})


def extended(request: Application, **items: str | None) -> Application:
    """A request on the sheet with room for five settlements."""
    return _filled_in({**request, **items}, CHANGES_EXTENDED)


def _filled_in(items: Mapping[str, str | None], layout: Layout = CHANGES) -> Application:
    unknown = items.keys() - set(layout.names)
    assert not unknown, f"no such items: {unknown}"
    return {**dict.fromkeys(layout.names), **_REQUEST, **items}


def whole(**items: str | None) -> Application:
    """The good application, all of whose 250,000 dollars are insured before and after shipment."""
    return application(**{"pre_shipment_amount": "250000.00", **items})


def contract(*branches: Application, **facts: bool) -> pl.DataFrame:
    """A contract that is known: final, and its invoice issued, unless other facts are told."""
    accepted = given.judged(*(branches or [whole()])).accepted
    return known(accepted, **(facts or FINAL))


def known(accepted: pl.DataFrame, **facts: bool) -> pl.DataFrame:
    """What is known once accepted rows are stored."""
    return with_facts(stored(known_after(NO_STATES, accepted), "upload_1"), **facts)


def with_facts(states: pl.DataFrame, **facts: bool) -> pl.DataFrame:
    """The same states, of which other facts hold."""
    return states.with_columns(pl.lit(value).alias(name) for name, value in facts.items())


def after(
    states: pl.DataFrame, *requests: Application, upload: str = "upload_2", **facts: bool
) -> pl.DataFrame:
    """What is known once requests, all of them good, are carried out and stored."""
    judgement = heard(*requests, states=states)
    assert len(judgement.accepted) == len(requests), judgement.findings
    return with_facts(stored(known_after(states, judgement.accepted), upload), **facts)


def stored(states: pl.DataFrame, upload: str) -> pl.DataFrame:
    """The same states, what is new among them stored for an upload."""
    return states.with_columns(pl.col("upload_id", "first_upload_id").fill_null(upload))


def heard(
    *requests: Application, states: pl.DataFrame | None = None, **circumstances: Any
) -> Judgement:
    """The judgement on requests of one file; without states, on those of the good contract."""
    register = circumstances.pop("register", given.register())
    register = replace(register, states=contract() if states is None else states)
    layout = CHANGES if len(requests[0]) == len(CHANGES.names) else CHANGES_EXTENDED
    case = given.case(
        **{"layout": layout, "register": register, "received_on": SEPTEMBER_10, **circumstances}
    )
    return judge(given.rows(requests), case, limit=1_000)


def faults(*requests: Application, **circumstances: Any) -> list[Fault]:
    """The rules that find fault, each with its row; warnings on good rows included."""
    findings = heard(*requests, **circumstances).findings
    return sorted(findings.select("row", "rule").unique().rows())


def rules(request: Application, **circumstances: Any) -> list[str]:
    """The rules that find fault with a single request."""
    return [rule for _, rule in faults(request, **circumstances)]


def items(request: Application, **circumstances: Any) -> list[tuple[str, list[int]]]:
    """The rules that find fault with a single request, each with the items at fault."""
    findings = heard(request, **circumstances).findings
    return sorted(findings.select("rule", "item_nos").rows())


def result(*requests: Application, **circumstances: Any) -> dict[str, Any]:
    """The one history that results of the last of some good requests."""
    judgement = heard(*requests, **circumstances)
    assert len(judgement.accepted) == len(requests), judgement.findings
    return judgement.accepted.to_dicts()[-1]
