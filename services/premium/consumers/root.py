"""The one inbox of premium."""

from libs.common.inbox import Inbox

inbox = Inbox("premium.inbox")
