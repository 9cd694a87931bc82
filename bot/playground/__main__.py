"""The stand-in as a process of its own: prints its address, then serves until it is ended."""

import argparse
import asyncio
import contextlib

from bot.playground.server import TOKEN, Playground


async def run(port: int, token: str, *, holds: bool) -> None:
    """Serve; the first line printed is the address."""
    async with Playground(token, port=port, holds=holds) as server:
        print(server.url, flush=True)  # noqa: T201 - how the starter learns the port
        await server.serve()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m bot.playground", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--holds", action="store_true", help="brake hasty polls as Telegram does")
    wanted = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(wanted.port, wanted.token, holds=wanted.holds))


if __name__ == "__main__":
    main()
