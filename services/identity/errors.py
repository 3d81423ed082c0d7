"""Every reason identity refuses with.

Problem                        told as RFC 9457
├── NotFound                   PolicyholderNotFound, UserNotFound, MachineClientNotFound…
├── StateConflict              TooManyMachineClients, RegistrationDecided, ClockRunsForward…
├── PasswordRejected           PasswordTooShort, PasswordTooCommon, PasswordUnchanged…
└── ValidationFailed           KeyLifeOutOfRange, PublicKeyRefused, ScopeNotGrantable…
TokenRefused                   told as RFC 6749 §5.2, by the token endpoint alone
"""

from collections.abc import Mapping
from typing import ClassVar

from libs.common.problem_codes import (
    NotFound,
    PasswordRejected,
    StateConflict,
    ValidationFailed,
)
from libs.common.problems import Item

Fault = tuple[str, str, str]
"""What is wrong with one thing in a list: a code, and the detail in Japanese and English."""


def of_list(
    refusal: type[ValidationFailed], member: str, faults: Mapping[int, Fault]
) -> ValidationFailed:
    """Refuse a list for what is wrong at these places of it."""
    items = [Item(*fault, pointer=f"#/{member}/{place}") for place, fault in faults.items()]
    return refusal(items=items)


class PolicyholderNotFound(NotFound):
    """There is no such policyholder.
    保険利用者が見つかりません。"""


class MachineClientNotFound(NotFound):
    """There is no such machine client.
    マシンクライアントが見つかりません。"""


class RegistrationNotFound(NotFound):
    """There is no such registration, or its token does not fit.
    登録申請が見つからないか、トークンが一致しません。"""


class UserNotFound(NotFound):
    """There is no such user.
    利用者が見つかりません。"""


class SessionNotFound(NotFound):
    """There is no such session.
    セッションが見つかりません。"""


class ApprovalNotFound(NotFound):
    """There is no such request for approval.
    承認申請が見つかりません。"""


class BankAccountNotFound(NotFound):
    """There is no such bank account in force.
    有効な口座が見つかりません。"""


class HistoryExportNotFound(NotFound):
    """There is no such export of the access history.
    アクセス履歴の出力が見つかりません。"""


class AnnouncementNotFound(NotFound):
    """There is no such announcement.
    お知らせが見つかりません。"""


class SchemaNotFound(NotFound):
    """No fact of this type is told.
    この種類のイベントはありません。"""


class ProblemNotFound(NotFound):
    """There is no problem of this code.
    このコードのエラーはありません。"""


class PageNotServed(NotFound):
    """The reference page is switched off here.
    この環境では説明ページを公開していません。"""


class TooManyMachineClients(StateConflict):
    """A policyholder may have five active machine clients; revoke one first.
    有効なマシンクライアントは5件までです。先に1件を失効させてください。"""


class MachineClientRevoked(StateConflict):
    """This machine client is already revoked.
    このマシンクライアントは既に失効しています。"""


class RegistrationDecided(StateConflict):
    """This registration has already been decided.
    この登録申請は既に決定済みです。"""


class PolicyholderHasUsers(StateConflict):
    """This policyholder already has users; its administrators look after them.
    この保険利用者には既に利用者が登録されています。"""


class UserIsAdministrator(StateConflict):
    """Another administrator can be disabled or made an applicant, and nothing else.
    他の管理者に対して行えるのは、利用停止と申込者への変更のみです。"""


class UserDisabled(StateConflict):
    """This user is disabled.
    この利用者は利用停止中です。"""


class UserEnabled(StateConflict):
    """This user is not disabled.
    この利用者は利用停止されていません。"""


class NotOneself(StateConflict):
    """Nobody does this to their own account.
    ご自身に対してこの操作はできません。"""


class NothingToConfirm(StateConflict):
    """No enrolment of a one-time password is under way.
    確認待ちのワンタイムパスワード登録はありません。"""


class ApprovalClosed(StateConflict):
    """This request has been decided, cancelled, or has expired.
    この承認申請は既に決定、取消、または期限切れです。"""


class ApprovalNotAsSeen(StateConflict):
    """The request is not the one whose hash was sent.
    送られたハッシュ値が申請内容と一致しません。"""


class SecondAdministratorDecides(StateConflict):
    """This company has a second administrator who can decide.
    この保険利用者には承認できる管理者がいます。"""


class UserNotGrantable(StateConflict):
    """Only an active applicant can be made an administrator.
    管理者にできるのは有効な申込者のみです。"""


class ClockRunsForward(StateConflict):
    """The business clock moves only forward.
    業務時計を過去に戻すことはできません。"""


class ClockIsFixed(StateConflict):
    """The business clock of this platform is the real one and cannot be set.
    この環境の業務時計は実時刻であり、変更できません。"""


class ClockTooFarAhead(ValidationFailed):
    """The business clock moves at most 400 days at once.
    業務時計を一度に進められるのは400日までです。"""


class KeyLifeOutOfRange(ValidationFailed):
    """A public key must expire after today and within 13 months.
    公開鍵の有効期限は翌日以降、13か月以内にしてください。"""


class PublicKeyRefused(ValidationFailed):
    """Only P-256 keys and RSA keys of 3072 bits or more are accepted, each once.
    公開鍵はP-256または3072ビット以上のRSAに限り、重複はできません。"""


class ScopeNotGrantable(ValidationFailed):
    """A scope is unknown or not for this kind of client.
    このクライアントに付与できないスコープが含まれています。"""


class SourceAddressRefused(ValidationFailed):
    """A source address range is not canonical, too wide, or not public.
    送信元アドレス範囲の形式が正しくないか、広すぎるか、公開アドレスではありません。"""


class SourceAddressesRequired(ValidationFailed):
    """A client with a secret must have its own list of source addresses.
    シークレット方式のクライアントには送信元アドレスの一覧が必要です。"""


class ExportRangeRefused(ValidationFailed):
    """An export goes from an earlier to a later instant, and over at most twelve months.
    出力期間は開始が終了より前で、12か月以内にしてください。"""


class HoursReversed(ValidationFailed):
    """Service hours begin before they end.
    利用時間は開始が終了より前でなければなりません。"""


class AnnouncementTimeRefused(ValidationFailed):
    """A maintenance, and nothing else, has a time that begins before it ends.
    メンテナンスのお知らせには、終了より前の開始日時と終了日時が必要です(他の種類には不要です)。"""


class PasswordTooShort(PasswordRejected):
    """A password has 15 to 128 characters.
    パスワードは15文字以上128文字以内にしてください。"""


class PasswordTooCommon(PasswordRejected):
    """This password is on the list of those everybody knows.
    よく知られたパスワードの一覧に含まれています。"""


class PasswordNamesItsOwner(PasswordRejected):
    """A password must not contain the login id, the company or the name of this service.
    ログインID、会社名、コード、サービス名を含めることはできません。"""


class PasswordRepeats(PasswordRejected):
    """A password must not be one unit repeated, or a row of keys.
    同じ文字の繰り返しや連続した並びは使用できません。"""


class PasswordUnchanged(PasswordRejected):
    """The new password is the current one.
    現在のパスワードと同じです。"""


class TokenRefused(Exception):
    """The token endpoint gives no token."""

    error: ClassVar[str]
    status: ClassVar[int] = 400


class InvalidRequest(TokenRefused):
    """A parameter is missing, repeated or unreadable."""

    error = "invalid_request"


class InvalidClient(TokenRefused):
    """The client did not prove who it is, or may not ask from where it stands."""

    error = "invalid_client"
    status = 401


class InvalidScope(TokenRefused):
    """More was asked than is registered."""

    error = "invalid_scope"


class UnsupportedGrantType(TokenRefused):
    """Machines are given tokens for their own credentials only."""

    error = "unsupported_grant_type"
