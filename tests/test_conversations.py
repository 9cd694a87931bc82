"""Whole talks, as written in `conversations/*.txt`: what a person does and which pages come back.

A `bot` line names pages in order; `...` stands for any pages. No prose is pinned.
"""

import re
from pathlib import Path

import pytest

from dialogs.player import Player, heard

TALKS = sorted((Path(__file__).parent / "conversations").glob("*.txt"))


def expected_and_played(player: Player, text: str) -> list[tuple[str, list[str], list[str]]]:
    turns: list[tuple[str, list[str], list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith(("bot ", "toast ")):
            turns[-1][1].append(line)
        else:
            turn = player.play(line)
            turns.append((f"line {number}: {line}", [], heard(turn) if turn else []))
    return turns


def fits(expected: str, got: str) -> bool:
    pattern = re.escape(expected).replace(re.escape(", ..."), r"(?:, [^,]+)*")
    pattern = pattern.replace(re.escape("..., "), r"(?:[^,]+, )*")
    return re.fullmatch(pattern, got) is not None


@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
def test_the_talk_goes_as_written(path: Path, player: Player) -> None:
    for where, expected, got in expected_and_played(player, path.read_text(encoding="utf-8")):
        assert len(expected) == len(got), f"{where}: expected {expected}, got {got}"
        for wanted, came in zip(expected, got, strict=True):
            assert fits(wanted, came), f"{where}: expected {wanted}, got {came}"


def test_a_transcript_plays_again_to_the_same_transcript(player: Player, content: object) -> None:
    for line in ("you /start", "you [consent]", "you a baby", "you [none]", "you what are milia?"):
        player.play(line)
    again = Player(player.conversation, player.now)
    for line in [line for line in player.lines if line.startswith("you ")]:
        again.play(line)
    assert again.lines == player.lines


def test_a_talk_that_goes_otherwise_is_noticed() -> None:
    assert fits("bot who?, ...", "bot who?, a, b")
    assert fits("bot ..., b", "bot who?, a, b")
    assert not fits("bot who?", "bot red_flags?")
    assert not fits("bot ..., c", "bot who?, a, b")
