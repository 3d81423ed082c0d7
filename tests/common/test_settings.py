"""Settings come from the environment or files, and production refuses a laptop's."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import pytest
from pydantic import ValidationError

from libs.common.settings import ServiceSettings

STRONG = "postgresql+asyncpg://buyers_app:q7Zr0vXw2LkN@db/buyers"
PRODUCTION = {
    "MOYAI_SERVICE": "buyers",
    "MOYAI_PROFILE": "production",
    "MOYAI_DATABASE_URL": STRONG,
    "MOYAI_DATABASE_STAFF_URL": STRONG,
    "MOYAI_DATABASE_RELAY_URL": STRONG,
    "MOYAI_FILES_URL": "s3://moyai-files",
    "MOYAI_ISSUER": "https://api.moyai.example",
    "MOYAI_TRUSTED_PROXIES": "10.1.0.0/16, fd00::/64",
    "MOYAI_ALLOWED_HOSTS": "api.moyai.example",
    "MOYAI_CURSOR_KEY": "k" * 32,
}


@pytest.fixture(autouse=True)
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A well-set production environment."""
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_careful_production_starts() -> None:
    """Given careful settings, when read, then lists are split and addresses understood."""
    settings = ServiceSettings()

    assert settings.trusted_proxies == (IPv4Network("10.1.0.0/16"), IPv6Network("fd00::/64"))
    assert settings.allowed_hosts == ("api.moyai.example",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql+asyncpg://buyers_app@db/buyers"),
        ("DATABASE_STAFF_URL", "postgresql+asyncpg://buyers_staff:buyers_staff@db/buyers"),
        ("DATABASE_OWNER_URL", "postgresql+asyncpg://postgres:postgres@db/buyers"),
        ("FILES_URL", "memory:///"),
        ("ISSUER", "http://api.moyai.example"),
        ("TRUSTED_PROXIES", "*"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,0.0.0.0/0"),
        ("ALLOWED_HOSTS", "*"),
        ("CURSOR_KEY", "development-only-never-in-production"),
        ("CURSOR_KEY", "k" * 31),
        ("CLOCK_FILE", "clock.json"),
    ],
)
def test_production_refuses_what_suits_a_laptop(
    production: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Given one careless setting, when production starts, then it is named and not shown."""
    production.setenv(f"MOYAI_{name}", value)

    with pytest.raises(ValidationError, match=f"not in production: {name.lower()}") as refused:
        ServiceSettings()

    assert "buyers_app" not in str(refused.value)


def test_a_laptop_may_trust_everybody(production: pytest.MonkeyPatch) -> None:
    """Given the local profile, when it trusts every proxy, then it starts."""
    production.setenv("MOYAI_PROFILE", "local")
    production.setenv("MOYAI_TRUSTED_PROXIES", "*")

    assert ServiceSettings().trusted_proxies == (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


def test_a_secret_may_stand_in_a_file(production: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Given a file of secrets and no variable, when read, then the file's line is the value."""
    (tmp_path / "moyai_database_url").write_text(STRONG + "\n")
    production.delenv("MOYAI_DATABASE_URL")
    production.setenv("MOYAI_SECRETS_DIR", str(tmp_path))

    assert ServiceSettings().database_url == STRONG


def test_printed_settings_show_no_password() -> None:
    """Given settings with secrets, when printed, then no secret is seen."""
    printed = repr(ServiceSettings())

    assert "q7Zr0vXw2LkN" not in printed
    assert "kkkk" not in printed
