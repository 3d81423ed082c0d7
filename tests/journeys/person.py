"""A person of a company that comes to the platform: a browser, a mailbox and a telephone."""

import json
import re
import ssl
import time
from dataclasses import dataclass
from hashlib import sha256

import httpx
import pyotp

from deploy.local import Stack
from deploy.local.demo.client import Json, fresh_key, granted, until

_CODE = re.compile(r"code: ([0-9a-z]{10})$", re.MULTILINE)
_LOGIN_ID = re.compile(r"Login id: (\S+)$", re.MULTILINE)
_STEP_SECONDS = 30


@dataclass
class Telephone:
    """What shows one-time passwords (ワンタイムパスワード), once it has read a secret."""

    secret: str = ""
    last_step: int = 0

    def reads(self, otpauth_uri: str) -> None:
        """Take the secret of an enrolment."""
        self.secret = str(pyotp.parse_uri(otpauth_uri).secret)

    def shows(self) -> str:
        """Show another password each time, as if half a minute had passed."""
        now = int(time.time()) // _STEP_SECONDS
        # From one step ago to one step ahead all are taken, each once.
        self.last_step = max(self.last_step + 1, now - 1)
        return pyotp.TOTP(self.secret).at(self.last_step * _STEP_SECONDS)


class Person:
    """Somebody at the gateway with a browser that keeps its cookies."""

    def __init__(self, stack: Stack, mail: str, telephone: Telephone) -> None:
        """Open the browser at our own page; nobody is signed in."""
        self._mailbox = stack.mailbox
        self.mail = mail
        self.telephone = telephone
        chain, _ = stack.secrets.certificate()
        self.http = httpx.Client(
            base_url=f"{stack.ports.secure_url}/v1",
            headers={"Origin": stack.ports.secure_url, "X-Requested-By": "web"},
            verify=ssl.create_default_context(cafile=chain),
        )

    def mailed(self) -> tuple[str, str]:
        """The login id and the code of the activation mail, which takes a moment to come."""
        letters = until(bool, lambda: self._mailbox.letters(self.mail))
        [login_id] = _LOGIN_ID.findall(letters[0])
        [code] = _CODE.findall(letters[0])
        return login_id, code

    def step(self, path: str, **members: str) -> Json:
        """Take a step of signing in, as our page does."""
        return granted(self.http.post(f"/auth/{path}", json=members or None))

    def holds(self, session: Json) -> None:
        """Go on with this access token."""
        self.http.headers["Authorization"] = f"Bearer {session['access_token']}"

    def proves_and_asks(self, password: str, path: str, wish: Json) -> httpx.Response:
        """Send a POST with a proof for exactly that request."""
        body = json.dumps(wish).encode()
        intent = {
            "method": "POST",
            "path": f"/v1{path}",
            "body_sha256": sha256(body).hexdigest(),
        }
        proof = {"password": password, "otp": self.telephone.shows(), "intent": intent}
        self.holds(granted(self.http.post("/auth/step-up", json=proof)))
        headers = {"Content-Type": "application/json", "Idempotency-Key": fresh_key()}
        return self.http.post(path, content=body, headers=headers)
