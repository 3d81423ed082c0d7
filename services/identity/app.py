"""Front door of identity."""

from libs.common.service import Service

from . import consumers, jobs, tables
from .actions import refusals
from .api import (
    access_history,
    approvals,
    auth,
    bank_accounts,
    clock,
    docs_page,
    documents,
    history_exports,
    ip_restriction,
    login,
    machine_clients,
    me,
    notices,
    oauth2,
    policyholders,
    problems,
    registrations,
    revocations,
    sessions,
    staff_approvals,
    users,
    well_known,
)
from .settings import IdentitySettings

service = Service(
    name="identity",
    title="Identity",
    title_ja="利用者・認証",
    metadata=tables.Base.metadata,
    settings=IdentitySettings,
    routers=(
        registrations.router,
        login.router,
        auth.router,
        auth.proving_router,
        me.router,
        me.otp_router,
        sessions.router,
        users.router,
        policyholders.router,
        bank_accounts.router,
        approvals.router,
        ip_restriction.router,
        access_history.router,
        history_exports.router,
        machine_clients.router,
        notices.router,
        oauth2.router,
    ),
    staff_routers=(
        registrations.staff_router,
        staff_approvals.staff_router,
        policyholders.staff_router,
        machine_clients.staff_router,
        notices.staff_router,
        clock.staff_router,
    ),
    internal_routers=(revocations.router, oauth2.internal_router),
    document_routers=(
        well_known.router,
        documents.router,
        problems.router,
        docs_page.router,
    ),
    workers=(jobs.deliver_mails,),
    jobs=(
        jobs.ROTATE_KEYS,
        jobs.SIGN_HISTORIES,
        jobs.FORGET_COUNTS,
        jobs.TIDY,
        jobs.FORGET_HISTORY,
    ),
    commands={
        "bootstrap": jobs.bootstrap,
        "reseal": jobs.reseal,
        "verify-histories": jobs.verify_histories,
    },
    inbox=consumers.inbox,
    note_refusal=refusals.note,
    tools={"verify-history": jobs.verify_history},
)
