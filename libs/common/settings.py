"""Every setting all services share: read from the environment or from files of secrets."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy import make_url

Network = IPv4Network | IPv6Network

DEVELOPMENT_KEY = "development-only-never-in-production"
_KNOWN_PASSWORDS = {None, "", "moyai", "postgres", "password", "secret", "development"}
_SHORTEST_KEY = 32


class NotForProduction(ValueError):
    """A setting that suits a laptop would be dangerous in production."""


def _listed(value: object) -> object:
    """Split a comma-separated list, as environment variables hold it."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _networks(value: object) -> object:
    every = ["0.0.0.0/0", "::/0"]
    listed = every if value == "*" else _listed(value)
    return [ip_network(str(part)) for part in listed] if isinstance(listed, list) else listed


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)]
Url = Annotated[str, Field(repr=False)]  # may carry a password: never printed


class ServiceSettings(BaseSettings):
    """What one process of a service is told from outside, each as `MOYAI_…`.

    A secret may stand in a file of that name (`moyai_database_url`) in `MOYAI_SECRETS_DIR`.
    """

    model_config = SettingsConfigDict(
        env_prefix="MOYAI_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    service: str
    profile: Literal["local", "test", "production"] = "local"

    database_url: Url
    database_staff_url: Url
    database_relay_url: Url
    database_owner_url: str | None = Field(default=None, repr=False)  # only migrations need it

    kafka_bootstrap: str = "127.0.0.1:9092"
    files_url: str = "memory:///"
    issuer: str = "http://127.0.0.1:8080"
    identity_url: str = "http://127.0.0.1:8101"
    jwks_url: str = "http://127.0.0.1:8101/.well-known/jwks.json"

    trusted_proxies: Networks = (IPv4Network("127.0.0.1/32"),)
    allowed_hosts: Listed = ("127.0.0.1", "localhost")
    cursor_key: SecretStr = SecretStr(DEVELOPMENT_KEY)
    http_timeout_seconds: float = 5.0

    clock_file: Path | None = None
    log_format: Literal["json", "console"] = "console"
    secrets_dir: Path | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (the library names it)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (the library names it)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then the environment, then the files of secrets; no `.env`."""
        secrets = SecretsSettingsSource(settings_cls, os.environ.get("MOYAI_SECRETS_DIR"))
        return init_settings, env_settings, secrets

    @model_validator(mode="after")
    def _be_fit_for_production(self) -> Self:
        if self.profile == "production" and (dangers := self._dangers()):
            raise NotForProduction("not in production: " + ", ".join(dangers))
        return self

    def _dangers(self) -> list[str]:
        """The settings that must not go to production, by name and never by value."""
        urls = ("database_url", "database_staff_url", "database_relay_url", "database_owner_url")
        key = self.cursor_key.get_secret_value()
        found = {name: _has_known_password(getattr(self, name)) for name in urls} | {
            "files_url": self.files_url.startswith("memory:"),
            "issuer": not self.issuer.startswith("https://"),
            "trusted_proxies": any(network.prefixlen == 0 for network in self.trusted_proxies),
            "allowed_hosts": any("*" in host for host in self.allowed_hosts),
            "cursor_key": key == DEVELOPMENT_KEY or len(key) < _SHORTEST_KEY,
            "clock_file": self.clock_file is not None,
        }
        return [name for name, dangerous in found.items() if dangerous]


def _has_known_password(url: str | None) -> bool:
    """Tell whether a database would open to the first guess: no password, or a famous one."""
    if url is None:
        return False
    database = make_url(url)
    return database.password in _KNOWN_PASSWORDS | {database.username}
