"""An example for each member of what identity takes and answers, in the same form."""

from typing import Any

_USER = "user_01m804gnfyejjb59e5dbx4yqmy"
_OFFICE = "203.0.113.7"
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_HASH = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
_OTPAUTH = (
    "otpauth://totp/Trade%20insurance:u7k2m9p4qx"
    "?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Trade%20insurance"
)
_REASON = {"reason_ja": "書類を確認しました。", "reason_en": "The papers have been checked."}

_PROOFS: dict[str, Any] = {
    "password": "seven boats moored at dusk",
    "current_password": "seven boats moored at dusk",
    "new_password": "nine lanterns on the quay",
    "activation_code": "7k2m9p4qxr",
    "reissue_code": "7k2m9p4qxr",
    # A one-time password, or else one of these.
    "recovery_code": None,
    "recovery_codes": ["7k2m9-p4qxr-t8vwy-zabcd-efghj"],
    "otpauth_uri": _OTPAUTH,
    "qr_svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 45 45">…</svg>',
    "status_token": "1mY0F4mWmYc6m5l2bq0kq3vX9o1sJkYtW5b7cQ2rT8E",
}
_PEOPLE: dict[str, Any] = {
    "mail": "hanako@example.com",
    "administrator_name": "舫 花子",
    "administrator_mail": "hanako@example.com",
    "UserCreate.name": "舫 次郎",
    "UserUpdate.name": "舫 次郎",
    "User.name": "舫 次郎",
    "UserSummary.name": "舫 次郎",
    "ProfileUpdate.name": "舫 花子",
    "address_ja": "東京都千代田区海岸1-2-3",
    "phone_number": "03-1234-5678",
    "requested_by": _USER,
    "decided_by": None,
    "source_address": _OFFICE,
    "networks": ["203.0.113.0/24"],
    "user_agent": _BROWSER,
    **{
        f"{owner}.{name}": it
        for owner in ("Acceptance", "Rejection")
        for name, it in _REASON.items()
    },
    **{
        f"{owner}.{name}": None
        for owner in ("Registration", "RegistrationReceived", "RegistrationToDecide")
        for name in ("policyholder_code", "decided_at", *_REASON)
    },
}
_HISTORY: dict[str, Any] = {
    "HistoryEntry.event_id": "0199c3b1-7a52-7c1e-9d0a-5f1f2f0c9e11",
    "HistoryEntry.actor_type": "user",
    "HistoryEntry.actor_id": _USER,
    "HistoryEntry.actor_role": "ADMINISTRATOR",
    "HistoryEntry.action": "login",
    "HistoryEntry.target": None,
    "HistoryEntry.request_id": "49a4c843-6d1b-4b8b-9d3f-2f7c1f1f7a10",
    "HistoryEntry.acr": "aal2",
    "entry_hash": _HASH,
    "HistoryExport.finished_at": "2026-08-25T01:15:00Z",
    "HistoryExportCreate.occurred_at_from": "2026-04-01T00:00:00+09:00",
}
_DECIDED: dict[str, Any] = {
    "bank_code": "0001",
    "branch_code": "001",
    "holder_kana": "モヤイショウジ（カ",
    "number_masked": "****567",
    "new_client_id": None,
    "Approval.target": None,
    "ApprovalDecided.target": None,
    "ApprovalSummary.target": None,
    "RequestedContent.bank_account_id": None,
    "RequestedContent.user_id": None,
    "RequestedContent.client_id": None,
    "RequestedContent.name": None,
    "RequestedContent.scopes": [],
    "RequestedContent.source_addresses": [],
    "RequestedContent.keys": [],
    "ClientKeyCreate.expires_on": "2027-08-31",
    "MachineClientCreate.name": "ERP",
    "OwnMachineClientCreate.name": "ERP",
    "MachineClient.name": "ERP",
    "MachineClientSummary.name": "ERP",
    "MachineClientRegistered.name": "ERP",
    # A policyholder's own client acts for no other.
    "batch_policyholders": [],
}
_NOTICES: dict[str, Any] = {
    **{
        f"{owner}.{name}": text
        for owner in ("Announcement", "AnnouncementEntry")
        for name, text in {
            "title_ja": "台帳様式2110の受付開始",
            "title_en": "Ledger layout 2110 is taken in",
            "text_ja": "9月1日から台帳様式2110を受け付けます。",
            "text_en": "Ledgers in layout 2110 are taken in from 1 September.",
            "shown_until": "2026-09-30T15:00:00Z",
            "begins_at": None,
            "ends_at": None,
        }.items()
    },
    "opens": "09:00",
    "closes": "20:00",
}
EXAMPLES_OF_PEOPLE = _PROOFS | _PEOPLE | _HISTORY | _DECIDED | _NOTICES
"""To stand beside the examples of everything else."""
