"""The local mailbox keeps what is sent, and sends nothing on."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

from deploy.local.mailbox import Mailbox
from deploy.processes import free_port


def test_a_mail_is_kept_as_a_file(tmp_path: Path) -> None:
    """Given a running mailbox, when a mail is sent, then it lies there, for its owner only."""
    mailbox = Mailbox(tmp_path, free_port())
    mailbox.start()
    message = EmailMessage()
    message["From"], message["To"] = "no-reply@example.com", "hanako@example.com"
    message["Subject"] = "お知らせ"
    message.set_content("利用開始コード: 0123456789")
    try:
        with smtplib.SMTP("127.0.0.1", mailbox.port) as post:
            post.send_message(message)
    finally:
        mailbox.process.stop()

    [kept] = mailbox.folder.glob("*.eml")
    assert b"hanako@example.com" in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0
