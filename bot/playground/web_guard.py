"""Who may speak to the stand-in: programs on this machine, and no page but its own."""

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

HOSTS = frozenset({"127.0.0.1", "localhost"})
"""Names that can only mean this machine; any other was made to point here by somebody else."""


class Guard:
    """Refuses requests under a foreign name, and those that another web page sends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with 403."""
        if scope["type"] == "http" and not allowed(Headers(scope=scope)):
            await Response("not from here", 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def allowed(headers: Headers) -> bool:
    """Tell whether a request is for this machine, and from its own page or from no page at all."""
    host = headers.get("host", "")
    if host.rpartition(":")[0] not in HOSTS and host not in HOSTS:
        return False
    return headers.get("origin", f"http://{host}") == f"http://{host}"
