"""Choosing a password: judged by the rules, and by what is known of its owner."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from .. import queries
from ..data import PRODUCT_WORDS, blocked_passwords
from ..domain.passwords import judge_password
from ..errors import PasswordUnchanged
from .desk import Desk


@dataclass(frozen=True, slots=True, repr=False)
class Weighed:
    """A new password that keeps the rules, hashed; and whether it is the current one."""

    hashed: str
    is_unchanged: bool

    def taken(self) -> str:
        """Give the hash to keep; only to whoever has proven all they must.

        Raises: PasswordUnchanged.
        """
        if self.is_unchanged:
            raise PasswordUnchanged
        return self.hashed


async def choose(desk: Desk, user: queries.Person, password: str) -> str:
    """Take a new password; gives its hash.

    Raises: PasswordRejected in one of its reasons.
    """
    return (await weigh(desk, user, password)).taken()


async def weigh(desk: Desk, user: queries.Person, password: str) -> Weighed:
    """Hold a new password against the rules, which everybody knows, and do not tell the rest yet.

    Raises: PasswordRejected, but for one that is unchanged.
    """
    async with desk.databases.tenant(user.tenant) as tx:
        about = await _about(tx, user)
    judge_password(password, about, blocked_passwords())
    is_unchanged = await desk.hasher.fits(password, user.password_hash)
    return Weighed(await desk.hasher.hash(password), is_unchanged)


async def _about(tx: AsyncSession, user: queries.Person) -> list[str]:
    """The words that lead to a user: their id, their company's names and code, and ours."""
    company = await queries.policyholder(tx, user.tenant)
    names = (company.name_ja, company.name_en, company.short_name_ja or "")
    return [user.login_id, user.tenant, *names, *PRODUCT_WORDS]
