"""Every way the platform says no: RFC 9457 problems in Japanese and English.

A class of this file is a *code* of the platform's closed list; a service's `errors.py` names the
exact *reason* with a subclass, whose docstring is the detail (English line, Japanese line).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from . import context


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to mend in what was sent, with its place; it never repeats what was sent.

    Shape: `pointer` into the body (RFC 6901), or `parameter`, or `row`, `column` and `item_no`.
    """

    code: str
    detail: str
    detail_en: str
    pointer: str | None = None
    parameter: str | None = None
    row: int | None = None
    column: str | None = None
    item_no: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)


class Problem(Exception):
    """The request could not be carried out.
    ご要求を処理できませんでした。"""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "内部エラーが発生しました"
    title_en: ClassVar[str] = "Internal error"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        *,
        items: Sequence[Item] = (),
        rule: str | None = None,
        current_version: int | None = None,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Say where (`items`), by which rule, and what a client may do next."""
        super().__init__(type(self).reason_name() or self.code)
        self.items = tuple(items)
        self.rule = rule
        self.current_version = current_version
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)

    @classmethod
    def reason_name(cls) -> str | None:
        """Name the exact cause in kebab case; a class of the closed list has none."""
        if "code" in cls.__dict__:
            return None
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def details(cls) -> tuple[str, str]:
        """Give the detail in Japanese and English, from the docstring's two lines."""
        english, _, japanese = (cls.__doc__ or "").strip().partition("\n")
        return japanese.strip() or cls.title, english.strip()

    def body(self, instance: str) -> dict[str, Any]:
        """Give the members of `application/problem+json` for this occurrence."""
        japanese, english = self.details()
        wants_english = context.language.get() == "en"
        return {
            "type": f"/problems/{self.code}",
            "code": self.code,
            "status": self.status,
            "title": self.title_en if wants_english else self.title,
            "title_en": self.title_en,
            "detail": english if wants_english else japanese,
            "detail_en": english,
            "instance": instance,
            "request_id": context.request_id.get(),
            "retryable": self.retryable,
            "reason": self.reason_name(),
            "rule": self.rule,
            "current_version": self.current_version,
            "violated_policies": [],
            "errors": [_item_body(item, in_english=wants_english) for item in self.items[:100]],
            "errors_total": len(self.items),
        }


def _item_body(item: Item, *, in_english: bool) -> dict[str, Any]:
    return {
        "code": item.code,
        "pointer": item.pointer,
        "parameter": item.parameter,
        "row": item.row,
        "column": item.column,
        "item_no": item.item_no,
        "params": dict(item.params),
        "detail": item.detail_en if in_english else item.detail,
        "detail_en": item.detail_en,
    }


def code_of(problem: type[Problem]) -> type[Problem]:
    """Give the class of the closed list that a reason belongs to."""
    return next(kind for kind in problem.__mro__ if "code" in kind.__dict__)
