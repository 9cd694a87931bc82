"""The real bot with a fault planted: answers to one question (`FAULTY`) cannot be recorded."""

import os
import sys
from typing import Any

from bot.__main__ import main
from dialogs import recording

sound = recording.record


def record(flow: Any, run: Any, question: Any, *rest: Any) -> Any:
    """Record an answer.

    Raises:
        RuntimeError: it is an answer to the faulty question.

    """
    if question.name == os.environ["FAULTY"]:
        raise RuntimeError("a fault of the program")
    return sound(flow, run, question, *rest)


if __name__ == "__main__":
    setattr(recording, "record", record)  # noqa: B010 - a fault is planted, whatever its type
    sys.exit(main(["run"]))
