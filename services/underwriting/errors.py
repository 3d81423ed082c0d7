"""Every reason underwriting refuses with."""

from libs.common.problem_codes import NotFound, StateConflict, ValidationFailed


class SpecialAgreementNotFound(NotFound):
    """Your company holds no special agreement with this code.
    貴社が締結した特約にこのコードのものはありません。"""


class AgreementHeldByAnother(StateConflict):
    """This agreement code belongs to another holder.
    この特約コードは別の締結者のものです。"""


class TermEndsBeforeItBegins(ValidationFailed):
    """The term of an agreement ends on or after the day it begins.
    特約の終了日は開始日以後の日付としてください。"""


class CoverRatioOutOfRange(ValidationFailed):
    """A cover ratio lies above 0 and is at most 1.
    付保率は0を超え1以下としてください。"""


class MinimumIncreaseNotInYen(ValidationFailed):
    """The minimum increase amount is an amount in yen and not negative.
    最低増額金額は0円以上の円貨で指定してください。"""


class ProcedureNotFound(NotFound):
    """There is no such procedure.
    この手続は見つかりません。"""


class ProcedureNotFinished(StateConflict):
    """Only a finished procedure can be taken off the list.
    完了していない手続は一覧から外せません。"""


class PolicyNotFound(NotFound):
    """Your company has no policy with this number.
    この証券番号の保険契約は見つかりません。"""
