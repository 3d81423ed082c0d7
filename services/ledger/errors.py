"""Every reason the ledger refuses with."""

from libs.common.problem_codes import NotFound, StateConflict


class UploadNotFound(NotFound):
    """There is no such upload.
    該当するアップロードがありません。"""


class ContractNotFound(NotFound):
    """There is no contract with this policy number, or none was known at that time.
    該当する証券番号の契約がないか、指定時点では存在しません。"""


class NotReadyToSubmit(StateConflict):
    """Only an upload that is ready can be submitted.
    提出できるのは、審査を終えて READY となったアップロードのみです。"""


class DryRunTooOld(StateConflict):
    """A dry run can be submitted for 24 hours; upload the file again.
    試行(DRY_RUN)の結果を提出できるのは24時間以内です。再度アップロードしてください。"""


class AlreadyUnderWay(StateConflict):
    """The upload is being applied or has ended; it can no longer be cancelled.
    適用中または終了したアップロードは取り消せません。"""
