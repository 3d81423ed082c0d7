"""The steps in which ledgers (申込台帳) are handed in: good ones, and broken ones."""

from .client import Json, fresh_key, until
from .erp import Erp
from .material import (
    BAD_DATES_AND_AMOUNTS,
    FIVE_SETTLEMENTS,
    THREE_CONTRACTS,
    TWO_BRANCHES,
    WRONG_COUNT,
    WRONG_WIDTH,
    Ledger,
    expected,
)
from .story import Scene


def submit_three_contracts(scene: Scene) -> None:
    """東都機械貿易 tries a ledger of three contracts, then submits what it has seen."""
    erp = scene.erps[THREE_CONTRACTS.sender]
    tried = handed_in(erp, THREE_CONTRACTS, "READY", mode="DRY_RUN")
    scene.check("the dry run finds no error", expected=(3, 0), got=_verdict(tried))
    scene.check("it applies nothing", expected=[], got=erp.items("/ledger-contracts"))

    key = fresh_key()
    applied = erp.submit(tried, key)
    again = erp.ask_to_submit(tried, key)

    scene.check("the ledger is applied", expected="APPLIED", got=applied["status"])
    replayed = (again.status_code, again.headers.get("Idempotency-Replayed"))
    scene.check("sent twice, it is applied once", expected=(202, "true"), got=replayed)
    _note(scene, THREE_CONTRACTS, applied)


def submit_two_branches(scene: Scene) -> None:
    """浪速産業 tries and submits one contract with two branches (枝番)."""
    erp = scene.erps[TWO_BRANCHES.sender]
    tried = handed_in(erp, TWO_BRANCHES, "READY", mode="DRY_RUN")
    scene.check("two rows are one contract", expected=(2, 1), got=_size(tried))

    applied = erp.submit(tried, fresh_key())

    scene.check("the ledger is applied", expected="APPLIED", got=applied["status"])
    _note(scene, TWO_BRANCHES, applied)


def submit_fixed_width(scene: Scene) -> None:
    """東都機械貿易 hands in the fixed-width form with five settlement slots, in one go."""
    erp = scene.erps[FIVE_SETTLEMENTS.sender]

    applied = handed_in(erp, FIVE_SETTLEMENTS, "APPLIED", mode="SUBMIT")

    seen = (applied["status"], applied["settlement_slots"], *_verdict(applied))
    scene.check("the ledger is applied", expected=("APPLIED", 5, 1, 0), got=seen)
    _note(scene, FIVE_SETTLEMENTS, applied)


def hand_in_a_wrong_count(scene: Scene) -> None:
    """A ledger that says it has four contracts and has three is refused as a whole."""
    _hand_in_broken(scene, "wrong count", WRONG_COUNT, "INVALID")


def hand_in_a_wrong_width(scene: Scene) -> None:
    """A ledger without its last column is refused as a whole."""
    _hand_in_broken(scene, "wrong width", WRONG_WIDTH, "INVALID")


def hand_in_bad_dates_and_amounts(scene: Scene) -> None:
    """Of six contracts five have bad dates or amounts: each error is found in its place."""
    _hand_in_broken(scene, "bad dates and amounts", BAD_DATES_AND_AMOUNTS, "READY")


def handed_in(erp: Erp, ledger: Ledger, status: str, **fields: str) -> Json:
    """Hand in a good ledger, again until everything it names has reached the ledger service.

    The registers travel as facts. A ledger that comes before them is found faulty and leaves
    nothing behind, so it may simply come again.
    """
    return until(
        lambda upload: upload["status"] == status and upload["rejected_count"] == 0,
        lambda: _hand_in(erp, ledger, **fields),
    )


def handed_in_late(scene: Scene, what: str, ledger: Ledger) -> tuple[Json, list[Json]]:
    """Try a ledger of a later day; gives its verdict, and what was found in it."""
    erp = scene.erps[ledger.sender]
    upload = _hand_in(erp, ledger, mode="DRY_RUN")
    findings = erp.findings(upload)
    scene.story.facts.setdefault("later_findings", {})[what] = findings
    return upload, findings


def _hand_in(erp: Erp, ledger: Ledger, **fields: str) -> Json:
    declared = str(ledger.declared_count)
    return erp.hand_in(ledger.content, ledger.file_name, declared_count=declared, **fields)


def _hand_in_broken(scene: Scene, what: str, ledger: Ledger, status: str) -> None:
    erp = scene.erps[ledger.sender]
    upload = _hand_in(erp, ledger, mode="DRY_RUN")
    scene.check("its status", expected=status, got=upload["status"])

    findings = erp.findings(upload)

    errors = [it for it in findings if it["severity"] == "ERROR"]
    places = [[it["rule"], it["row"], it["column"], it["item_nos"]] for it in errors]
    scene.check("every error in its place", expected=expected()["errors"][what], got=places)
    silent = [it["rule"] for it in findings if not (it["detail"] and it["detail_en"])]
    scene.check("each in both languages", expected=[], got=silent)
    scene.story.facts.setdefault("findings", {})[what] = findings
    _note(scene, ledger, upload)


def _note(scene: Scene, ledger: Ledger, upload: Json) -> None:
    told = {"sender": ledger.sender, "file": ledger.file, **upload}
    scene.story.facts.setdefault("uploads", []).append(told)


def _verdict(upload: Json) -> tuple[int, int]:
    return upload["accepted_count"], upload["error_count"]


def _size(upload: Json) -> tuple[int, int]:
    return upload["row_count"], upload["policy_count"]
