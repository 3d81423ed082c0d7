"""The catalogue of problems: every code, and every reason a service refuses with."""

from typing import Any

from libs.common.problem_codes import CODES
from libs.common.problems import Problem, code_of

from .services import every_reason

Json = dict[str, Any]


def problem_catalogue() -> Json:
    """Every code in the order of its status, with its reasons in alphabetical order."""
    reasons = sorted(every_reason(), key=lambda kind: (kind.reason_name() or "", kind.__module__))
    codes = [
        {
            "type": f"/problems/{kind.code}",
            "code": kind.code,
            "status": kind.status,
            "retryable": kind.retryable,
            "title": kind.title,
            "title_en": kind.title_en,
            **_details(kind),
            "reasons": [_reason(it) for it in reasons if code_of(it) is kind],
        }
        for kind in sorted(CODES.values(), key=lambda kind: (kind.status, kind.code))
    ]
    return {"items": codes}


def _reason(kind: type[Problem]) -> Json:
    area, owner, *_ = kind.__module__.split(".")
    service = owner if area == "services" else None
    return {"reason": kind.reason_name(), "service": service, **_details(kind)}


def _details(kind: type[Problem]) -> Json:
    japanese, english = kind.details()
    return {"detail": japanese, "detail_en": english}
