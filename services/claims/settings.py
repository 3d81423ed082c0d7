"""What claims is told from outside, beside what every service is."""

from datetime import time

from libs.common.dates import BusinessHours
from libs.common.settings import ServiceSettings


class ClaimsSettings(ServiceSettings):
    """Settings of claims: when offices take papers in (営業時間).

    Source: ledger notes A26 (not published): assumed, configurable.
    """

    business_opens: time = time(9)
    """When they open, in Japan."""

    business_closes: time = time(17, 30)
    """When they close, in Japan; a paper of that moment is already too late for the day."""

    @property
    def business_hours(self) -> BusinessHours:
        """The hours in which a paper counts at once."""
        return BusinessHours(self.business_opens, self.business_closes)
