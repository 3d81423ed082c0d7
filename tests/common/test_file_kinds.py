"""What a file is called when it is shown again."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from libs.common.file_kinds import display_name


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("C:\\forms\\台帳(261120).csv", "台帳(261120).csv"),
        ("../../etc/台帳.csv", "台帳.csv"),
        ("a\u202evsc.exe\r\n.csv", "avsc.exe.csv"),
        ("x" * 300, "x" * 255),
    ],
)
def test_a_name_is_only_shown(sent: str, shown: str) -> None:
    """Given a name with folders, tricks or no end, when shown, then it is short and plain."""
    assert display_name(sent) == shown


@given(some.text())
def test_no_name_holds_a_folder_or_a_control(name: str) -> None:
    """Given any name, when shown, then it is printable, short, and no path."""
    shown = display_name(name)

    assert len(shown) <= 255
    assert not set(shown) & {"/", "\\", "\n", "\r", "\0", "\u202e"}
