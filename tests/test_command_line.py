"""The commands of `milia-bot`, as somebody at a terminal uses them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import NOW
from toy import COLOUR, write

from bot.__main__ import main
from bot.rendering import Renderer
from bot.terminal import talk
from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.player import Player, PlayError

ROOT = Path(__file__).parent.parent
SETTINGS = (
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_API_URL",
    "DATABASE_URL",
    "CONTENT_DIR",
    "OPERATOR_NAME",
)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def typed(lines: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program with something typed into it."""
    known = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bot", *arguments],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=known,
        check=False,
        timeout=60,
    )


def test_talk_is_a_talk_in_the_terminal() -> None:
    ran = typed(["1", "me", "1", "what are milia?"], "talk")
    assert ran.returncode == 0
    assert "Which of these is closest?" in ran.stdout
    assert ran.stderr == ""


def test_a_talk_leaves_a_transcript_that_plays_again(
    conversation: Conversation,
    content: Content,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = iter(["1", "me", "", "99", "1", "on my cheeks", "my eye hurts"])

    def typing(_: str) -> str:
        try:
            return next(said)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", typing)
    kept = tmp_path / "talk.txt"
    talk(conversation, Renderer(content), lambda: NOW, kept)
    lines = kept.read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["you /start", "bot welcome", "you [consent]"]
    assert lines[-1] == "bot danger-eye"
    again = Player(conversation, NOW)
    for line in lines:
        if line.startswith("you "):
            again.play(line)
    assert again.lines == lines
    assert "[1] Yes, let us start" in capsys.readouterr().out


def test_a_line_that_nobody_can_say_is_refused(player: Player) -> None:
    for line in ("jump", "you [option-never-shown]"):
        with pytest.raises(PlayError):
            player.play(line)


def test_check_counts_the_paths_and_names_what_nobody_sees(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreached = COLOUR.replace("title:", "when: {colour: red, shape: none, tools: none}\ntitle:")
    never = unreached.replace("when: {colour: red,", "unless: {colour: [red, blue, none]}\nwhen: {")
    folder = write(tmp_path / "content", {"en/intake/40-hidden.md": never})
    monkeypatch.setenv("CONTENT_DIR", str(folder))
    assert main(["check"]) == 0
    told = capsys.readouterr().out
    assert "unused: en/intake/40-hidden.md" in told
    assert "unused: en/routine" not in told
    assert "no faults" in told


def test_check_lists_every_fault_and_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {"en/intake/10-colour.md": "no front matter\n", "rules.yaml": None}
    monkeypatch.setenv("CONTENT_DIR", str(write(tmp_path / "content", pages)))
    assert main(["check"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in told] == ["en/intake/10-colour.md", "rules.yaml"]


def test_graph_prints_the_diagram(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph"]) == 0
    assert capsys.readouterr().out.startswith("flowchart TD\n")


def test_a_wrong_setting_is_one_line_that_names_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://somewhere")
    assert main([]) == 1
    told = capsys.readouterr().err
    assert told.startswith("DATABASE_URL: ")
    assert told.count("\n") == 1
