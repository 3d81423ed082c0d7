"""Production seals its keys with a key of its own."""

import pytest
from pydantic import ValidationError

from services.identity.actions.sealing import KeyEncryptionKey
from services.identity.settings import IdentitySettings

STRONG = "postgresql://identity_app:q7Zr0vXw2LkN@db/identity"
PRODUCTION = {
    "service": "identity",
    "profile": "production",
    "database_url": STRONG,
    "database_staff_url": STRONG,
    "database_relay_url": STRONG,
    "files_url": "s3://moyai-files",
    "issuer": "https://api.moyai.example",
    "allowed_hosts": "api.moyai.example",
    "cursor_key": "k" * 32,
    "smtp_security": "starttls",
}


def test_the_development_key_stays_on_the_laptop() -> None:
    """Given no key of its own, when production starts, then it refuses; a laptop does not."""
    with pytest.raises(ValidationError, match="key_encryption_key"):
        IdentitySettings(**PRODUCTION)  # type: ignore[arg-type]

    own = {"key_encryption_key": "A" * 43 + "="}
    settings = IdentitySettings(**(PRODUCTION | own))  # type: ignore[arg-type]
    assert settings.profile == "production"


def test_the_development_key_works_there() -> None:
    """Given a laptop's settings, when the key is read, then it has its 32 bytes."""
    settings = IdentitySettings(**(PRODUCTION | {"profile": "local"}))  # type: ignore[arg-type]

    assert KeyEncryptionKey.read(settings.key_encryption_key.get_secret_value()).id
    with pytest.raises(ValueError, match="32 bytes"):
        KeyEncryptionKey.read("AAAA")


def test_no_history_is_kept_for_less_than_seven_years() -> None:
    """Given six years to keep histories, when a service starts, then it refuses; nine will do."""
    local = PRODUCTION | {"profile": "local"}

    with pytest.raises(ValidationError, match="history_kept_years"):
        IdentitySettings(**(local | {"history_kept_years": 6}))  # type: ignore[arg-type]
    settings = IdentitySettings(**(local | {"history_kept_years": 9}))  # type: ignore[arg-type]
    assert settings.history_kept_years == 9
