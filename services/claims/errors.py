"""Every reason claims refuses with."""

from libs.common.problem_codes import (
    BusinessRuleViolated,
    DuplicateResource,
    NotFound,
    StateConflict,
)


class LossNoticeNotFound(NotFound):
    """Your company has no such loss notice.
    貴社の損失等発生通知に該当するものがありません。"""


class IncidentNotFound(NotFound):
    """Your company has no such incident.
    貴社の事故に該当するものがありません。"""


class NotEditableInThisState(StateConflict):
    """Only a draft can be changed, deleted or submitted; copy the notice into a new draft.
    変更・削除・提出ができるのは作成中の通知のみです。複写して新たに作成してください。"""


class NotWithdrawableInThisState(StateConflict):
    """Only a notice that was submitted and not yet decided can be withdrawn.
    取下げができるのは、提出済みで結果が出ていない通知のみです。"""


class LossAlreadyNotified(DuplicateResource):
    """Another open notice already tells of this loss; withdraw it before filing anew.
    この損失については別の通知が提出済みです。取り下げてから再提出してください。"""


class DeadlinePassed(BusinessRuleViolated):
    """The notice is late; the errors say by how many days, and what can be done.
    通知期限を過ぎています。超過日数と対応方法は errors を確認してください。"""


class NotOverdueYet(BusinessRuleViolated):
    """The payment is not overdue yet; the errors say from when it can be notified.
    決済期限をまだ経過していません。通知できる日は errors を確認してください。"""


class LossNoticeNotAcceptable(BusinessRuleViolated):
    """The notice cannot be filed as it is; the errors say what to mend.
    この内容では通知を提出できません。errors の項目を直してください。"""
