"""Facts that services tell each other: past tense, complete, without personal data.

A fact's `event_type` is `<service>.<thing>.<past participle>.v<major>`. All facts of one thing
share a topic; a type ending in `.state` is the full record and lives in a compacted topic.
"""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

PREFIX = "moyai."
"""What topics and `ce_type` start with on the wire; code and documents use the short form."""


MAX_FACT_BYTES = 4 * 1024 * 1024
"""What a record on Kafka may weigh: a fact of 500 contract histories passes the usual 1 MiB."""


class Event(BaseModel):
    """A fact; its fields are the `data` of the CloudEvent."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_type: ClassVar[str]
    event_key: ClassVar[str]
    topic: ClassVar[str]

    def __init_subclass__(cls, *, type: str, key: str, **kwargs: Any) -> None:  # noqa: A002 (CloudEvents' word)
        """Name the fact, and the field whose value keeps facts in order."""
        super().__init_subclass__(**kwargs)
        cls.event_type, cls.event_key, cls.topic = type, key, topic_of(type)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Take `type` and `key`, which are ours, away from Pydantic's configuration."""

    @property
    def subject(self) -> str:
        """Id of the aggregate this fact is about."""
        return str(getattr(self, self.event_key))


def topic_of(event_type: str) -> str:
    """Name the topic of a type: one per thing, and one beside it for the full records."""
    service, thing, verb, version = event_type.split(".")
    middle = f"{thing}.state" if verb == "state" else thing
    return f"{PREFIX}{service}.{middle}.{version}"


def is_state(event_type: str) -> bool:
    """Say whether a type carries the full record of a thing, of which only the last counts."""
    return event_type.split(".")[2] == "state"
