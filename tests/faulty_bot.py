"""The real bot with faults planted, as `FAULTS` tells; `FAULTY` is a question that fails.

With `--forks` it starts many, each a copy of a process that has everything imported already.
"""

import os
import sys
from typing import Any


def main() -> int:
    from bot.__main__ import main as run  # noqa: PLC0415

    if "FAULTY" in os.environ:
        _fail_to_record(os.environ["FAULTY"])
    if "FAULTS" in os.environ:
        from faults import planted, points  # noqa: PLC0415
        from faults.hooks import Hooks  # noqa: PLC0415
        from faults.orders import Orders  # noqa: PLC0415

        orders = Orders.read()
        points.wire(Hooks(orders), orders)
        planted.plant(orders.plant)
    return run(["run"])


def _fail_to_record(faulty: str) -> None:
    from dialogs import plain, recording  # noqa: PLC0415

    sound = recording.record

    def record(flow: Any, run: Any, question: Any, *rest: Any) -> Any:
        """Record an answer.

        Raises:
            RuntimeError: it is an answer to the faulty question.

        """
        if question.name == faulty:
            raise RuntimeError("a fault of the program")
        return sound(flow, run, question, *rest)

    setattr(recording, "record", record)  # noqa: B010 - a fault is planted, whatever its type
    setattr(plain.Plain, "tapped", lambda *_: None)  # noqa: B010 - the short way records by itself


if __name__ == "__main__":
    if sys.argv[1:] == ["--forks"]:
        from faults.forking import serve

        serve(main)
    sys.exit(main())
