"""What identity is told from outside, beside what every service is."""

from base64 import urlsafe_b64encode
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from libs.common.settings import DEVELOPMENT_KEY, Listed, NotForProduction, ServiceSettings

_DEVELOPMENT_KEY = urlsafe_b64encode(DEVELOPMENT_KEY[:32].encode()).decode()


class IdentitySettings(ServiceSettings):
    """Settings of identity; the secrets are best files in `MOYAI_SECRETS_DIR`."""

    key_encryption_key: SecretStr = SecretStr(_DEVELOPMENT_KEY)
    """Seals keys, one-time-password secrets and mails in the database: 32 bytes in base64url."""

    retired_key_encryption_key: SecretStr | None = None
    """The key before, while everything it sealed is sealed anew (`identity reseal`)."""

    clock_followers: Listed = ()
    """Base URLs of the services whose jobs run while staff move the business clock."""

    web_origins: Listed = ()
    """Where the pages of browsers come from, beside the issuer itself."""

    history_kept_years: int = Field(default=7, ge=7)
    """How old an entry of an access history becomes; the database itself keeps each for seven.

    What the insurer keeps is unknown: longer may be told, shorter never.
    Source: security notes §3.11; domain notes §8.
    """

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8125
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str = "no-reply@localhost.invalid"

    docs_enabled: bool | None = None
    """Whether `/docs` is served; where nothing is said, everywhere but in production."""

    @property
    def serves_docs(self) -> bool:
        """Whether the reference page is on."""
        return self.profile != "production" if self.docs_enabled is None else self.docs_enabled

    @property
    def trusted_origins(self) -> frozenset[str]:
        """Every origin whose pages may use a browser's cookies here."""
        return frozenset({self.issuer, *self.web_origins})

    @model_validator(mode="after")
    def _be_fit_to_hold_people(self) -> Self:
        own_key = self.key_encryption_key.get_secret_value() != _DEVELOPMENT_KEY
        fit = {
            "key_encryption_key": own_key,
            "smtp_security": self.smtp_security != "none",
            "web_origins": all(it.startswith("https://") for it in self.web_origins),
        }
        if self.profile == "production" and not all(fit.values()):
            unfit = ", ".join(name for name, is_fit in fit.items() if not is_fit)
            raise NotForProduction(f"not in production: {unfit}")
        return self
