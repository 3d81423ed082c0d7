"""Every reason the ledger refuses with."""

from libs.common.problem_codes import (
    BusinessRuleViolated,
    NoLongerAvailable,
    NotFound,
    RateLimited,
    StateConflict,
    ValidationFailed,
)


class UploadNotFound(NotFound):
    """There is no such upload.
    該当するアップロードがありません。"""


class LayoutNotFound(NotFound):
    """There is no such layout; ledger files are of layout 2103 or 2110.
    該当するレイアウトがありません。台帳ファイルのレイアウトは 2103 または 2110 です。"""


class ContractNotFound(NotFound):
    """There is no contract with this policy number, or none was known at that time.
    該当する証券番号の契約がないか、指定時点では存在しません。"""


class DailyAllowanceReached(RateLimited):
    """So many files, or so much, has been handed in today; go on tomorrow (Japan).
    本日提出できるファイルの件数または容量の上限に達しました。翌日(日本時間)以降に提出してください。"""


class NotJudgedYet(StateConflict):
    """The file is still being judged; ask again when it is.
    審査中のため、結果ファイルはまだ取得できません。審査終了後に再度お試しください。"""


class FileNoLongerKept(NoLongerAvailable):
    """The file was kept for 90 days after its upload had ended; its findings are still there.
    台帳ファイルの保存期間(処理終了後90日)が終了しています。エラー・警告は引き続き照会できます。"""


class NotReadyToSubmit(StateConflict):
    """Only an upload that is ready can be submitted.
    提出できるのは、審査を終えて READY となったアップロードのみです。"""


class DryRunTooOld(StateConflict):
    """A dry run can be submitted for 24 hours; upload the file again.
    試行(DRY_RUN)の結果を提出できるのは24時間以内です。再度アップロードしてください。"""


class AlreadyUnderWay(StateConflict):
    """The upload is being applied or has ended; it can no longer be cancelled.
    適用中または終了したアップロードは取り消せません。"""


class EntryNotFound(NotFound):
    """There is no such entry.
    該当する個別入力がありません。"""


class EntryNotEditable(StateConflict):
    """The entry was submitted; it can no longer be changed, deleted or submitted again.
    提出済みの個別入力は、変更・削除・再提出できません。"""


class NotOfThisProcessing(ValidationFailed):
    """The entry has items that do not belong to its kind of processing.
    この処理種別では入力できない項目があります。"""


class EntryNotAcceptable(BusinessRuleViolated):
    """The entry has errors; mend the items that are named.
    入力内容にエラーがあります。示された項目を修正してください。"""


class LedgerBeingApplied(StateConflict):
    """A ledger file you submitted earlier may hold this policy and is not applied yet; try again.
    この証券番号を含み得る提出済みの台帳ファイルが処理中です。しばらくしてから再度お試しください。"""

    retryable = True


class CalendarNotFound(NotFound):
    """There is no such calendar on that day; they are 10-CHECK, 10-FIXED, 15-CHECK and 15-FIXED.
    その日に有効な送付日程がありません。10-CHECK、10-FIXED、15-CHECK、15-FIXED のいずれかです。"""


class CalendarOutOfOrder(StateConflict):
    """A calendar cannot begin before the one it follows.
    適用開始日が直前の送付日程より前になっています。"""


class NoDayOfPublication(ValidationFailed):
    """The calendar names no day: give weekdays, days of the month or business days from its end.
    送付日がありません。曜日、日、月末からの営業日のいずれかを指定してください。"""


class AgreementNotFound(NotFound):
    """This policyholder has no such special agreement.
    この保険契約者には該当する特約がありません。"""


class CheckLedgerNotFound(NotFound):
    """There is no such check ledger.
    該当する照合用台帳がありません。"""


class CheckLedgerLineNotFound(NotFound):
    """There is no such line on a check ledger.
    該当する照合用台帳の明細がありません。"""


class FixedLedgerNotFound(NotFound):
    """There is no such fixed ledger.
    該当する確定用台帳がありません。"""


class NothingToPublish(StateConflict):
    """There is nothing that such a ledger would show.
    台帳に記載する明細がありません。"""


class MonthHasNotBegun(StateConflict):
    """A fixed ledger is published for the present month or an earlier one.
    確定用台帳を作成できるのは、当月以前の月分のみです。"""


class AlreadyConfirmed(StateConflict):
    """The check ledger has been confirmed already.
    この照合用台帳は既に確認済みです。"""


class RowWasRefused(StateConflict):
    """The line shows a refused row, of which nothing is stored.
    この明細は受理されなかった行であり、登録されたデータがありません。"""


class NotPending(StateConflict):
    """What the line shows has been corrected, cancelled or made final since.
    この明細の内容は、その後に修正・取消または確定されています。"""


class AlreadyMarked(StateConflict):
    """The line is marked already.
    この明細には既に「*」が付されています。"""


class NotMarked(StateConflict):
    """The line is not marked.
    この明細に「*」は付されていません。"""


class AlreadyHeld(StateConflict):
    """The policy is held already.
    この証券番号は既に確定を留保されています。"""


class NotHeld(StateConflict):
    """The policy is not held.
    この証券番号は確定を留保されていません。"""


class TooLongForWorkbook(ValidationFailed):
    """The ledger has more than 100,000 lines; take it as csv or jsonl.
    明細が10万件を超えるため xlsx では出力できません。csv または jsonl をご指定ください。"""
