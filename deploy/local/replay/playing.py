"""One case, played to its end: every difference between what it expects and what is answered."""

from collections.abc import Iterator

import httpx

from deploy.local.demo.client import Json, fresh_key, granted
from deploy.local.demo.erp import Erp

from . import contracts, findings
from .cases import Case, FileCase
from .preconditions import bring_about
from .scene import Scene
from .told import State

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
    yield from _states(scene, case, state_before=case.expected.state_before)
    tried = _tried(scene, case)
    yield from _findings(scene, case, tried)
    if tried["status"] == "READY":
        applied = scene.erp_of(case).submit(tried, fresh_key())
        yield from _findings(scene, case, applied)
        yield from _significant(scene, case, applied)
    yield from _states(scene, case, state_after=case.expected.state_after)


def _tried(scene: Scene, case: Case) -> Json:
    return scene.erp_of(case).hand_in(
        case.form.content,
        case.file_name or scene.file_name(case, case.received_at, case.form.suffix),
        charset=case.form.charset,
        mode="DRY_RUN",
        **_told(layout=case.told.layout, declared_count=case.told.count),
    )


def _told(**fields: object) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items() if value is not None}


def _findings(scene: Scene, case: Case, upload: Json) -> Iterator[str]:
    found = scene.erp_of(case).findings(upload)
    for told in findings.differences(case.expected, upload, found):
        yield f"{upload['mode']}: {told}"


def _significant(scene: Scene, case: Case, upload: Json) -> Iterator[str]:
    for number, items in case.expected.significant_changes.items():
        histories = _histories(scene.erp_of(case), contracts.policy_number(number))
        found = contracts.significant_items(histories, upload["id"])
        # Of a refused change nothing is kept, so that nothing can be told of it either.
        if found is not None:
            yield from contracts.differences(sorted(items), found, f"significant {number}")


def _states(scene: Scene, case: Case, **expected: list[State]) -> Iterator[str]:
    [(member, states)] = expected.items()
    erp = scene.erp_of(case)
    for state in states:
        number, place = (
            contracts.policy_number(state.policy_number),
            f"{member} {state.policy_number}",
        )
        if histories := _histories(erp, number):
            found = contracts.as_told(erp.read(f"/ledger-contracts/{number}"), histories)
            yield from contracts.differences(state.model_dump(), found, place)
        else:
            yield f"{place}: there is no such contract"


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
    erp = scene.erp_of(case)
    layout = told.declared_kind and _LAYOUTS[told.declared_kind]
    upload = erp.hand_in(
        case.content.read_bytes(),
        told.submitted_file_name or case.content.name,
        mode="DRY_RUN",
        **_told(layout=layout, declared_count=told.declared_count),
    )
    yield from findings.file_differences(told.expected, erp.findings(upload))
