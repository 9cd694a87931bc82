"""A loop whose time is virtual, and processes that can end at any of its steps."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from typing import Any


class Process:
    """Everything that runs in one context. It ends at its crash point number `dies_at`, if any.

    What it has begun is never resumed then, as if the machine had been switched off.
    """

    def __init__(self, dies_at: int | None = None) -> None:
        self.dies_at, self.points, self.alive = dies_at, 0, True
        self.ends: list[Callable[[], None]] = []
        self.context = copy_context()
        self.context.run(PROCESS.set, self)

    def passes(self) -> bool:
        """Pass a crash point; gives whether the process is alive after it."""
        if self.alive:
            self.points += 1
            if self.dies_at is not None and self.points >= self.dies_at:
                self.die()
        return self.alive

    def die(self) -> None:
        """End now; those who wait for it from outside hear of it."""
        if self.alive:
            self.alive = False
            for end in self.ends:
                end()


PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)


class _Selector:
    """Waits for nothing but time, and time passes at once."""

    def __init__(self, loop: "Loop") -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("nothing will ever happen again")
        self._loop.now += timeout
        return []


class Loop(asyncio.BaseEventLoop):
    """Jumps to the next timer when nothing is ready; each step of a process is a crash point."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._selector = _Selector(self)
        self._clock_resolution = 1e-6
        self._tasks: list[asyncio.Task[Any]] = []
        self.faults: list[str] = []
        self.set_exception_handler(self._odd)
        self.set_task_factory(self._made)

    def time(self) -> float:
        return self.now

    def call_soon(  # type: ignore[override]
        self, callback: Any, *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        context = copy_context() if context is None else context
        if process := context.get(PROCESS):
            return super().call_soon(_step, process, callback, args, context=context)
        return super().call_soon(callback, *args, context=context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        context = copy_context() if context is None else context
        if process := context.get(PROCESS):
            return super().call_at(when, _step, process, callback, args, context=context)
        return super().call_at(when, callback, *args, context=context)

    def end(self) -> None:
        """Let go of all tasks, those of dead processes too, without resuming any."""
        for task in self._tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            with suppress(RuntimeError, ValueError):
                task.get_coro().close()
        self._ready.clear()  # type: ignore[attr-defined]
        self._scheduled.clear()  # type: ignore[attr-defined]
        self.close()

    def _made(self, loop: Any, coro: Any, **given: Any) -> Any:
        task = asyncio.Task(coro, loop=loop, **given)
        self._tasks.append(task)
        return task

    def _odd(self, _: Any, context: dict[str, Any]) -> None:
        self.faults.append(f"{context.get('message')}: {context.get('exception')!r}")

    def _process_events(self, event_list: Any) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody sleeps who would have to be woken."""


def _step(process: Process, callback: Any, args: tuple[Any, ...]) -> None:
    if process.passes():
        callback(*args)
