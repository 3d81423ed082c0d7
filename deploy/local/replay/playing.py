"""One case, played to its end: every difference between what it expects and what is answered."""

from collections.abc import Iterator

import httpx

from deploy.local.demo.client import Json, fresh_key, granted
from deploy.local.demo.erp import Erp

from . import contracts, findings
from .cases import Case, FileCase
from .preconditions import bring_about
from .scene import Scene

_LAYOUTS = {"new": "2103", "change": "2110"}


def play(scene: Scene, case: Case | FileCase) -> Iterator[str]:
    """Play a case; gives each difference."""
    if isinstance(case, FileCase):
        yield from _play_file(scene, case)
    else:
        yield from _play_case(scene, case)


def _play_case(scene: Scene, case: Case) -> Iterator[str]:
    """Bring about what goes before, try the file, and submit what the trial has found good."""
    if case.base is not None:
        yield from bring_about(scene, case, case.base)
    scene.move_clock(case.received_at)
    yield from _states(scene, case, "state_before")
    tried = _tried(scene, case)
    yield from _findings(scene, case, tried)
    if tried["status"] == "READY":
        applied = scene.erps[case.sender].submit(tried, fresh_key())
        yield from _findings(scene, case, applied)
        yield from _significant(scene, case, applied)
    yield from _states(scene, case, "state_after")


def _tried(scene: Scene, case: Case) -> Json:
    told = case.told
    return scene.erps[case.sender].hand_in(
        case.form.content,
        case.file_name,
        layout=told["layout"],
        charset=case.form.charset,
        mode="DRY_RUN",
        **_declared(told["declared_count"]),
    )


def _declared(count: int | None) -> dict[str, str]:
    return {} if count is None else {"declared_count": str(count)}


def _findings(scene: Scene, case: Case, upload: Json) -> Iterator[str]:
    found = scene.erps[case.sender].findings(upload)
    for told in findings.differences(case.expected, upload, found):
        yield f"{upload['mode']}: {told}"


def _significant(scene: Scene, case: Case, upload: Json) -> Iterator[str]:
    for number, items in case.expected.get("significant_changes", {}).items():
        histories = _histories(scene.erps[case.sender], contracts.policy_number(number))
        found = contracts.significant_items(histories, upload["id"])
        # Of a refused change nothing is kept, so that nothing can be told of it either.
        if found is not None:
            yield from contracts.differences(sorted(items), found, f"significant {number}")


def _states(scene: Scene, case: Case, member: str) -> Iterator[str]:
    erp = scene.erps[case.sender]
    for state in case.expected.get(member, ()):
        number = contracts.policy_number(state["policy_number"])
        found = contracts.as_told(erp.read(f"/ledger-contracts/{number}"), _histories(erp, number))
        yield from contracts.differences(state, found, f"{member} {state['policy_number']}")


def _histories(erp: Erp, number: str) -> list[Json]:
    answer = erp.http.get(f"/ledger-contracts/{number}/history")
    if answer.status_code == httpx.codes.NOT_FOUND:
        return []
    found: list[Json] = granted(answer)["histories"]
    return found


def _play_file(scene: Scene, case: FileCase) -> Iterator[str]:
    """Try a file, and look at what is found of it as a whole."""
    scene.move_clock(case.received_at)
    told = case.told
    erp = scene.erps[told.get("submitter_shipper_code") or next(iter(scene.holders))]
    upload = erp.hand_in(
        case.content.read_bytes(),
        told["submitted_file_name"],
        layout=_LAYOUTS[told["declared_kind"]],
        mode="DRY_RUN",
        **_declared(told["declared_count"]),
    )
    yield from findings.file_differences(told["expected"], erp.findings(upload))
