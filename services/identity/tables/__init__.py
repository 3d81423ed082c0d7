"""What identity keeps: companies, people and machines, their proofs, and what they did.

Five tables have no tenant: the directory of clients, our keys and the revocations are asked before
a tenant is known, and the chains that wait for a checkpoint are all tenants'. Whatever is asked
before a person is known belongs to the platform itself.
"""

from .approvals import Approval, BankAccount, UsedIntent
from .clients import ClientDirectoryEntry, ClientKey, MachineClient, UsedAssertion
from .history import (
    CheckpointTask,
    HistoryCheckpoint,
    HistoryEntry,
    HistoryExport,
    HistoryHead,
)
from .keys import AuditKey, Revocation, SigningKey
from .notices import Announcement, ServiceHours
from .policyholders import Policyholder, Registration
from .restrictions import IpRestriction
from .root import Base
from .sign_in import RefreshToken, SignIn, Throttle, UserSession
from .users import LoginDirectoryEntry, Mail, MailedCode, RecoveryCode, User

__all__ = [
    "Announcement",
    "Approval",
    "AuditKey",
    "BankAccount",
    "Base",
    "CheckpointTask",
    "ClientDirectoryEntry",
    "ClientKey",
    "HistoryCheckpoint",
    "HistoryEntry",
    "HistoryExport",
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
    "ServiceHours",
    "SignIn",
    "SigningKey",
    "Throttle",
    "UsedAssertion",
    "UsedIntent",
    "User",
    "UserSession",
]
