"""What identity keeps: companies, people and machines, their proofs, and what they did.

Three tables have no tenant, because they are asked before a tenant is known: the directory
of clients, the signing keys and the revocations. Whatever is asked before a person is known
belongs to the platform itself.
"""

from .approvals import Approval, BankAccount, UsedIntent
from .clients import ClientDirectoryEntry, ClientKey, MachineClient, UsedAssertion
from .history import HistoryEntry, HistoryHead
from .keys import Revocation, SigningKey
from .policyholders import Policyholder, Registration
from .restrictions import IpRestriction
from .root import Base
from .sign_in import RefreshToken, SignIn, Throttle, UserSession
from .users import LoginDirectoryEntry, Mail, MailedCode, RecoveryCode, User

__all__ = [
    "Approval",
    "BankAccount",
    "Base",
    "ClientDirectoryEntry",
    "ClientKey",
    "HistoryEntry",
    "HistoryHead",
    "IpRestriction",
    "LoginDirectoryEntry",
    "MachineClient",
    "Mail",
    "MailedCode",
    "Policyholder",
    "RecoveryCode",
    "RefreshToken",
    "Registration",
    "Revocation",
    "SignIn",
    "SigningKey",
    "Throttle",
    "UsedAssertion",
    "UsedIntent",
    "User",
    "UserSession",
]
