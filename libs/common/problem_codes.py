"""The closed list of problem codes; none is ever renamed or given another meaning.

Source: statuses and codes as the platform's security and API rules fix them.
"""

from .problems import Problem


class MalformedRequest(Problem):
    """The request cannot be read; check its syntax and headers.
    要求を読み取れません。構文とヘッダーを確認してください。"""

    status, code = 400, "malformed-request"
    title, title_en = "要求の形式が正しくありません", "Malformed request"


class InvalidHost(Problem):
    """This host is not served here.
    このホスト名では受け付けていません。"""

    status, code = 400, "invalid-host"
    title, title_en = "ホスト名が正しくありません", "Invalid host"


class IdempotencyKeyRequired(Problem):
    """Send an Idempotency-Key header of 1 to 128 visible ASCII characters.
    Idempotency-Key ヘッダー(1~128文字の印字可能なASCII)を送ってください。"""

    status, code = 400, "idempotency-key-required"
    title, title_en = "Idempotency-Key が必要です", "Idempotency-Key required"


class AuthenticationFailed(Problem):
    """The credentials were not accepted.
    認証情報が受け付けられませんでした。"""

    status, code = 401, "authentication-failed"
    title, title_en = "認証できませんでした", "Authentication failed"


class InvalidToken(Problem):
    """Send a valid access token in the Authorization header.
    有効なアクセストークンを Authorization ヘッダーで送ってください。"""

    status, code = 401, "invalid-token"
    title, title_en = "アクセストークンが無効です", "Invalid token"


class RefreshRejected(Problem):
    """The session cannot be renewed; sign in again.
    セッションを更新できません。もう一度ログインしてください。"""

    status, code = 401, "refresh-rejected"
    title, title_en = "セッションを更新できません", "Refresh rejected"


class StepUpRequired(Problem):
    """Confirm with password and one-time password, then try again.
    パスワードとワンタイムパスワードで再認証してください。"""

    status, code = 401, "step-up-required"
    title, title_en = "追加の認証が必要です", "Step-up required"


class Forbidden(Problem):
    """The caller has no right to this function.
    この機能を利用する権限がありません。"""

    status, code = 403, "forbidden"
    title, title_en = "権限がありません", "Forbidden"


class IpNotAllowed(Problem):
    """The source address is not on the allowed list.
    接続元アドレスが許可リストにありません。"""

    status, code = 403, "ip-not-allowed"
    title, title_en = "接続元が許可されていません", "Source address not allowed"


class CsrfRejected(Problem):
    """The browser origin of the request was not accepted.
    要求元(Origin)を確認できませんでした。"""

    status, code = 403, "csrf-rejected"
    title, title_en = "要求元を確認できません", "Origin rejected"


class ApproverNotEligible(Problem):
    """This user cannot decide on this request.
    この利用者はこの申請を承認できません。"""

    status, code = 403, "approver-not-eligible"
    title, title_en = "承認者になれません", "Approver not eligible"


class NotFound(Problem):
    """There is nothing here.
    該当するデータがありません。"""

    status, code = 404, "not-found"
    title, title_en = "見つかりません", "Not found"


class MethodNotAllowed(Problem):
    """The resource does not support this method.
    このリソースではこのメソッドを使用できません。"""

    status, code = 405, "method-not-allowed"
    title, title_en = "このメソッドは使えません", "Method not allowed"


class NotAcceptable(Problem):
    """None of the accepted media types can be produced.
    指定された形式では応答できません。"""

    status, code = 406, "not-acceptable"
    title, title_en = "要求された形式では返せません", "Not acceptable"


class StateConflict(Problem):
    """The resource is in a state that does not allow this.
    現在の状態ではこの処理を行えません。"""

    status, code = 409, "state-conflict"
    title, title_en = "現在の状態では処理できません", "State conflict"


class DuplicateResource(Problem):
    """A resource with this key already exists.
    同じキーのデータが既に登録されています。"""

    status, code = 409, "duplicate-resource"
    title, title_en = "既に登録されています", "Duplicate resource"


class LastAdministrator(Problem):
    """At least one administrator must remain.
    管理者を1名以上残す必要があります。"""

    status, code = 409, "last-administrator"
    title, title_en = "最後の管理者です", "Last administrator"


class RefreshInProgress(Problem):
    """Another refresh of this session is under way.
    このセッションは更新処理中です。"""

    status, code = 409, "refresh-in-progress"
    title, title_en = "更新処理中です", "Refresh in progress"
    retryable = True


class IdempotencyInProgress(Problem):
    """A request with this Idempotency-Key is being carried out.
    同じ Idempotency-Key の要求を処理中です。"""

    status, code = 409, "idempotency-in-progress"
    title, title_en = "同じ要求を処理中です", "Request in progress"
    retryable = True


class NoLongerAvailable(Problem):
    """The retention period of this result has passed.
    保存期間を過ぎたため取得できません。"""

    status, code = 410, "no-longer-available"
    title, title_en = "保存期間が過ぎています", "No longer available"


class PreconditionFailed(Problem):
    """The resource has changed since it was read; read it again.
    読み取り後に更新されています。読み直してください。"""

    status, code = 412, "precondition-failed"
    title, title_en = "他の更新が先に行われました", "Precondition failed"


class PayloadTooLarge(Problem):
    """The body is larger than this resource takes.
    受け付けられる大きさを超えています。"""

    status, code = 413, "payload-too-large"
    title, title_en = "データが大きすぎます", "Payload too large"


class UnsupportedMediaType(Problem):
    """Send the body in the media type this resource takes.
    このリソースが受け付ける形式で送ってください。"""

    status, code = 415, "unsupported-media-type"
    title, title_en = "このデータ形式には対応していません", "Unsupported media type"


class ValidationFailed(Problem):
    """The items listed under errors need mending.
    errors に示した項目を直してください。"""

    status, code = 422, "validation-failed"
    title, title_en = "入力内容に誤りがあります", "The request has errors"


class BusinessRuleViolated(Problem):
    """A rule of the insurance does not allow this.
    保険の取扱規則により受け付けられません。"""

    status, code = 422, "business-rule-violated"
    title, title_en = "業務規則により受け付けられません", "Business rule violated"


class PasswordRejected(Problem):
    """Choose another password.
    別のパスワードを指定してください。"""

    status, code = 422, "password-rejected"
    title, title_en = "このパスワードは使えません", "Password rejected"


class IpAllowlistLockout(Problem):
    """The list would shut out the caller itself.
    この設定では自身が接続できなくなります。"""

    status, code = 422, "ip-allowlist-lockout"
    title, title_en = "自身が締め出される設定です", "Lock-out refused"


class FileRejected(Problem):
    """The file's kind or content is not accepted.
    ファイルの種類または内容を受け付けられません。"""

    status, code = 422, "file-rejected"
    title, title_en = "ファイルを受け付けられません", "File rejected"


class IdempotencyMismatch(Problem):
    """This Idempotency-Key belongs to another request.
    この Idempotency-Key は別の要求で使用済みです。"""

    status, code = 422, "idempotency-mismatch"
    title, title_en = "Idempotency-Key が別の要求で使われています", "Idempotency-Key reused"


class PreconditionRequired(Problem):
    """Send If-Match with the version that was read.
    読み取った版を If-Match ヘッダーで送ってください。"""

    status, code = 428, "precondition-required"
    title, title_en = "If-Match が必要です", "Precondition required"


class RateLimited(Problem):
    """Wait for the time in Retry-After.
    Retry-After に示した時間をおいてください。"""

    status, code = 429, "rate-limited"
    title, title_en = "要求が多すぎます", "Too many requests"
    retryable = True


class InternalError(Problem):
    """Something went wrong on our side; nothing was changed.
    システム側で問題が発生しました。変更は行われていません。"""

    status, code = 500, "internal-error"
    title, title_en = "内部エラーが発生しました", "Internal error"
    retryable = True


class DependencyUnavailable(Problem):
    """A part of the platform does not answer; try again shortly.
    システムの一部が応答していません。しばらくしてからお試しください。"""

    status, code = 503, "dependency-unavailable"
    title, title_en = "一時的に利用できません", "Temporarily unavailable"
    retryable = True


class Maintenance(Problem):
    """The service is under maintenance.
    メンテナンス中です。"""

    status, code = 503, "maintenance"
    title, title_en = "メンテナンス中です", "Maintenance"
    retryable = True


class UpstreamTimeout(Problem):
    """The answer did not come in time.
    時間内に応答が得られませんでした。"""

    status, code = 504, "upstream-timeout"
    title, title_en = "時間内に応答がありませんでした", "Upstream timeout"
    retryable = True


CODES: dict[str, type[Problem]] = {kind.code: kind for kind in Problem.__subclasses__()}
"""Every code, for the catalogue pages and the handlers."""
