"""A new key-encryption key takes the old one's place, and nothing is lost or left behind."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.identity import jobs
from services.identity.actions.sealing import KeyEncryptionKey, Place, SealBroken
from tests.identity import given, people
from tests.identity.approving import NEW_ACCOUNT
from tests.kit.engines import Engines
from tests.kit.running import running

_NEW_KEY = "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleSE="


async def test_everything_opens_with_the_new_key_alone(
    engines: Engines, worker_id: str, staff_key_file: Path
) -> None:
    """Given people, accounts and keys, when all is sealed anew, then all of it still works."""
    urls = engines.database("identity", f"identity_{worker_id}_resealed")
    async with running("identity", urls) as before:
        await jobs.bootstrap(given.settings(before), "--staff-key", str(staff_key_file))
        people.trusting(before)
        await people.hear(before)
        boss = await people.administrator(before)
        async with people.browser(before) as office:
            await office.signs_in(boss)
            made = (await office.proves_and_asks(boss, "/v1/approvals", NEW_ACCOUNT)).json()
        old_key = given.settings(before).key_encryption_key

    keys = {"key_encryption_key": _NEW_KEY, "retired_key_encryption_key": old_key}
    async with running("identity", urls, **keys) as after:
        await jobs.reseal(given.settings(after))
        await jobs.reseal(given.settings(after))
        people.trusting(after)
        await people.hear(after)
        async with people.browser(after) as office:
            signed_in = await office.signs_in(boss)
            seen = await office.ask("GET", f"/v1/approvals/{made['approval_id']}")

    assert signed_in.status_code == 200, signed_in.text
    assert seen.json()["content"] == made["content"]


async def test_without_the_old_key_nothing_is_touched(
    engines: Engines, worker_id: str, staff_key_file: Path, staff: given.Machine
) -> None:
    """Given values of a third key, when resealed, then it is refused and they stay."""
    urls = engines.database("identity", f"identity_{worker_id}_unsealed")
    async with running("identity", urls) as before:
        await jobs.bootstrap(given.settings(before), "--staff-key", str(staff_key_file))

    wrong = {"key_encryption_key": _NEW_KEY, "retired_key_encryption_key": _NEW_KEY}
    async with running("identity", urls, **wrong) as after:
        with pytest.raises(SealBroken):
            await jobs.reseal(given.settings(after))
    async with running("identity", urls) as still:
        await jobs.bootstrap(given.settings(still), "--staff-key", str(staff_key_file))
        token = await given.asked(still, staff.assertion())

    assert token.status_code == 200


@pytest.mark.parametrize("spoil", [lambda it: it[:-1], lambda it: it[:3] + b"x" + it[4:]])
def test_a_spoilt_seal_opens_to_nobody(spoil: Callable[[bytes], bytes]) -> None:
    """Given a sealed value cut or changed, when opened, then it is refused."""
    kek = KeyEncryptionKey.read(_NEW_KEY)
    place = Place("bank-number", "045012300", "bank_accounts", "1")
    sealed = kek.seal(b"1234567", place)

    assert kek.opens(sealed, place)
    assert not kek.opens(spoil(sealed), place)
