"""Choosing a password: judged by the rules, and by what is known of its owner."""

from sqlalchemy.ext.asyncio import AsyncSession

from .. import queries, tables
from ..data import PRODUCT_WORDS, blocked_passwords
from ..domain.passwords import judge_password
from ..errors import PasswordUnchanged
from .desk import Desk


async def choose(desk: Desk, user: tables.User, password: str) -> str:
    """Take a new password; gives its hash.

    Raises: PasswordRejected in one of its reasons.
    """
    async with desk.databases.tenant(user.tenant) as tx:
        about = await _about(tx, user)
    judge_password(password, about, blocked_passwords())
    if await desk.hasher.fits(password, user.password_hash):
        raise PasswordUnchanged
    return await desk.hasher.hash(password)


async def _about(tx: AsyncSession, user: tables.User) -> list[str]:
    """The words that lead to a user: their id, their company's names and code, and ours."""
    company = await queries.policyholder(tx, user.tenant)
    names = (company.name_ja, company.name_en, company.short_name_ja or "")
    return [user.login_id, user.tenant, *names, *PRODUCT_WORDS]
