"""One table says what each scope opens."""

import pytest

from libs.common.permissions import (
    ADMINISTRATOR,
    CLIENT,
    OPERATOR,
    PERMISSIONS,
    audience,
    grantable,
)


def test_an_audience_is_the_services_the_scopes_lead_to() -> None:
    """Given scopes of two services, when asked, then each service is named once, in order."""
    scopes = ["policies:read", "buyers:read", "procedures:read"]

    assert audience(scopes) == ["buyers", "underwriting"]


@pytest.mark.parametrize("scope", PERMISSIONS)
def test_staff_scopes_are_for_staff_alone(scope: str) -> None:
    """Given any scope, when it is a staff scope, then operators and nobody else may hold it."""
    roles = PERMISSIONS[scope].roles

    assert scope.startswith("ops:") == (OPERATOR in roles) == (roles == {OPERATOR})


@pytest.mark.attack("S32")
def test_machines_never_look_after_machines() -> None:
    """Given what an administrator may hold, when compared, then machines hold less."""
    assert grantable(CLIENT) < grantable(ADMINISTRATOR)
    assert "machine-clients:write" not in grantable(CLIENT)
