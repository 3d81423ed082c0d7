"""The words of the documents: titles, a name for each tag, a meaning for each parameter."""

TITLE = "Trade insurance API"
DESCRIPTION = """\
Trade insurance for machines first: hand in ledgers, follow contracts, read premiums and buyers.

Texts come in Japanese or English by `Accept-Language` (`ja` is the default). Every POST that
changes something takes an `Idempotency-Key`; every change of what was read takes its `ETag` back
in `If-Match`. Nothing sent is ignored: a member or parameter that is not described is refused, and
so is a body where none is. Whatever is refused answers with a problem: branch on its `code` and
`reason`.
"""
STAFF_TITLE = "Trade insurance API for the insurer's staff"
STAFF_DESCRIPTION = "What the insurer's own systems enter and decide, on a listener of its own."

TAGS: dict[str, tuple[str, str]] = {
    # Tag: what it is called, and what it is about; in the order of the page.
    "tokens": ("Tokens", "Access tokens for machine clients (アクセストークン)."),
    "auth": ("Auth (browser)", "Signing in, with a browser and its cookies (ログイン)."),
    "registrations": ("Registrations", "Asking to be a policyholder (保険利用者登録)."),
    "me": ("Me", "One's own data, password and one-time password (自身の情報)."),
    "sessions": ("Sessions", "Where one is signed in (セッション)."),
    "users": ("Users", "The people who act for a company (Web利用者)."),
    "bank-accounts": ("Bank accounts", "Where money is paid to (振込口座)."),
    "approvals": ("Approvals", "What two administrators decide together (承認)."),
    "ip-restriction": ("Source addresses", "From where a company may come (接続元IPアドレス制限)."),
    "notices": ("Hours and announcements", "What everybody may know, before signing in, too."),
    "access-history": ("Access history", "Who did what, and who tried to (アクセス履歴)."),
    "policyholder": ("Policyholder", "One's own company (保険利用者)."),
    "policyholders": ("Policyholders", "Companies that insure their trade (保険利用者)."),
    "machine-clients": ("Machine clients", "Programs that act for a company (マシンクライアント)."),
    "buyers": ("Buyers", "The register of overseas buyers (海外商社)."),
    "special-agreements": ("Special agreements", "Comprehensive cover for a year (特約)."),
    "procedures": ("Procedures", "Everything filed, in one list (手続)."),
    "policies": ("Policies", "Contracts of insurance (保険契約)."),
    "ledger": ("Ledger", "Ledger files and the contracts born in them (申込台帳)."),
    "ledger-uploads": ("Ledger uploads", "Ledger files handed in (申込台帳)."),
    "ledger-entries": ("Ledger entries", "Rows of one policy, by hand (個別入力)."),
    "ledger-contracts": ("Ledger contracts", "Contracts born in ledgers (保険関係)."),
    "ledger-layouts": ("Ledger layouts", "How ledger files are laid out (レコードレイアウト)."),
    "check-ledgers": (
        "Check ledgers",
        "What was received, to be checked by its holder (照合用台帳).",
    ),
    "cycle-calendars": (
        "Days of publication",
        "When check and fixed ledgers are published (照合・確定の日程).",
    ),
    "fixed-ledgers": ("Fixed ledgers", "What is final and will be invoiced (確定用台帳)."),
    "assessments": ("Assessments", "What each contract costs to insure (保険料算定)."),
    "invoices": ("Invoices", "Premium invoices and calculation statements (保険料請求書・計算書)."),
    "estimates": ("Estimates", "What cover would cost (試算)."),
    "code-tables": ("Code tables", "The codes of the trade (コード表)."),
    "exchange-rates": ("Exchange rates", "Yen for one unit of a currency (換算率)."),
    "rate-editions": ("Tariff", "The tariff, edition by edition (料率表)."),
    "incidents": ("Incidents", "One accident and everything filed on it (事故)."),
    "loss-notices": ("Loss notices", "A payment that did not come (損失等発生通知)."),
    "clock": ("Clock", "The business clock, outside production (業務時計)."),
    "discovery": ("Discovery", "Where a client library finds keys and addresses."),
    "documents": ("Documents", "This description, schemas of facts, and problems (文書)."),
}

PARAMETER_TEXTS: dict[str, str] = {
    "action": "What was done, such as `login`.",
    "actor_id": "Who did it: id of a user or a machine client.",
    "agreement_code": "Code of a special agreement (特約コード).",
    "approval_id": "Id of a request for approval.",
    "as_of": "The day it is wanted for; today if left out.",
    "bank_account_id": "Id of a bank account.",
    "announcement_id": "Id of an announcement.",
    "valid_from": "The first day it counts.",
    "export_id": "Id of an export of the access history.",
    "buyer_code": "Code of an overseas buyer (海外商社コード); repeated: any of them.",
    "check_ledger_id": "Id of a check ledger (照合用台帳).",
    "client_id": "Id of a machine client.",
    "country": "Country, ISO 3166-1 alpha-2; repeated: any of them.",
    "currency": "Currency, ISO 4217.",
    "dismissed": "Also what was taken off the list.",
    "edition": "An edition of the tariff, by its name.",
    "entry_id": "Id of what was entered by hand.",
    "event_type": "Type of a fact, such as `buyers.buyer.registered.v1`.",
    "finished": "Only what has come to its end, or only what has not.",
    "fixed_ledger_id": "Id of a fixed ledger (確定用台帳).",
    "id": "Id of the thing, a TypeID.",
    "incident_id": "Id of an incident (事故).",
    "kind": "Kind; repeated: any of them.",
    "known_at": "As it was known at this moment.",
    "layout": "Code of a layout: `2103` for new applications, `2110` for changes.",
    "login_id": "Login id of a user (ログインID).",
    "loss_notice_id": "Id of a loss notice (損失等発生通知).",
    "marked": "Only the lines that are marked `*`, or only those that are not.",
    "month": "The month that was closed, such as `2026-08`; repeated: any of them.",
    "name": "Name of a code table, such as `countries`.",
    "occurred_at_from": "Only what happened from this moment on.",
    "occurred_at_to": "Only what happened up to this moment.",
    "payer_code": "Who owes the payment (支払人): code of a buyer; repeated: any of them.",
    "policy_number": "Policy number (証券番号), 19 digits; repeated: any of them.",
    "policyholder_code": "Code of a policyholder (保険利用者コード).",
    "processing": "What is asked for (処理種別); repeated: any of them.",
    "received_on_from": "Only what was received on this day (Japan) or later.",
    "received_on_to": "Only what was received on this day (Japan) or earlier.",
    "published_on_from": "Published on this day or later.",
    "published_on_to": "Published on this day or earlier.",
    "rating": "Rating (格付); repeated: any of them.",
    "registration_id": "Id of a registration.",
    "session_id": "Id of a session.",
    "severity": "How grave; repeated: any of them.",
    "slug": "Code of a problem.",
    "sort": "Members to order by, parted by commas; `-` before one turns it round.",
    "status": "State; repeated: any of them.",
    "updated_at_from": "Only what has changed since this moment.",
    "upload_id": "Id of a ledger file.",
    "user_id": "Id of a user.",
    "valid_from_from": "First day of validity, from this day on.",
    "valid_from_to": "First day of validity, up to this day.",
}
"""What a parameter means, where its endpoint leaves it to the name."""
