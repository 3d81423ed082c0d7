"""`/incidents`: one accident (事故) and everything that was filed on it."""

from typing import Annotated, Literal, Self

from fastapi import Query, Response

from libs.common.answers import may_answer
from libs.common.etags import etag
from libs.common.paging import PageShape, Paging, ordered
from libs.common.routing import Reading, Router
from libs.common.security import requires
from libs.common.wire import BusinessDate, BuyerCode, Instant, Output, PolicyNumber

from .. import queries, tables
from ..errors import IncidentNotFound
from .loss_notices import BranchNumber, IncidentId, LossNoticeId

router = Router(tags=["incidents"], dependencies=[requires("incidents:read")])

SORTS = {"opened_on": tables.Incident.opened_on, "updated_at": tables.Incident.updated_at}

IncidentStatus = Literal["OPEN", "CLOSED"]


class IncidentSummary(Output):
    """An incident in a list; it is closed while no notice on it stands."""

    id: IncidentId
    status: IncidentStatus
    policy_number: PolicyNumber
    branch_number: BranchNumber
    buyer_code: BuyerCode
    opened_on: BusinessDate
    updated_at: Instant


class IncidentPage(PageShape[IncidentSummary]):
    """A page of incidents."""


class Incident(IncidentSummary):
    """One accident (事故): what one buyer leaves unpaid of one branch of a policy."""

    version: int


class IncidentEntry(Output):
    """One line of an incident: what was filed, and when."""

    number: int
    kind: str
    loss_notice_id: LossNoticeId
    reference: str
    resource_url: str
    entered_on: BusinessDate
    entered_at: Instant

    @classmethod
    def of(cls, row: tables.IncidentEntry) -> Self:
        """Show a row."""
        url = f"/v1/loss-notices/{row.loss_notice_id}"
        names = cls.model_fields.keys() - {"resource_url"}
        return cls(**{name: getattr(row, name) for name in names}, resource_url=url)


class IncidentTimeline(PageShape[IncidentEntry]):
    """A page of what was filed on an incident, oldest first."""


@router.get("/incidents", openapi_extra={"x-summary-ja": "事故の一覧"})
async def list_incidents(
    tx: Reading,
    paging: Paging,
    *,
    status: Annotated[list[IncidentStatus], Query(max_length=2)] = [],  # noqa: B006
    policy_number: Annotated[list[PolicyNumber], Query(max_length=100)] = [],  # noqa: B006
    buyer_code: Annotated[list[BuyerCode], Query(max_length=100)] = [],  # noqa: B006
    updated_at_from: Instant | None = None,
    sort: str | None = None,
) -> IncidentPage:
    """List your company's incidents (事故)."""
    wanted = queries.IncidentFilter(status, policy_number, buyer_code, updated_at_from)
    statement = ordered(queries.incidents(wanted), sort, SORTS, tables.Incident.id)
    return IncidentPage.of(await paging.of(tx, statement), IncidentSummary.model_validate)


@router.get(
    "/incidents/{incident_id}",
    responses=may_answer(IncidentNotFound),
    openapi_extra={"x-summary-ja": "事故の照会"},
)
async def get_incident(incident_id: IncidentId, tx: Reading, response: Response) -> Incident:
    """Read one incident (事故)."""
    row = await queries.incident(tx, incident_id)
    response.headers["ETag"] = etag(row.version)
    return Incident.model_validate(row)


@router.get(
    "/incidents/{incident_id}/timeline",
    responses=may_answer(IncidentNotFound),
    openapi_extra={"x-summary-ja": "事故の経過"},
)
async def list_incident_timeline(
    incident_id: IncidentId, tx: Reading, paging: Paging
) -> IncidentTimeline:
    """Read what was filed on an incident, and when (事故の経過)."""
    await queries.incident(tx, incident_id)
    page = await paging.of(tx, queries.timeline(incident_id))
    return IncidentTimeline.of(page, IncidentEntry.of)
