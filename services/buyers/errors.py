"""Every reason buyers refuses with."""

from libs.common.problem_codes import NotFound


class BuyerNotFound(NotFound):
    """There is no buyer with this code in the register.
    このコードの海外商社は名簿に登録されていません。"""
