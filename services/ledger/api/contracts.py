"""`/ledger-contracts`: contracts born in ledgers (証券), with branches and histories."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal, Self

from fastapi import Depends, Query, Response

from libs.common.answers import may_answer
from libs.common.etags import etag
from libs.common.paging import PageShape, Paging, ordered
from libs.common.routing import Reading, Router
from libs.common.security import requires
from libs.common.wire import (
    AgreementCode,
    BusinessDate,
    BuyerCode,
    DecimalString,
    Instant,
    Output,
    PolicyholderCode,
    PolicyNumber,
)

from .. import tables
from ..domain.states import CANCELLED
from ..domain.status import StateOfBranch, status_of
from ..errors import ContractNotFound
from ..queries import contracts as queries
from ..queries.delays import delay_number
from .lateness import Lateness, LatenessWanted

router = Router(tags=["ledger"], dependencies=[requires("ledger-contracts:read")])

Status = Literal["APPLIED", "IN_FORCE", "TERMINATED", "CANCELLED"]
AsOf = Annotated[BusinessDate | None, Query(description="What holds on this day of business.")]
KnownAt = Annotated[Instant | None, Query(description="What was known at this moment.")]


class Settlement(Output):
    """One settlement of a branch (決済)."""

    slot: int
    settlement_method: str
    payment_guarantee_code: str | None
    usance_unit: str | None
    usance_period: str | None
    due_date: BusinessDate | None
    settlement_principal: DecimalString | None
    settlement_interest: DecimalString | None


class ContractHistory(Output):
    """One state of a branch (枝番・履歴番号), in both times."""

    branch_number: str
    history_number: str
    revision: int
    status: Literal["ACTIVE", "REDUCED_TO_ZERO", "CANCELLED"]
    original_branch_number: str | None
    processing_type: str
    change_reason: str | None
    contract_change_date: BusinessDate | None
    valid_from: BusinessDate
    valid_to: BusinessDate | None
    known_from: Instant
    known_to: Instant | None
    upload_id: str
    upload_row: int
    insured_code: PolicyholderCode
    beneficiary_code: PolicyholderCode
    insured_department: str | None
    application_date: BusinessDate
    contract_form: str
    contract_date: BusinessDate
    effective_date: BusinessDate | None
    contract_number: str
    contract_principal: DecimalString
    reference_number: str | None
    other_insurance_flag: bool
    currency_code: str
    exchange_rate: DecimalString | None
    goods_hs_code: str
    delivery_terms: str
    effectuation_condition_flag: bool
    destination_country: str
    payment_country: str
    payer_code: BuyerCode
    guarantee_country: str | None
    guarantor_code: str | None
    purchase_country: str | None
    loading_country: str | None
    sales_country: str
    sales_counterparty_code: BuyerCode
    last_shipment_date: BusinessDate
    pre_shipment_amount: DecimalString
    post_shipment_amount: DecimalString | None
    settlements: list[Settlement]
    significant_items: list[int]
    notify_by: BusinessDate | None
    late_notification: bool
    finalised_on: BusinessDate | None
    invoiced_on: BusinessDate | None

    @classmethod
    def of(cls, history: tables.ContractHistory, final: queries.Finalisation) -> Self:
        """Show a history with the days on which it was made final and invoiced."""
        stored = {
            name: getattr(history, name) for name in cls.model_fields if hasattr(history, name)
        }
        return cls(**stored, finalised_on=final.finalised_on, invoiced_on=final.invoiced_on)


class CurrencyTotal(Output):
    """The amounts in one currency of a contract's branches that were not cancelled."""

    currency_code: str
    contract_principal: DecimalString
    pre_shipment_amount: DecimalString
    post_shipment_amount: DecimalString


class LedgerContractSummary(Output):
    """A contract in a list."""

    policy_number: PolicyNumber
    agreement_code: AgreementCode
    applicant_code: PolicyholderCode
    status: Status
    received_on: BusinessDate
    lateness: Lateness | None
    upload_id: str
    updated_at: Instant
    version: int


class LedgerContractPage(PageShape[LedgerContractSummary]):
    """A page of contracts."""


class LedgerContract(LedgerContractSummary):
    """A contract (証券) with what holds of each of its branches.

    Of a contract that was significantly late (著しい遅滞), `delay_number` tells how many of its
    agreement were so, up to this one.
    """

    delay_number: int | None
    branches: list[ContractHistory]
    totals: list[CurrencyTotal]

    @classmethod
    def of(
        cls,
        contract: tables.Contract,
        status: str,
        branches: list[ContractHistory],
        delay_number: int | None,
    ) -> Self:
        """Show a contract as it stood when the branches did that were asked for."""
        summary = LedgerContractSummary.model_validate(contract).model_dump()
        return cls(
            **summary | {"status": status},
            delay_number=delay_number,
            branches=branches,
            totals=_totals(branches),
        )


class ContractHistories(Output):
    """Every state of every branch of a contract (履歴)."""

    policy_number: PolicyNumber
    histories: list[ContractHistory]


async def _wanted(
    agreement_code: Annotated[list[AgreementCode], Query(max_length=50)] = [],  # noqa: B006
    status: Annotated[list[Status], Query(max_length=4)] = [],  # noqa: B006
    upload_id: str | None = None,
    updated_at_from: Instant | None = None,
    lateness: LatenessWanted = [],  # noqa: B006
    received_on_from: BusinessDate | None = None,
    received_on_to: BusinessDate | None = None,
) -> queries.ContractFilter:
    return queries.ContractFilter(
        agreement_code,
        status,
        upload_id,
        updated_at_from,
        lateness,
        received_on_from,
        received_on_to,
    )


Wanted = Annotated[queries.ContractFilter, Depends(_wanted)]
"""Which contracts a list or a file is wanted of."""


@router.get(
    "/ledger-contracts",
    openapi_extra={"x-summary-ja": "台帳から生じた契約の一覧"},
)
async def list_ledger_contracts(
    tx: Reading, paging: Paging, wanted: Wanted, sort: str | None = None
) -> LedgerContractPage:
    """List your company's contracts that were applied for by ledger."""
    contract = tables.Contract
    sorts = {"policy_number": contract.policy_number, "updated_at": contract.updated_at}
    statement = ordered(queries.contracts(wanted), sort, sorts, contract.policy_number)
    return LedgerContractPage.of(
        await paging.of(tx, statement), LedgerContractSummary.model_validate
    )


@router.get(
    "/ledger-contracts/{policy_number}",
    responses=may_answer(ContractNotFound),
    openapi_extra={"x-summary-ja": "台帳契約の照会"},
)
async def get_ledger_contract(
    policy_number: PolicyNumber,
    tx: Reading,
    response: Response,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> LedgerContract:
    """Read a contract: as it stands, as it held on a day, or as it was known at a moment."""
    contract = await queries.contract(tx, policy_number)
    found = await queries.branches(tx, policy_number, as_of, known_at)
    final = await queries.finalisations(tx, policy_number, known_at)
    status = contract.status
    if known_at is not None:
        every = await queries.histories(tx, policy_number, known_at)
        status = status_of(map(_state, every), is_final=bool(final))
    response.headers["ETag"] = etag(contract.version)
    number = await delay_number(tx, contract)
    return LedgerContract.of(contract, status, _shown(found, final), number)


@router.get(
    "/ledger-contracts/{policy_number}/history",
    responses=may_answer(ContractNotFound),
    openapi_extra={"x-summary-ja": "台帳契約の履歴"},
)
async def list_ledger_contract_history(
    policy_number: PolicyNumber, tx: Reading, known_at: KnownAt = None
) -> ContractHistories:
    """Read every state each branch of a contract went through (履歴)."""
    found = await queries.histories(tx, policy_number, known_at)
    final = await queries.finalisations(tx, policy_number, known_at)
    return ContractHistories(policy_number=policy_number, histories=_shown(found, final))


def _shown(
    found: Sequence[tables.ContractHistory],
    final: Mapping[tuple[str, str], queries.Finalisation],
) -> list[ContractHistory]:
    none = queries.Finalisation()
    return [
        ContractHistory.of(it, final.get((it.branch_number, it.history_number), none))
        for it in found
    ]


def _state(history: tables.ContractHistory) -> StateOfBranch:
    return StateOfBranch(history.branch_number, history.history_number, history.status)


def _totals(branches: list[ContractHistory]) -> list[CurrencyTotal]:
    counted = [branch for branch in branches if branch.status != CANCELLED]
    return [
        CurrencyTotal(
            currency_code=currency,
            contract_principal=_sum(counted, currency, "contract_principal"),
            pre_shipment_amount=_sum(counted, currency, "pre_shipment_amount"),
            post_shipment_amount=_sum(counted, currency, "post_shipment_amount"),
        )
        for currency in sorted({branch.currency_code for branch in counted})
    ]


def _sum(branches: list[ContractHistory], currency: str, name: str) -> Decimal:
    amounts = (getattr(it, name) for it in branches if it.currency_code == currency)
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
