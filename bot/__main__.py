"""The command line: run the bot, talk in the terminal, check the content, draw it, print it.

What only one command needs is imported there, so that the first poll does not wait for it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.application import read, run
from bot.clock import utc_now
from bot.settings import Settings, SettingsError
from dialogs.faults import ContentError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. A fault of settings, content or start is told in plain lines; exit 1."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except (SettingsError, ContentError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="milia-bot", description=__doc__)
    parser.set_defaults(command=_run)
    commands = parser.add_subparsers(title="commands")
    commands.add_parser(
        "run", help="run the bot (also without a command); without a token, as a chat page"
    ).set_defaults(command=_run)
    talk = commands.add_parser("talk", help="talk in the terminal, without Telegram")
    talk.add_argument("--transcript", type=Path, help="write the talk to this file")
    talk.set_defaults(command=_talk)
    commands.add_parser("check", help="check all content; list every fault").set_defaults(
        command=_check
    )
    commands.add_parser(
        "learn", help="learn from all examples, and keep what was learned beside the content"
    ).set_defaults(command=_learn)
    commands.add_parser("graph", help="print the questions as a Mermaid diagram").set_defaults(
        command=_graph
    )
    copied = commands.add_parser(
        "copy", help="copy all that is kept into an empty PostgreSQL database, the bot stopped"
    )
    copied.add_argument("source", metavar="FROM", help="such as sqlite:///milia.db")
    copied.add_argument("target", metavar="TO", help="postgresql://user:password@host/name")
    copied.set_defaults(command=_copy)
    book = commands.add_parser("book", help="write everything that is said into one HTML file")
    book.add_argument("file", nargs="?", type=Path, default=Path("book.html"), metavar="FILE")
    book.set_defaults(command=_book)
    hear = commands.add_parser(
        "hear", help="tell what typed words mean: lines of JSON, or one TEXT and why"
    )
    hear.add_argument("text", nargs="?", metavar="TEXT")
    hear.add_argument("--question", help="the question that is open")
    hear.set_defaults(command=_hear)
    return parser


def _run(_options: argparse.Namespace) -> int:
    settings = Settings.read()
    if settings.telegram_bot_token is None:
        from bot.local import run_locally  # noqa: PLC0415

        return run_locally(settings)
    return run(settings)


def _talk(options: argparse.Namespace) -> int:
    from bot.rendering import Renderer  # noqa: PLC0415
    from bot.terminal import talk  # noqa: PLC0415

    content, conversation = read(Settings.read())
    talk(conversation, Renderer(content), utc_now, options.transcript)
    return 0


def _check(_options: argparse.Namespace) -> int:
    from dialogs.reading_age import hard_to_read  # noqa: PLC0415
    from dialogs.understanding.keeping import fresh  # noqa: PLC0415
    from dialogs.understanding.surveying import thin  # noqa: PLC0415
    from dialogs.walking import survey, unused  # noqa: PLC0415

    content, _ = read(Settings.read())
    for name, questions in content.flows.items():
        found = survey(questions)
        print(f"{name}: {found.paths} paths, at most {found.longest} questions")  # noqa: T201
    lost, hard, review = unused(content), hard_to_read(content), content.review
    for name in lost:
        print(f"unused: {name}")  # noqa: T201
    for name in hard:
        print(f"hard to read: {name}")  # noqa: T201
    for name in thin(content):
        print(f"few examples: {name}")  # noqa: T201
    if not fresh(content):
        print("what was learned is not of these examples: run `milia-bot learn`")  # noqa: T201
    stamp = f"reviewed by {review.by} on {review.on}" if review else "not reviewed by a clinician"
    print(f"content {content.hash}: {stamp}")  # noqa: T201
    print(f"no faults, {len(lost)} unused, {len(hard)} hard to read")  # noqa: T201
    return 0


def _learn(_options: argparse.Namespace) -> int:
    from dialogs.content import LEARNED  # noqa: PLC0415
    from dialogs.understanding.learning import to_keep  # noqa: PLC0415

    settings = Settings.read()
    content, _ = read(settings)
    file = settings.content_dir / LEARNED / "en.bin"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(to_keep(content))
    print(f"{file}: {file.stat().st_size // 1024} KB")  # noqa: T201
    return 0


def _graph(_options: argparse.Namespace) -> int:
    from dialogs.content import FLOWS  # noqa: PLC0415
    from dialogs.drawing import graph  # noqa: PLC0415

    content, _ = read(Settings.read())
    print(graph(content, FLOWS[0]))  # noqa: T201
    return 0


def _copy(options: argparse.Namespace) -> int:
    import asyncio  # noqa: PLC0415

    from bot.store.copying import copy  # noqa: PLC0415

    for name, rows in asyncio.run(copy(options.source, options.target, utc_now)).items():
        print(f"{name}: {rows}")  # noqa: T201
    return 0


def _hear(options: argparse.Namespace) -> int:
    from bot.hearing import answers, explained  # noqa: PLC0415

    content, _ = read(Settings.read())
    try:
        if options.text is not None:
            print(explained(content, options.text, options.question))  # noqa: T201
            return 0
        for answer in answers(content, sys.stdin):
            print(answer, flush=True)  # noqa: T201
    except ValueError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _book(options: argparse.Namespace) -> int:
    from bot.book import write  # noqa: PLC0415

    content, conversation = read(Settings.read())
    options.file.write_text(write(content, conversation, utc_now()), encoding="utf-8")
    print(f"{options.file}: content {content.hash}, to be read and signed")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
