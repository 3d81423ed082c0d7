"""The platform on 25 August 2026: registers filled, and an ERP for each of two policyholders."""

import pytest

from deploy.local import Stack
from deploy.local.demo import preparing
from deploy.local.demo.erp import Erp
from deploy.local.demo.material import NANIWA, TOTO
from deploy.local.demo.staff import Staff
from deploy.local.secrets import STAFF


@pytest.fixture(scope="session")
def staff(stack: Stack) -> Staff:
    """The insurer's staff, after their morning's work."""
    key = stack.secrets.client_key(STAFF)
    found = Staff(stack.ports.gateway_url, stack.ports.staff_url, STAFF, key)
    found.set_clock(preparing.OPENING)
    preparing.enter_rulebook(found)
    preparing.enter_registers(found)
    return found


@pytest.fixture(scope="session")
def toto(stack: Stack, staff: Staff) -> Erp:
    """The ERP of 東都機械貿易."""
    return preparing.register_erp(staff, stack.secrets, TOTO)


@pytest.fixture(scope="session")
def naniwa(stack: Stack, staff: Staff) -> Erp:
    """The ERP of 浪速産業."""
    return preparing.register_erp(staff, stack.secrets, NANIWA)
