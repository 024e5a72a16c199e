"""Which channel does a receiver's table describe: secrets are followed here, and only here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gisops.config.secret import follow_secret
from gisops.errors import ConfigError
from gisops.notify.alertmanager import AlertmanagerHook
from gisops.notify.apprise_channel import AppriseServices, notifier
from gisops.notify.cap import CapSender
from gisops.notify.cap_folder import CapFolder
from gisops.notify.cot import MARKER, CursorOnTarget
from gisops.notify.mail import Mail, MailServer
from gisops.notify.ports import Channel
from gisops.notify.routes import Receiver, Routes
from gisops.notify.sms import SmsGateway, Template
from gisops.notify.webhook import Webhook

__all__ = ["build_channels", "channels_of"]

_SMTP_PORTS = {"none": 25, "starttls": 587, "tls": 465}


@dataclass(frozen=True, slots=True)
class _Settings:
    """The settings of one receiver, their references followed as they are read."""

    receiver: Receiver
    environ: Mapping[str, str]
    folder: Path

    def text(self, key: str, default: str = "") -> str:
        return self._follow(key, str(self.receiver.options.get(key, default)))

    def url(self) -> str:
        """Give the address; one that stood behind a reference is checked now, and not shown."""
        text = self.text("url")
        try:
            parts = urlsplit(text)
            is_good = parts.scheme in ("http", "https", "udp", "tcp") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_good = False
        if not is_good:
            where = f"{self.receiver.place} receivers {self.receiver.name} url"
            raise ConfigError(where, "does not lead to an address", "write it there as https://HOST/...")
        return text

    def texts(self, key: str) -> list[str]:
        value = self.receiver.options.get(key, [])
        return [self._follow(key, str(item)) for item in (value if isinstance(value, list) else [value])]

    def table(self, key: str) -> dict[str, str] | None:
        value = self.receiver.options.get(key)
        return {str(k): self._follow(key, str(v)) for k, v in value.items()} if isinstance(value, dict) else None

    def number(self, key: str, default: float) -> float:
        value: Any = self.receiver.options.get(key, default)
        return float(value)

    @property
    def timeout_s(self) -> float:
        return self.number("timeout_s", 10.0)

    def _follow(self, key: str, value: str) -> str:
        return follow_secret(f"{self.receiver.place} receivers {self.receiver.name} {key}", value, self.environ)


def build_channels(
    routes: Routes, environ: Mapping[str, str], folder: Path, clock: Callable[[], datetime]
) -> tuple[dict[str, Channel], list[ConfigError]]:
    """Give the channel of every address, and what keeps receivers from having one.

    Parameters
    ----------
    routes
        The routing file.
    environ
        Where ``env:`` references are looked up.
    folder
        Against which folders in it are resolved.
    clock
        UTC, for signatures.
    """
    found: dict[str, Channel] = {}
    mistakes = []
    for receiver in routes.receivers.values():
        try:
            found.update(channels_of(receiver, environ, folder, clock))
        except ConfigError as error:
            mistakes.append(error)
    return found, mistakes


def channels_of(
    receiver: Receiver, environ: Mapping[str, str], folder: Path, clock: Callable[[], datetime]
) -> dict[str, Channel]:
    """Give the channel of each address of a receiver.

    Raises
    ------
    ConfigError
        Where a reference leads nowhere, or the library for its kind is missing.
    """
    settings = _Settings(receiver, environ, folder)
    if receiver.kind == "sms":
        numbers = settings.texts("to")
        return {name: _sms(settings, to) for name, to in zip(receiver.addresses, numbers, strict=True)}
    build = _BUILDERS[receiver.kind]
    return {receiver.name: build(settings, clock)}


def _email(s: _Settings, _: Callable[[], datetime]) -> Channel:
    security = s.text("security", "starttls")
    port = int(s.number("port", _SMTP_PORTS[security]))
    server = MailServer(s.text("host"), port, security, s.text("user"), s.text("password"), s.timeout_s)
    return Mail(server, s.text("from"), s.texts("to"))


def _webhook(s: _Settings, clock: Callable[[], datetime]) -> Channel:
    return Webhook(s.url(), s.text("secret"), clock, s.timeout_s)


def _sms(s: _Settings, to: str) -> Channel:
    template = Template(s.url(), s.text("method", "POST"), s.table("json"), s.table("form"), s.table("headers") or {})
    return SmsGateway(template, to, int(s.number("max_chars", 160)), s.timeout_s)


def _alertmanager(s: _Settings, _: Callable[[], datetime]) -> Channel:
    return AlertmanagerHook(s.receiver.name, s.url(), s.text("token"), s.timeout_s)


def _cap(s: _Settings, _: Callable[[], datetime]) -> Channel:
    plain = CapSender(s.text("sender"))
    sender = CapSender(
        plain.sender,
        s.text("status", plain.status),
        s.text("scope", plain.scope),
        s.text("restriction", plain.restriction),
        s.text("web"),
        s.text("language", plain.language),
    )
    return CapFolder(s.folder / s.text("folder"), sender, int(s.number("keep", 500)))


def _cot(s: _Settings, _: Callable[[], datetime]) -> Channel:
    stale = timedelta(minutes=s.number("stale_min", 720))
    return CursorOnTarget(s.url(), s.text("type", MARKER), stale, s.timeout_s)


def _apprise(s: _Settings, _: Callable[[], datetime]) -> Channel:
    return AppriseServices(notifier(s.receiver.place, s.texts("urls")))


_BUILDERS: Mapping[str, Callable[[_Settings, Callable[[], datetime]], Channel]] = {
    "email": _email,
    "webhook": _webhook,
    "alertmanager": _alertmanager,
    "cap": _cap,
    "cot": _cot,
    "apprise": _apprise,
}
