"""What identity is told from outside, beside what every service is."""

from base64 import urlsafe_b64encode
from typing import Self

from pydantic import SecretStr, model_validator

from libs.common.settings import DEVELOPMENT_KEY, Listed, NotForProduction, ServiceSettings

_DEVELOPMENT_KEY = urlsafe_b64encode(DEVELOPMENT_KEY[:32].encode()).decode()


class IdentitySettings(ServiceSettings):
    """Settings of identity; the secret is best a file in `MOYAI_SECRETS_DIR`."""

    key_encryption_key: SecretStr = SecretStr(_DEVELOPMENT_KEY)
    """Seals signing keys in the database: 32 random bytes in base64url."""

    clock_followers: Listed = ()
    """Base URLs of the services whose jobs run while staff move the business clock."""

    docs_enabled: bool | None = None
    """Whether `/docs` is served; where nothing is said, everywhere but in production."""

    @property
    def serves_docs(self) -> bool:
        """Whether the reference page is on."""
        return self.profile != "production" if self.docs_enabled is None else self.docs_enabled

    @model_validator(mode="after")
    def _bring_a_key_of_its_own(self) -> Self:
        key = self.key_encryption_key.get_secret_value()
        if self.profile == "production" and key == _DEVELOPMENT_KEY:
            raise NotForProduction("not in production: key_encryption_key")
        return self
