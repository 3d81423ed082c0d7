"""`/buyers/{buyer_code}/rating-history`: how a buyer was rated, and why that changed."""

from libs.common.answers import may_answer
from libs.common.paging import PageShape, Paging
from libs.common.routing import Reading, Router
from libs.common.security import requires
from libs.common.wire import BusinessDate, BuyerCode, Output

from .. import queries
from ..errors import BuyerNotFound

router = Router(tags=["buyers"], dependencies=[requires("buyers:read")])


class RatingChange(Output):
    """A change of a buyer's rating (格付履歴); the cause is a word of a growing list."""

    number: int
    previous_rating: str | None
    rating: str | None
    cause: str
    changed_on: BusinessDate


class RatingHistory(PageShape[RatingChange]):
    """A page of the changes of a buyer's rating, newest first."""


@router.get(
    "/buyers/{buyer_code}/rating-history",
    responses=may_answer(BuyerNotFound),
    openapi_extra={"x-summary-ja": "格付履歴の照会"},
)
async def list_buyer_rating_history(
    buyer_code: BuyerCode, tx: Reading, paging: Paging
) -> RatingHistory:
    """Read how a buyer was rated (格付履歴); whose losses led to it is told to nobody."""
    await queries.buyer(tx, buyer_code)
    page = await paging.of(tx, queries.rating_history(buyer_code))
    return RatingHistory.of(page, RatingChange.model_validate)
