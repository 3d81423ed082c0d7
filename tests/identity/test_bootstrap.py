"""The first act on a platform may be repeated, and lets a lost staff key be replaced."""

from pathlib import Path

from cryptography.hazmat.primitives import serialization

from services.identity import jobs
from tests.identity import given
from tests.kit.running import Running


async def test_bootstrapping_again_changes_nothing(
    identity: Running, staff: given.Machine, staff_key_file: Path
) -> None:
    """Given a running platform, when bootstrapped with the same key, then tokens live on."""
    token = await given.token(identity, staff)
    before = (await identity.client.get("/internal/revocations")).json()

    await jobs.bootstrap(given.settings(identity), "--staff-key", str(staff_key_file))

    assert (await identity.client.get("/internal/revocations")).json() == before
    await given.verifier(identity, "identity").verify(token)


async def test_a_new_staff_key_takes_the_old_ones_place(
    identity: Running, staff: given.Machine, staff_key_file: Path, tmp_path: Path
) -> None:
    """Given a lost staff key, when bootstrapped with a new one, then the old one is out."""
    new = given.Machine("staff")
    path = tmp_path / "staff-key.pem"
    path.write_bytes(
        new.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )

    await jobs.bootstrap(given.settings(identity), "--staff-key", str(path))

    assert (await given.asked(identity, new.assertion())).status_code == 200
    assert (await given.asked(identity, staff.assertion())).status_code == 401
    await jobs.bootstrap(given.settings(identity), "--staff-key", str(staff_key_file))
    assert (await given.asked(identity, staff.assertion())).status_code == 200
