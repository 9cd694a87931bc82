"""The scenarios of `scenarios.yaml`: answers, and the level and lines they lead to."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from cards import build

from dialogs.content import Content

TEXT = (Path(__file__).parent / "scenarios.yaml").read_text(encoding="utf-8")
# CBaseLoader makes nothing but strings, so that `no` stays a word.
SCENARIOS = yaml.load(TEXT, Loader=yaml.CBaseLoader)  # noqa: S506


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["name"])
def test_scenario(scenario: dict[str, Any], content: Content) -> None:
    card = build(content, scenario["answers"])
    shown = {line.step.name for line in card.lines}
    assert card.whole
    assert card.level == scenario["level"]
    assert set(scenario.get("has", ())) <= shown
    assert not set(scenario.get("not", ())) & shown
