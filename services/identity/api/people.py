"""Shapes that several endpoints about people share."""

from typing import Annotated

from pydantic import Field, SecretStr

MailAddress = Annotated[
    str,
    Field(
        pattern=r"^[!-?A-~]{1,64}@[0-9A-Za-z-]{1,63}(\.[0-9A-Za-z-]{1,63})+$",
        max_length=254,
        examples=["hanako@example.com"],
    ),
]
"""A mail address; nobody signs in with it, and two users may share one."""

PersonName = Annotated[str, Field(min_length=1, max_length=100, examples=["舫 花子"])]

Password = Annotated[SecretStr, Field(min_length=1, max_length=1024)]
"""A password, as it is typed; the rules are those of the act it is for."""

OneTimePassword = Annotated[str, Field(pattern="^[0-9]{6}$", examples=["492039"])]
"""A one-time password (ワンタイムパスワード)."""

TypedCode = Annotated[SecretStr, Field(min_length=1, max_length=64)]
"""A code from a mail or from paper; case and hyphens do not matter."""

LoginId = Annotated[str, Field(min_length=1, max_length=255, examples=["u7k2m9p4qx"])]
"""A login id (ログインID)."""

UserId = Annotated[str, Field(pattern="^user_[0-9a-z]{26}$")]
SessionId = Annotated[str, Field(pattern="^session_[0-9a-z]{26}$")]
