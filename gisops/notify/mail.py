"""A page as a mail over SMTP; the mails of one alert hang together as a thread."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime

from gisops.notify.message import Message, text_of, title_of
from gisops.notify.ports import Refused, Undelivered

__all__ = ["Mail", "MailServer", "mail_of"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in; ``security`` is ``none``, ``starttls`` or ``tls``."""

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 10.0


def mail_of(message: Message, sender: str, to: Sequence[str]) -> EmailMessage:
    """Write the mail; the same page always has the same ``Message-ID``."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, ", ".join(to), title_of(message)
    mail["Date"] = format_datetime(message.at)
    domain = sender.rpartition("@")[2]
    mail["Message-ID"] = f"<{message.key}@{domain}>"
    first = message.alerts[0]
    mail["References"] = f"<{first.id}.{first.round}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text_of(message))
    return mail


class Mail:
    """The channel."""

    def __init__(self, server: MailServer, sender: str, to: Sequence[str]) -> None:
        self._server, self._sender, self._to = server, sender, tuple(to)

    async def send(self, message: Message) -> None:
        """Hand the mail in."""
        await asyncio.to_thread(self._send, mail_of(message, self._sender, self._to))

    def _send(self, mail: EmailMessage) -> None:
        server = self._server
        context = ssl.create_default_context()
        try:
            if server.security == "tls":
                session: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=server.timeout_s, context=context
                )
            else:
                session = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
            with session:
                if server.security == "starttls":
                    session.starttls(context=context)
                if server.user:
                    session.login(server.user, server.password)
                refused = session.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            kind = Refused if all(code >= 500 for code in codes) else Undelivered
            raise kind(f"{server.host}: refuses the recipients ({', '.join(map(str, sorted(codes)))})") from None
        except smtplib.SMTPResponseException as error:
            raise Undelivered(f"{server.host}: answered {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(f"{server.host}: {type(error).__name__}") from None
        if refused:  # the others have it: to send it again would page them twice
            raise Refused(f"{server.host}: refuses {', '.join(sorted(refused))}, the others have it")
