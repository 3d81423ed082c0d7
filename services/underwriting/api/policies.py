"""`/policies`: a policyholder's policies (保険契約); the contracts themselves are in the ledger."""

from typing import Annotated, Literal, Self

from fastapi import Query, Response

from libs.common.answers import may_answer
from libs.common.etags import etag
from libs.common.money import Money
from libs.common.paging import PageShape, Paging, ordered
from libs.common.routing import Reading, Router
from libs.common.security import requires
from libs.common.wire import (
    AgreementCode,
    BusinessDate,
    BuyerCode,
    Instant,
    Output,
    PolicyholderCode,
    PolicyNumber,
)

from .. import queries, tables
from ..domain.policy import PolicyStatus, status_of
from ..errors import PolicyNotFound

router = Router(tags=["policies"], dependencies=[requires("policies:read")])

SORTS = {
    "policy_number": tables.Policy.policy_number,
    "updated_at": tables.Policy.updated_at,
}


class PolicySummary(Output):
    """A policy in a list; `resource_url` leads to the contract itself, which is the truth."""

    policy_number: PolicyNumber
    product: Literal["COMPREHENSIVE_LEDGER"]
    status: PolicyStatus
    agreement_code: AgreementCode
    applicant_code: PolicyholderCode
    branch_count: int
    resource_url: str
    updated_at: Instant

    @classmethod
    def of(cls, row: tables.Policy) -> Self:
        """Show a row."""
        return cls(**_summary(row))


class PolicyPage(PageShape[PolicySummary]):
    """A page of policies."""


class PolicyBranch(Output):
    """One branch (枝番) of a policy, as its newest history that holds has it."""

    branch_number: str
    history_number: str
    revision: int
    status: Literal["ACTIVE", "REDUCED_TO_ZERO", "CANCELLED"]
    contract_date: BusinessDate
    last_shipment_date: BusinessDate
    contract_principal: Money
    destination_country: str
    payer_code: BuyerCode

    @classmethod
    def of(cls, row: tables.PolicyHistory) -> Self:
        """Show a row."""
        same = (
            "branch_number",
            "history_number",
            "revision",
            "status",
            "contract_date",
            "last_shipment_date",
            "destination_country",
            "payer_code",
        )
        values = {name: getattr(row, name) for name in same}
        return cls(**values, contract_principal=Money(row.contract_principal, row.currency))


class Policy(PolicySummary):
    """A policy (保険契約) with its branches."""

    branches: list[PolicyBranch]
    version: int

    @classmethod
    def of(cls, row: tables.Policy) -> Self:
        """Show a row with its branches."""
        branches = [PolicyBranch.of(branch) for branch in row.branches]
        return cls(**_summary(row), branches=branches, version=row.version)


@router.get("/policies", openapi_extra={"x-summary-ja": "保険契約の一覧"})
async def list_policies(
    tx: Reading,
    paging: Paging,
    agreement_code: Annotated[list[AgreementCode], Query(max_length=100)] = [],  # noqa: B006
    payer_code: Annotated[list[BuyerCode], Query(max_length=100)] = [],  # noqa: B006
    updated_at_from: Instant | None = None,
    sort: str | None = None,
) -> PolicyPage:
    """List your company's policies (保険契約)."""
    wanted = queries.PolicyFilter(agreement_code, payer_code, updated_at_from)
    page = await paging.of(
        tx, ordered(queries.policies(wanted), sort, SORTS, tables.Policy.policy_number)
    )
    return PolicyPage.of(page, PolicySummary.of)


@router.get(
    "/policies/{policy_number}",
    responses=may_answer(PolicyNotFound),
    openapi_extra={"x-summary-ja": "保険契約の照会"},
)
async def get_policy(policy_number: PolicyNumber, tx: Reading, response: Response) -> Policy:
    """Read one policy (保険契約), each branch as its newest history has it."""
    row = await queries.policy(tx, policy_number)
    response.headers["ETag"] = etag(row.version)
    return Policy.of(row)


def _summary(row: tables.Policy) -> dict[str, object]:
    return {
        "policy_number": row.policy_number,
        "product": "COMPREHENSIVE_LEDGER",
        "status": status_of({branch.status for branch in row.branches}),
        "agreement_code": row.agreement_code,
        "applicant_code": row.applicant_code,
        "branch_count": len(row.branches),
        "resource_url": f"/v1/ledger-contracts/{row.policy_number}",
        "updated_at": row.updated_at,
    }
