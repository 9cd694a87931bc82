"""Starts of the bot in a few milliseconds: copies of a process that has imported everything."""

import json
import os
import select
import signal
import sys
from collections.abc import Callable
from functools import cache


def serve(main: Callable[[], int]) -> None:
    """Read orders line by line, start a copy for each, tell its number and in the end its exit."""
    _warm_up()
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    children: dict[int, int] = {}
    buffer = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _reap(children)
        if 0 in ready:
            if not (read := os.read(0, 65536)):
                os._exit(0)
            *lines, buffer = (buffer + read).split(b"\n")
            for line in lines:
                _start(json.loads(line), children, main)


def _warm_up() -> None:
    """Import and read what every copy needs."""
    from toy import REAL  # noqa: PLC0415

    import bot.running  # noqa: PLC0415
    import bot.working  # noqa: F401, PLC0415
    from dialogs import content  # noqa: PLC0415

    sound = cache(content.load)
    setattr(content, "load", sound)  # noqa: B010
    sound(REAL)


def _start(order: dict[str, object], children: dict[int, int], main: Callable[[], int]) -> None:
    if pid := os.fork():
        children[pid] = int(str(order["number"]))
        _tell(number=order["number"], pid=pid)
        return
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in (1, 2):
        os.dup2(log, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(order["environment"])  # type: ignore[call-overload]
    try:
        code = main()
    except BaseException:  # noqa: BLE001 - the copy must not go on as its parent
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stderr.flush()
    os._exit(code)


def _reap(children: dict[int, int]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        _tell(number=children.pop(pid), code=os.waitstatus_to_exitcode(status))


def _tell(**said: object) -> None:
    os.write(1, json.dumps(said).encode() + b"\n")
