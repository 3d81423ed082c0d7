"""Facts as they stand on Kafka: samples of the class that tells them, or of the code that does."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from polyfactory.factories.pydantic_factory import ModelFactory

from libs.common.events import Event
from libs.common.inbox import Handler
from libs.common.money import Money, yen
from services.ledger.domain.telling import facts, stored_histories
from tests.ledger.domain import given
from tools.api_documents.services import every_service, facts_told

PUBLISHED = {fact.event_type: fact for service in every_service() for fact in facts_told(service)}
"""The class of every fact that some service tells, by its type."""

LISTENERS: list[tuple[str, Handler]] = [
    (service.name, handler)
    for service in every_service()
    if service.inbox is not None
    for handler in service.inbox.handlers.values()
]
"""Every handler of every service, with the service's name."""

SAMPLES = 20


def samples(event_type: str) -> Iterator[str]:
    """Data of a fact, the same in every run; contracts come from the ledger's own pen."""
    if event_type == "ledger.contracts.applied.v1":
        yield applied_contracts()
    factory = _Factory.create_factory(PUBLISHED[event_type])
    yield from (factory.build().model_dump_json() for _ in range(SAMPLES))


class _Factory(ModelFactory[Event]):
    """Makes any fact, with amounts that somebody could owe."""

    __is_base_factory__ = True
    __random_seed__ = 20_261_122

    @classmethod
    def get_provider_map(cls) -> dict[Any, Callable[[], Any]]:
        """Make money and decimals of a size that occurs."""
        cents = {Decimal: cls._decimal, Money: lambda: yen(int(cls._decimal()))}
        return super().get_provider_map() | cents

    @classmethod
    def _decimal(cls) -> Decimal:
        return Decimal(cls.__random__.randint(0, 10**12)).scaleb(-2)


def applied_contracts() -> str:
    """A fact of three contracts, judged and written by the code that does so in production."""
    applications = (
        given.application(),
        given.in_two_settlements(serial_number="000502"),
        given.paid_in_advance(serial_number="000503"),
    )
    accepted = given.judged(*applications).accepted
    told = stored_histories(accepted).with_columns(
        received_on=pl.lit(date(2026, 8, 25)), currency=pl.lit("USD"), bucket=pl.lit(3)
    )
    [(bucket, histories)] = facts(told)
    return (
        f'{{"bucket":{bucket},"upload_id":"upload_01m804gnfyejjb59e5dbx4yqmy",'
        f'"received_on":"2026-08-25","histories":{histories}}}'
    )
