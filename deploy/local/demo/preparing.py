"""The steps before the first ledger: the clock, the registers, the rulebook, the ERPs."""

from datetime import datetime

from deploy.local.secrets import Secrets
from services.premium import data as rulebook

from .erp import Erp
from .material import NANIWA, TOTO, register
from .staff import Staff
from .story import Scene

OPENING = datetime.fromisoformat("2026-08-25T10:15:00+09:00")
"""The day of business the ledgers of the story were written for."""


def set_the_clock(scene: Scene) -> None:
    """Staff set the business clock (業務時計) to 25 August 2026, 10:15 in Tokyo."""
    clock = scene.staff.set_clock(OPENING)

    shown = datetime.fromisoformat(clock["now"])
    scene.check("the clock shows it", expected=True, got=(shown - OPENING).total_seconds() < 5)


def publish_the_rulebook(scene: Scene) -> None:
    """Staff publish code tables (コード表) and exchange rates (換算率)."""
    published = enter_rulebook(scene.staff)

    expected = {"code-tables": 12, "exchange-rates": 168}
    scene.check("all are published", expected=expected, got=published)


def fill_the_registers(scene: Scene) -> None:
    """Staff enter policyholders (保険利用者), special agreements (特約) and buyers (海外商社)."""
    entered = enter_registers(scene.staff)

    expected = {"policyholders": 4, "special-agreements": 2, "buyers": 9}
    scene.check("all are entered", expected=expected, got=entered)


def register_erps(scene: Scene) -> None:
    """Staff register each policyholder's ERP by its public key; the ERPs take their tokens."""
    for code in (TOTO, NANIWA):
        scene.erps[code] = register_erp(scene.staff, scene.stack.secrets, code)

    names = {code: erp.read("/policyholder")["name_ja"] for code, erp in scene.erps.items()}
    expected = {code: register()["policyholders"][code]["name_ja"] for code in scene.erps}
    scene.check("each ERP acts for its company", expected=expected, got=names)


def enter_rulebook(staff: Staff) -> dict[str, int]:
    """Publish what ships with premium; gives how many there are of each."""
    return {
        "code-tables": staff.enter("code-tables", rulebook.code_table_publications()),
        "exchange-rates": staff.publish_exchange_rates(rulebook.exchange_rate_publication()),
    }


def enter_registers(staff: Staff) -> dict[str, int]:
    """Enter the story's registers; gives how many records each has."""
    return {name: staff.enter(name, records) for name, records in register().items()}


def register_erp(staff: Staff, secrets: Secrets, policyholder_code: str) -> Erp:
    """Register the ERP of a policyholder with a key made for it."""
    key = secrets.client_key(f"erp-{policyholder_code}")
    return staff.register_erp(policyholder_code, f"ERP {policyholder_code}", key)
