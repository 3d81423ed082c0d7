"""What browsers send and get while their users sign in."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from libs.common.security import public
from libs.common.wire import Input, Output

from ..actions.sessions import LIFE_SECONDS
from .desk import check_asked_by_our_pages
from .people import LoginId, OneTimePassword, Password, TypedCode

FOR_BROWSERS = [public("people prove who they are here", check_asked_by_our_pages)]
"""Guard of whatever a browser's cookies open."""


class Login(Input):
    """A login id and its password."""

    login_id: LoginId
    password: Password


class SecondFactor(Input):
    """A one-time password, or instead of it a recovery code."""

    otp: OneTimePassword | None = None
    recovery_code: TypedCode | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.otp is None) == (self.recovery_code is None):
            raise ValueError("exactly one of both")
        return self


class Activation(Input):
    """An activation code, and whose it is."""

    login_id: LoginId
    activation_code: TypedCode


class PasswordChoice(Input):
    """One's own new password."""

    new_password: Password


class ReissueWish(Input):
    """Whose password is forgotten."""

    login_id: LoginId


class ReissueCompletion(Input):
    """The mailed code, a second factor, and the new password."""

    login_id: LoginId
    reissue_code: TypedCode
    otp: OneTimePassword | None = None
    recovery_code: TypedCode | None = None
    new_password: Password


class Intent(Input):
    """The one request a proof shall be for: its method, path and the SHA-256 of its body."""

    method: Literal["POST", "PUT", "PATCH", "DELETE"]
    path: Annotated[str, Field(pattern="^/v1/[!-~]{1,500}$", examples=["/v1/approvals"])]
    body_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class StepUp(Input):
    """The current password and a fresh one-time password; and what for, where it is asked."""

    password: Password
    otp: OneTimePassword
    intent: Intent | None = None


class NextStep(Output):
    """What the sign-in waits for, and nothing else."""

    next: Literal["otp", "activation", "password", "enrolment"]


class Enrolment(Output):
    """A new one-time password, shown this once; the next step confirms it."""

    next: Literal["confirmation"]
    otpauth_uri: str
    qr_svg: str


class SignedIn(Output):
    """A session; recovery codes only after an enrolment, shown this once."""

    next: Literal["done"]
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str
    recovery_codes: list[str] | None


class UserAccessToken(Output):
    """An access token for five minutes."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str

    @classmethod
    def of(cls, token: str, scopes: list[str]) -> Self:
        """Hand an access token over."""
        return cls(
            access_token=token,
            token_type="Bearer",  # noqa: S106 (the name of a scheme)
            expires_in=LIFE_SECONDS,
            scope=" ".join(scopes),
        )


LoginAnswer = Annotated[NextStep | SignedIn, Field(discriminator="next")]
"""What the sign-in waits for, or that it is done."""
