"""Every reason premium refuses with."""

from libs.common.problem_codes import (
    BusinessRuleViolated,
    DuplicateResource,
    NotFound,
    StateConflict,
    ValidationFailed,
)


class CodeTableNotFound(NotFound):
    """There is no such code table in force on that day.
    その日に有効なコード表がありません。"""


class ExchangeRateNotFound(NotFound):
    """There is no exchange rate of this currency for that day.
    その日のこの通貨の換算率は登録されていません。"""


class RateEditionNotFound(NotFound):
    """There is no such tariff edition.
    この料率版は登録されていません。"""


class AssessmentNotFound(NotFound):
    """There is no assessment of this history.
    この履歴の保険料は算定されていません。"""


class InvoiceNotFound(NotFound):
    """There is no such invoice.
    この請求書はありません。"""


class InvoiceNotIssued(StateConflict):
    """This invoice waits for a premium; there is nothing to print yet.
    保険料が未算定の明細があり、請求書はまだ発行されていません。"""


class StatementTooLongForWorkbook(ValidationFailed):
    """The statement has more than 100,000 rows; take it as csv or jsonl.
    計算書が10万行を超えるため xlsx では出力できません。csv または jsonl をご指定ください。"""


class EstimateNotFound(NotFound):
    """There is no such estimate.
    この試算はありません。"""


class EstimateNotPossible(ValidationFailed):
    """What is named under errors is not in our registers or tables on the day of the contract.
    errors に示した項目が、契約締結日に有効な登録またはコード表にありません。"""


class RatingNotCovered(BusinessRuleViolated):
    """The buyer is in an accident class: no new contract on it is covered.
    この海外商社は事故管理区分のため、新たな引受けはできません。"""


class CodesNotAcceptable(ValidationFailed):
    """Some codes of the table are repeated or lack an attribute the table must have.
    コードの重複、または必要な属性の不足があります。"""


class VersionOutOfOrder(StateConflict):
    """A version cannot begin before the one it follows.
    適用開始日が直前の版より前になっています。"""


class RateAlreadyPublished(DuplicateResource):
    """Another rate of this currency is already published for that day.
    この通貨のその日の換算率は既に登録されています。"""
