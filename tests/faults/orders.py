"""What a started bot is told to do wrong; it travels in the variable FAULTS."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Orders:
    """`kill` names a hook; the process kills itself at its `nth` firing.

    `folder` holds the files by which the two processes speak: `trail` (every hook that fired, if
    `trail` is on, and the one that killed), `clock` (seconds to add to the time), `store` (how the
    database is to fail; no file: it does not). `plant` names a bug of `planted.py`. The text
    `poison` kills the process that takes its turn, `sour` raises.
    """

    folder: str
    kill: str = ""
    nth: int = 1
    trail: bool = False
    plant: str = ""
    poison: str = ""
    sour: str = ""

    @property
    def variables(self) -> dict[str, str]:
        """The environment that carries them."""
        return {"FAULTS": json.dumps(asdict(self))}

    @classmethod
    def read(cls) -> Self:
        """Read them in the started process."""
        return cls(**json.loads(os.environ["FAULTS"]))

    def file(self, name: str) -> Path:
        return Path(self.folder) / name
