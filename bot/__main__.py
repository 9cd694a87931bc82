"""The command line: run the bot, talk in the terminal, check the content, draw the flow."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.settings import Settings, SettingsError
from dialogs.content import FLOWS, ContentError, load


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. A fault of settings, content or start is told in plain lines; exit 1."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except (SettingsError, ContentError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="milia-bot", description=__doc__)
    parser.set_defaults(command=_run)
    commands = parser.add_subparsers(title="commands")
    commands.add_parser("run", help="run the bot (also without a command)").set_defaults(
        command=_run
    )
    talk = commands.add_parser("talk", help="talk in the terminal, without Telegram")
    talk.add_argument("--transcript", type=Path, help="write the talk to this file")
    talk.set_defaults(command=_talk)
    commands.add_parser("check", help="check all content; list every fault").set_defaults(
        command=_check
    )
    commands.add_parser("graph", help="print the questions as a Mermaid diagram").set_defaults(
        command=_graph
    )
    return parser


def _run(options: argparse.Namespace) -> int:
    settings = Settings.read()
    if settings.telegram_bot_token is None:
        print("No TELEGRAM_BOT_TOKEN is set, so we talk here. Ctrl-D ends.")  # noqa: T201
        options.transcript = None
        return _talk(options)
    # Imported here so that the other commands do not wait for Telegram's library.
    from bot.application import run  # noqa: PLC0415

    return run(settings)


def _talk(options: argparse.Namespace) -> int:
    from bot.application import conversation_of, utc_now  # noqa: PLC0415
    from bot.rendering import Renderer  # noqa: PLC0415
    from bot.terminal import talk  # noqa: PLC0415

    settings = Settings.read()
    content = load(settings.content_dir)
    talk(conversation_of(settings, content), Renderer(content), utc_now, options.transcript)
    return 0


def _check(_: argparse.Namespace) -> int:
    from dialogs.walking import survey, unused  # noqa: PLC0415

    content = load(Settings.read().content_dir)
    for flow in content.flows:
        found = survey(content, flow)
        print(f"{flow}: {found.paths} paths, at most {found.longest} questions")  # noqa: T201
    lost = unused(content)
    for name in lost:
        print(f"unused: {name}")  # noqa: T201
    print(f"content {content.hash}: no faults, {len(lost)} unused")  # noqa: T201
    return 0


def _graph(_: argparse.Namespace) -> int:
    from dialogs.drawing import graph  # noqa: PLC0415

    print(graph(load(Settings.read().content_dir), FLOWS[0]))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
