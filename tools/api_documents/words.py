"""The words of the documents: a name for each tag, and an example for each member.

One thing has one name everywhere, so one example of it serves every body it stands in.
"""

from typing import Any

TITLE = "Trade insurance API"
DESCRIPTION = """\
Trade insurance for machines first: hand in ledgers, follow contracts, read premiums and buyers.

Texts come in Japanese or English by `Accept-Language` (`ja` is the default). Every POST that
changes something takes an `Idempotency-Key`; every change of what was read takes its `ETag` back
in `If-Match`. Whatever is refused answers with a problem: branch on its `code` and `reason`.
"""
STAFF_TITLE = "Trade insurance API for the insurer's staff"
STAFF_DESCRIPTION = "What the insurer's own systems enter and decide, on a listener of its own."

TAGS: dict[str, tuple[str, str]] = {
    # Tag: what it is called, and what it is about; in the order of the page.
    "tokens": ("Tokens", "Access tokens for machine clients (アクセストークン)."),
    "policyholder": ("Policyholder", "One's own company (保険利用者)."),
    "policyholders": ("Policyholders", "Companies that insure their trade (保険利用者)."),
    "machine-clients": ("Machine clients", "Programs that act for a company (マシンクライアント)."),
    "buyers": ("Buyers", "The register of overseas buyers (海外商社)."),
    "special-agreements": ("Special agreements", "Comprehensive cover for a year (特約)."),
    "procedures": ("Procedures", "Everything filed, in one list (手続)."),
    "policies": ("Policies", "Contracts of insurance (保険契約)."),
    "ledger": ("Ledger", "Ledger files and the contracts born in them (申込台帳)."),
    "ledger-uploads": ("Ledger uploads", "Ledger files handed in (申込台帳)."),
    "ledger-contracts": ("Ledger contracts", "Contracts born in ledgers (保険関係)."),
    "assessments": ("Assessments", "What each contract costs to insure (保険料算定)."),
    "code-tables": ("Code tables", "The codes of the trade (コード表)."),
    "exchange-rates": ("Exchange rates", "Yen for one unit of a currency (換算率)."),
    "rate-editions": ("Tariff", "The tariff, edition by edition (料率表)."),
    "clock": ("Clock", "The business clock, outside production (業務時計)."),
    "discovery": ("Discovery", "Where a client library finds keys and addresses."),
    "documents": ("Documents", "This description, schemas of facts, and problems (文書)."),
}

PARAMETER_TEXTS: dict[str, str] = {
    "agreement_code": "Code of a special agreement (特約コード).",
    "as_of": "The day it is wanted for; today if left out.",
    "buyer_code": "Code of an overseas buyer (海外商社コード); repeated: any of them.",
    "client_id": "Id of a machine client.",
    "country": "Country, ISO 3166-1 alpha-2; repeated: any of them.",
    "currency": "Currency, ISO 4217.",
    "edition": "An edition of the tariff, by its name.",
    "event_type": "Type of a fact, such as `buyers.buyer.registered.v1`.",
    "name": "Name of a code table, such as `countries`.",
    "policy_number": "Policy number (証券番号), 19 digits; repeated: any of them.",
    "policyholder_code": "Code of a policyholder (保険利用者コード).",
    "rating": "Rating (格付); repeated: any of them.",
    "sort": "Members to order by, parted by commas; `-` before one turns it round.",
    "status": "State; repeated: any of them.",
    "upload_id": "Id of a ledger file.",
    "valid_from_from": "First day of validity, from this day on.",
    "valid_from_to": "First day of validity, up to this day.",
}
"""What a parameter means, where its endpoint leaves it to the name."""

EXAMPLES: dict[str, Any] = {
    "name": "SIAM COAST TRADING CO., LTD.",
    "country_code": "517",
    "rating": "EF",
    "version": 7,
    "sample": True,
    "active": True,
    "next_cursor": None,
    "total_count": None,
    "total_is_lower_bound": None,
    "q": "siam coast",
    "sort": "-updated_at",
    "name_ja": "舫貿易株式会社",
    "name_en": "Moyai Trading Co., Ltd.",
    "short_name_ja": "舫貿易",
    "title_ja": "国コード",
    "title_en": "Countries",
    "source": "Manual of the insurer, table 1",
    "client_id": "client_01m804gnfyejjb59e5dbx4yqmy",
    "client_secret": None,
    "kid": "2026-11",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6",
    "e": "AQAB",
    "scopes": ["ledger-uploads:read", "ledger-uploads:write"],
    "scope": "ledger-uploads:read ledger-uploads:write",
    "source_addresses": ["203.0.113.0/28"],
    "revoked_at": None,
    "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2F…",
    "client_assertion": "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJjbGllbnRfMDFtODA0Z25meWVqamI1OWU…",
    "expires_in": 300,
    "upload_id": "upload_01m804gnfyejjb59e5dbx4yqmy",
    "file_name": "MOYAI(261120).csv",
    "declared_count": "742",
    "evidence_cases": "E01,E06",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "charset": "cp932",
    "problem": None,
    "reason": None,
    "finished_at": None,
    "policy_count": 742,
    "row_count": 801,
    "accepted_count": 741,
    "rejected_count": 1,
    "error_count": 3,
    "warning_count": 1,
    "progress": {"done": 4, "total": 16},
    "currency": "USD",
    "branch_number": "00",
    "history_number": "00",
    "edition": "2004-10",
    "missing": None,
    "missing_what": None,
    "attributes": {"iso": "TH"},
    "code": "111",
}
