"""What we write to users: short, in both languages, without a link."""

from dataclasses import dataclass

_FOOT = """
このメールにリンクはありません。心当たりがない場合は管理者にご連絡ください。
This mail has no links. If you did not expect it, tell your administrator.
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject and a text."""

    subject: str
    text: str


def activation(login_id: str, code: str) -> Letter:
    """A code that opens an account to its owner (利用開始コード)."""
    return Letter(
        "利用開始コード / Activation code",
        f"ログインID / Login id: {login_id}\n"
        f"利用開始コード / Activation code: {code}\n\n"
        "24時間以内に、ログイン画面で入力してください。\n"
        "Enter it at sign-in within 24 hours.\n" + _FOOT,
    )


def reissue(code: str) -> Letter:
    """A code that lets an administrator choose a new password (パスワード再発行)."""
    return Letter(
        "パスワード再発行コード / Password reissue code",
        f"再発行コード / Reissue code: {code}\n\n"
        "10分以内に、申請した画面で入力してください。\n"
        "Enter it within 10 minutes in the browser it was asked for in.\n" + _FOOT,
    )


_NOTICES = {
    "new-device": (
        "新しい端末からのログインがありました。",
        "Your account was used from a new device.",
    ),
    "wrong-otp": (
        "正しいパスワードの後、ワンタイムパスワードが3回誤って入力されました。",
        "After your right password, a wrong one-time password was entered three times.",
    ),
    "otp-disabled": (
        "ワンタイムパスワードの誤入力が続いたため、登録を無効にしました。",
        "Too many wrong one-time passwords: your enrolment is void and must be made anew.",
    ),
    "token-reused": (
        "セッションの複製が使用されたため、セッションを終了しました。",
        "A copy of your session was used; the session has been ended.",
    ),
    "password-changed": ("パスワードが変更されました。", "Your password was changed."),
    "otp-changed": (
        "ワンタイムパスワードの設定が変更されました。",
        "The setting of your one-time password was changed.",
    ),
    "recovery-codes": (
        "リカバリーコードが再発行されました。",
        "Your recovery codes were made anew.",
    ),
    "recovery-used": ("リカバリーコードが使用されました。", "A recovery code was used."),
    "mail-changed": ("メールアドレスが変更されました。", "Your mail address was changed."),
    "approval-requested": ("承認待ちの申請があります。", "A request waits for approval."),
    "approval-approved": ("申請が承認されました。", "A request was approved."),
    "approval-rejected": ("申請が否認されました。", "A request was rejected."),
    "approval-cancelled": ("申請が取り消されました。", "A request was cancelled."),
    "restricted": (
        "接続元IPアドレス制限の設定が変更されました。",
        "The source-address restriction of your company was changed.",
    ),
    "address-refused": (
        "許可されていない接続元から、正しいパスワードが入力されました。",
        "Your right password was entered from an address that is not allowed.",
    ),
}


def notice(kind: str) -> Letter:
    """A notice that something happened to an account (お知らせ).

    Source: security notes §3.1 (which happenings are told).
    """
    japanese, english = _NOTICES[kind]
    return Letter("お知らせ / Notice", f"{japanese}\n{english}\n" + _FOOT)
