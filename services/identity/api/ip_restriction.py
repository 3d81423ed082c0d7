"""`/ip-restriction`: from where one's company may come (接続元IPアドレス制限)."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.etags import IfMatch, etag
from libs.common.problem_codes import (
    IpAllowlistLockout,
    PreconditionFailed,
    PreconditionRequired,
    StepUpRequired,
)
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import CurrentCaller, requires
from libs.common.wire import Input, Instant, Output

from .. import tables
from ..actions import restrictions
from ..errors import SourceAddressRefused
from .desk import Act
from .people import SessionId, UserId

router = Router(tags=["ip-restriction"], dependencies=[requires("ip-restriction:read")])
may_write = requires("ip-restriction:write")

Network = Annotated[str, Field(min_length=1, max_length=64, examples=["203.0.113.0/24"])]


class IpRestrictionSetting(Input):
    """The whole restriction: whether it counts, and every address range."""

    enabled: bool
    networks: Annotated[list[Network], Field(max_length=50)]

    def meant(self) -> restrictions.Wish:
        """Give what is meant."""
        return restrictions.Wish(self.enabled, self.networks)


class IpRestriction(Output):
    """From where one's company may come (接続元IPアドレス制限)."""

    enabled: bool
    networks: list[str]
    updated_at: Instant | None
    version: int


class ShutOutSession(Output):
    """A session that would end: it was last seen outside."""

    session_id: SessionId
    user_id: UserId
    source_address: str | None


class IpRestrictionOutlook(Output):
    """Whom a restriction would shut out; who asks must not be among them."""

    shuts_out_caller: bool
    sessions: list[ShutOutSession]


@router.get("/ip-restriction", openapi_extra={"x-summary-ja": "接続元制限の照会"})
async def get_ip_restriction(
    tx: Reading, caller: CurrentCaller, response: Response
) -> IpRestriction:
    """Read your company's restriction."""
    return _shown(await restrictions.show(tx, caller.tenant), response)


@router.put(
    "/ip-restriction",
    dependencies=[may_write],
    responses=may_answer(
        SourceAddressRefused,
        IpAllowlistLockout,
        StepUpRequired,
        PreconditionRequired,
        PreconditionFailed,
    ),
    openapi_extra={"x-summary-ja": "接続元制限の設定"},
)
async def replace_ip_restriction(
    wish: IpRestrictionSetting,
    acting: Act,
    tx: Transaction,
    seen_version: IfMatch,
    response: Response,
) -> IpRestriction:
    """Set the whole restriction; sessions seen outside end, and you cannot shut yourself out."""
    row = await restrictions.restrict(tx, acting, wish.meant(), seen_version)
    return _shown(row, response)


@router.post(
    "/ip-restriction/check",
    responses=may_answer(SourceAddressRefused),
    openapi_extra={"x-summary-ja": "接続元制限の確認"},
)
async def check_ip_restriction(
    wish: IpRestrictionSetting, acting: Act, tx: Reading
) -> IpRestrictionOutlook:
    """See whom a restriction would shut out; nothing is changed."""
    outlook = await restrictions.foresee(tx, acting, wish.meant())
    return IpRestrictionOutlook(
        shuts_out_caller=outlook.caller,
        sessions=[ShutOutSession.model_validate(it) for it in outlook.sessions],
    )


def _shown(row: tables.IpRestriction, response: Response) -> IpRestriction:
    response.headers["ETag"] = etag(row.version)
    return IpRestriction.model_validate(row)
