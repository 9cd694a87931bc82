"""How the bot gets its updates: by polling, or sent to its webhook."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.playground.errors import ApiError, bad_request, too_many
from bot.playground.state import Json, State
from bot.playground.updates import CONFLICT_WEBHOOK, ENDED_BY_WEBHOOK
from bot.playground.webhooks import Target, trusting
from bot.playground.wire import Params

MAX_TIMEOUT = 50
MAX_SECRET = 256
PORTS = frozenset({443, 80, 88, 8443})
HERE = frozenset({"127.0.0.1", "localhost", "::1"})
"""The only hosts the stand-in sends anything to."""


@dataclass(frozen=True, slots=True)
class Told:
    """Success with a word beside it, as only these two methods give."""

    description: str
    result: bool = True


async def get_updates(state: State, params: Params) -> list[Json]:
    """Confirm, wait and hand out updates."""
    if state.webhook.target:
        await state.updates.late(ApiError(409, CONFLICT_WEBHOOK))
        raise ApiError(409, CONFLICT_WEBHOOK)
    _allow(state, params)
    return await state.updates.poll(
        params.whole("offset"),
        params.whole("limit", 100, 1, 100),
        params.whole("timeout", 0, 0, MAX_TIMEOUT),
    )


def _allow(state: State, params: Params) -> None:
    try:
        kinds = params.read("allowed_updates", "unread")
    except ApiError:  # the server keeps what it had when it cannot read the list
        return
    if isinstance(kinds, list) and all(isinstance(kind, str) for kind in kinds):
        state.updates.allow(kinds)


def delete_webhook(state: State, params: Params) -> Told:
    """Make polling possible."""
    was_set = state.webhook.target is not None
    state.webhook.point(None)
    if params.flag("drop_pending_updates"):
        state.updates.clear()
    return Told("Webhook was deleted" if was_set else "Webhook is already deleted")


def set_webhook(state: State, params: Params) -> Told:
    """Have updates sent to an address from now on."""
    url = params.text("url")
    if not url:
        return delete_webhook(state, params)
    if not state.webhook.may_be_set():
        raise too_many(1)
    target = _target(params, url)
    _allow(state, params)
    if target == state.webhook.target and not params.flag("drop_pending_updates"):
        return Told("Webhook is already set")
    state.updates.end(ApiError(409, ENDED_BY_WEBHOOK))
    if params.flag("drop_pending_updates"):
        state.updates.clear()
    state.webhook.point(target)
    return Told("Webhook was set")


def _target(params: Params, url: str) -> Target:
    secret = params.text("secret_token")
    if len(secret) > MAX_SECRET:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    url = url if "://" in url else f"https://{url}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise bad_request("invalid webhook URL specified")
    _check_place(parts.scheme, host, port)
    attached = params.text("certificate").removeprefix("attach://")
    certificate = params.files.get(attached or "certificate")
    if certificate:
        _check_certificate(certificate.data)
    connections = params.whole("max_connections", 40, 1, 100)
    return Target(url, secret, connections, certificate.data if certificate else b"")


def _check_certificate(data: bytes) -> None:
    try:
        trusting(data)
    except ValueError:
        raise bad_request("bad webhook: can't read the certificate") from None


def _check_place(scheme: str, host: str, port: int) -> None:
    """Telegram's own rules for the world, and none on this machine."""
    if host in HERE:
        return
    if scheme == "http":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    raise bad_request("bad webhook: Playground: only 127.0.0.1 can be reached from here")


def get_webhook_info(state: State, _: Params) -> Json:
    """Tell where updates go and what went wrong last."""
    webhook, target = state.webhook, state.webhook.target
    about: Json = {
        "url": target.url if target else "",
        "has_custom_certificate": bool(target and target.certificate),
        "pending_update_count": len(state.updates.pending),
    }
    if webhook.error:
        about["last_error_date"] = int(webhook.error[0].timestamp())
        about["last_error_message"] = webhook.error[1]
    if target:
        about |= {"max_connections": target.connections, "ip_address": "127.0.0.1"}
    if not state.updates.usual:
        about["allowed_updates"] = sorted(state.updates.allowed)
    return about
