"""The settings of a bot that serves a stand-in from within a test."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.playground import Playground
from bot.settings import Settings


def settings_for(server: Playground, folder: Path, **more: Any) -> Settings:
    """A bot at this stand-in, its database in a folder."""
    return Settings(
        telegram_bot_token=SecretStr(server.token),
        telegram_api_url=server.url,
        database_url=f"sqlite:///{folder / 'milia.db'}",
        operator_name="Clinic",
        operator_contact="help@clinic.example",
        privacy_contact="privacy@clinic.example",
        **more,
    )
