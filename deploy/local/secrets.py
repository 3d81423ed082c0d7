"""The secrets of a local platform: made once, kept in files only their owner can read.

Shape: a folder per service with `moyai_<setting>` files, as the services' settings read them;
`clients/<name>.pem` for the private keys of those who come to the platform; `gateway/` for what
the gateway shows to browsers.
"""

import base64
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.postgres import ROLES, DatabaseUrls

from .certificate import self_signed

STAFF = "staff"
DEMO_CLIENT = "demo-erp"
_SETTINGS = {
    "owner": "moyai_database_owner_url",
    "app": "moyai_database_url",
    "relay": "moyai_database_relay_url",
    "staff": "moyai_database_staff_url",
}


class Secrets:
    """The secrets in one folder; whatever is asked for is made when it is not there yet."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is made."""
        self.folder = folder

    def of_service(self, service: str) -> Path:
        """A service's folder of secrets, with the keys it needs."""
        folder = self.folder / service
        _keep(folder / "moyai_cursor_key", secrets.token_urlsafe(32))
        if service == "identity":
            key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
            _keep(folder / "moyai_key_encryption_key", key)
        return folder

    def passwords(self, service: str) -> dict[str, str]:
        """The passwords of a service's database roles."""
        return {
            role: _keep(self.folder / service / f"{role}-password", secrets.token_urlsafe(32))
            for role in ROLES
        }

    def superuser_password(self) -> str:
        """The password of the database server's superuser, where we do not make the server."""
        return _keep(self.folder / "postgres-password", secrets.token_urlsafe(32))

    def tell_databases(self, script: str) -> None:
        """Write down what makes roles and databases: it names their passwords."""
        _write(self.folder / "databases.sql", script)

    def tell_urls(self, service: str, urls: DatabaseUrls) -> None:
        """Write down where the service finds its database this time."""
        for role, setting in _SETTINGS.items():
            _write(self.folder / service / setting, getattr(urls, role))

    def client_key(self, name: str) -> Path:
        """The file with a client's private key: ES256, PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path = self.folder / "clients" / f"{name}.pem"
        _keep(path, pem.decode())
        return path

    def certificate(self) -> tuple[Path, Path]:
        """The files of the certificate the gateway shows on this machine, and of its key."""
        chain, key = (
            self.folder / "gateway" / "certificate.pem",
            self.folder / "gateway" / "key.pem",
        )
        if not (chain.exists() and key.exists()):
            for path, pem in zip((chain, key), self_signed(), strict=True):
                _write(path, pem)
        return chain, key


def _keep(path: Path, new: str) -> str:
    """What the file says; the new value when there is no file yet."""
    if not path.exists():
        _write(path, new)
    return path.read_text()


def _write(path: Path, value: str) -> None:
    """Write a file that nobody else could read at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(value)
