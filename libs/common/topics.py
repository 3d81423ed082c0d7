"""Every topic of the platform, declared once and created on start-up."""

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from .events import MAX_FACT_BYTES

PARTITIONS = 6
_DAY_MS = 86_400_000

FACTS = (
    "moyai.identity.checkpoint.v1",
    "moyai.identity.ip_restriction.v1",
    "moyai.identity.user.v1",
    "moyai.buyers.buyer.v1",
    "moyai.ledger.entry.v1",
    "moyai.ledger.upload.v1",
    "moyai.ledger.contracts.v1",
    "moyai.ledger.check_ledger.v1",
    "moyai.ledger.fixed_ledger.v1",
    "moyai.premium.assessments.v1",
    "moyai.premium.invoice.v1",
    "moyai.claims.loss_notice.v1",
    "moyai.security.access.v1",
)
"""One topic per thing; facts stay 14 days."""

KEPT = ("moyai.identity.checkpoint.v1",)
"""Those of them that stay for ever: they prove what was."""

STATES = (
    "moyai.identity.policyholder.state.v1",
    "moyai.buyers.buyer.state.v1",
    "moyai.underwriting.special_agreement.state.v1",
    "moyai.premium.code_table.state.v1",
    "moyai.premium.rate_edition.state.v1",
)
"""Reference data, compacted: the last record of each key stays for ever."""

GROUPS = (
    "identity.inbox",
    "buyers.inbox",
    "underwriting.inbox",
    "ledger.inbox",
    "premium.inbox",
    "claims.inbox",
)
"""Consumer groups; each has dead letters of its own."""


def dead_letters(group: str) -> str:
    """Name the topic where a group puts the facts it could not handle."""
    return f"{group}.dlq"


def _declared(replication: int) -> list[NewTopic]:
    facts = {"retention.ms": str(14 * _DAY_MS)}
    for_ever = {"retention.ms": "-1"}
    states = {"cleanup.policy": "compact"}
    size = {"max.message.bytes": str(MAX_FACT_BYTES)}
    return [
        *(
            NewTopic(
                name,
                PARTITIONS,
                replication,
                topic_configs=size | (for_ever if name in KEPT else facts),
            )
            for name in FACTS
        ),
        *(NewTopic(name, PARTITIONS, replication, topic_configs=states | size) for name in STATES),
        # Dead letters keep their order, so that they can be put back in it.
        *(
            NewTopic(dead_letters(group), 1, replication, topic_configs=for_ever | size)
            for group in GROUPS
        ),
    ]


async def create_topics(bootstrap: str, replication: int = 1) -> None:
    """Create the topics that do not exist yet."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        answer = await admin.create_topics(_declared(replication))
        for name, code, *_ in answer.topic_errors:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                raise error(name)
    finally:
        await admin.close()
