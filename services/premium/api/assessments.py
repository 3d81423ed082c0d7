"""`/assessments`: what each contract costs to insure (保険料), and how that was worked out."""

from typing import Annotated, Self

from fastapi import Path, Query

from libs.common.answers import may_answer
from libs.common.money import Money
from libs.common.paging import PageShape, Paging
from libs.common.routing import Reading, Router
from libs.common.security import requires
from libs.common.wire import AgreementCode, Instant, Output, PolicyNumber

from .. import tables
from ..domain.assessment import Assessed
from ..domain.explanation import explain
from ..domain.tariff import Missing, Phase
from ..errors import AssessmentNotFound
from ..queries import assessments

router = Router(tags=["assessments"], dependencies=[requires("assessments:read")])

AssessmentId = Annotated[
    str,
    Path(
        pattern=r"^[0-9]{19}-[0-9]{2}-[0-9]{2}-[0-9]{1,4}$",
        description="Policy number, branch, history number and revision.",
        examples=["1020010035726000001-00-00-0"],
    ),
]


class AssessmentSummary(Output):
    """The premium of one revision of a branch history; none while `missing` is."""

    assessment_id: str
    policy_number: PolicyNumber
    branch_number: str
    history_number: str
    revision: int
    agreement_code: AgreementCode
    edition: str | None
    premium: Money | None
    missing: Missing | None
    sample: bool
    assessed_at: Instant

    @classmethod
    def of(cls, row: tables.Assessment) -> Self:
        """Show a row."""
        key = (row.policy_number, row.branch_number, row.history_number, str(row.revision))
        return cls(
            assessment_id="-".join(key),
            policy_number=row.policy_number,
            branch_number=row.branch_number,
            history_number=row.history_number,
            revision=row.revision,
            agreement_code=row.agreement_code,
            edition=row.edition,
            premium=None if row.premium is None else Money(row.premium, "JPY"),
            missing=row.missing and Missing(row.missing),
            sample=row.sample,
            assessed_at=row.assessed_at,
        )


class AssessmentPage(PageShape[AssessmentSummary]):
    """A page of premiums."""


class AssessmentStep(Output):
    """One line of the statement: a figure, how it came about, and on whose word."""

    code: str
    phase: Phase | None
    name_ja: str
    name_en: str
    formula: str
    figure: str
    unit: str
    source: str
    sample: bool


class Assessment(AssessmentSummary):
    """The premium of a contract (保険料) with its statement, line by line."""

    missing_what: str | None
    steps: list[AssessmentStep]

    @classmethod
    def with_steps(cls, row: tables.Assessment, assessed: Assessed) -> Self:
        """Show a row with everything its premium was worked out from."""
        steps = [] if row.missing else explain(assessed)
        return cls(
            **AssessmentSummary.of(row).model_dump(mode="python"),
            missing_what=row.missing_what,
            steps=[AssessmentStep.model_validate(step) for step in steps],
        )


@router.get("/assessments", openapi_extra={"x-summary-ja": "保険料算定の一覧"})
async def list_assessments(
    tx: Reading,
    paging: Paging,
    policy_number: Annotated[list[PolicyNumber], Query(max_length=100)] = [],  # noqa: B006
) -> AssessmentPage:
    """List premiums (保険料) by policy, branch, history and revision."""
    made = tables.Assessment
    statement = assessments.assessments(policy_number).order_by(
        made.policy_number, made.branch_number, made.history_number, made.revision
    )
    return AssessmentPage.of(await paging.of(tx, statement), AssessmentSummary.of)


@router.get(
    "/assessments/{assessment_id}",
    responses=may_answer(AssessmentNotFound),
    openapi_extra={"x-summary-ja": "保険料算定の照会"},
)
async def get_assessment(assessment_id: AssessmentId, tx: Reading) -> Assessment:
    """Read one premium (保険料) with every step of its calculation."""
    policy, branch, history, revision = assessment_id.split("-")
    key = (policy, branch, history, int(revision))
    return Assessment.with_steps(*await assessments.assessment(tx, key))
