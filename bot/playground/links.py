"""Addresses in markup, tidied or refused as TDLib does."""

import ipaddress
import re

_TELEGRAM = re.compile(r"(?i)(tg|tonsite|ton):(?://)?")
_USER = re.compile(r"tg:(?://)?user/?\?([^#]*)")
_OWN = re.compile(r"(?i)tg:(?://)?(emoji|time)/?\?([^#]*)", re.DOTALL)
_SCHEME = re.compile(r"([^:/?#@\[\]]*)://")
_PART = re.compile(r"(?:[A-Za-z0-9.\-_!$,~*'();&+=]|%[0-9a-fA-F]{2}|[^\x00-\x7f])*")
_USERINFO = re.compile(r"(?:[A-Za-z0-9.\-_!$,~*'();&+=:]|%[0-9a-fA-F]{2}|[^\x00-\x7f])*")
_AUTHORITY = re.compile(r"[^/?#]*")
_SPACE = " \t\r\n\0\v"
_PORTS = 65535


def checked_link(link: str) -> str:
    """Give an address in the form Telegram keeps; "" when it makes no link of it."""
    found = _TELEGRAM.match(link)
    if found:
        return _own_link(found[1].lower(), link[found.end() :])
    parsed = _parsed(link)
    if parsed is None:
        return ""
    scheme, userinfo, host, port, rest = parsed
    if "." not in host and not host.startswith("["):
        return ""
    before = f"{userinfo}@" if userinfo else ""
    return f"{scheme}://{before}{host}{f':{port}' if port else ''}{rest}"


def _own_link(scheme: str, link: str) -> str:
    parsed = _parsed(link)
    if parsed is None or link[:7].lower() == "http://":
        return ""
    web, userinfo, host, port, rest = parsed
    if web == "https" or userinfo or port or host.startswith("["):
        return ""
    allowed = r"[A-Za-z0-9\-_.]*" if scheme == "tonsite" else r"[A-Za-z0-9\-_]*"
    if not re.fullmatch(allowed, host):
        return ""
    return f"{scheme}://{host}{rest[1:] if rest.startswith('/?') else rest}"


def _parsed(link: str) -> tuple[str, str, str, int, str] | None:
    """Cut into scheme, user, host, port (0: none) and the rest; None when TDLib cannot."""
    found = _SCHEME.match(link)
    scheme = _lower(found[1]) if found else "http"
    if scheme not in {"http", "https"}:
        return None
    link = link[found.end() :] if found else link
    authority = _AUTHORITY.match(link)
    place = authority[0] if authority else ""
    userinfo, host, port = _place(place)
    if not 0 <= port <= _PORTS or host in {"", "."} or not _fits(userinfo, host):
        return None
    return scheme, userinfo, _lower(host), port, _rest(link[len(place) :])


def _place(place: str) -> tuple[str, str, int]:
    """Cut `user@host:port`; a port that is no number, or 0, is -1."""
    port = 0
    colon = max(place.rfind(mark) for mark in ":]@")
    if colon > 0 and place[colon] == ":":
        digits = place[colon + 1 :].lstrip("0")
        port = int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) else -1
        place = place[:colon]
    userinfo, _, host = place.rpartition("@")
    return userinfo, host, port


def _fits(userinfo: str, host: str) -> bool:
    if host.startswith("[") and host.endswith("]"):
        try:
            ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            return False
        return True
    return bool(_PART.fullmatch(host) and _USERINFO.fullmatch(userinfo))


def _rest(rest: str) -> str:
    rest = rest.rstrip(_SPACE) or "/"
    rest = rest if rest.startswith("/") else f"/{rest}"
    return re.sub(r"[\x00-\x20]", lambda found: f"%{ord(found[0]):02X}", rest)


def _lower(text: str) -> str:
    return re.sub("[A-Z]+", lambda found: found[0].lower(), text)


def user_of(link: str) -> int:
    """Give the user that `tg://user?id=...` means; 0 when the address means none."""
    found = _USER.match(_lower(link))
    number = found and next(iter(values(found[1], "id")), "")
    return whole(number or "")


def own(link: str) -> tuple[str, str]:
    """Give the kind, emoji or time, and the parameters of such an address; "" for another."""
    found = _OWN.match(link)
    return (found[1].lower(), found[2]) if found else ("", "")


def values(parameters: str, name: str) -> list[str]:
    """Give every value of a parameter."""
    pairs = [pair.partition("=") for pair in parameters.split("&")]
    return [value for key, _, value in pairs if key == name]


def whole(text: str, bits: int = 63) -> int:
    """Give a number written as it would be printed; 0 when the text is none or too large."""
    if not re.fullmatch(r"-?[1-9][0-9]{0,18}", text):
        return 0
    number = int(text)
    return number if -(2**bits) <= number < 2**bits else 0
