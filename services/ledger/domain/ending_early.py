"""Why an upload ended before all its rows were judged (処理終了の理由), in both languages."""

from dataclasses import dataclass
from functools import cache

from . import shipped


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a reason."""

    ja: str | None = None
    en: str | None = None


def words_for(reason: str | None) -> Words:
    """Say in both languages why an upload ended early; nothing, if it did not."""
    return Words() if reason is None else _words()[reason]


@cache
def _words() -> dict[str, Words]:
    found = shipped.rows("upload_reasons")
    return {row["reason"]: Words(row["message_ja"], row["message_en"]) for row in found}
