"""What the operator sets: from the environment, or a `.env` file in the working directory."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ValidationInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

OPERATOR = ("operator_name", "operator_contact", "privacy_contact")
"""What a bot that talks to strangers has to say about who runs it."""

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_SQLITE = "sqlite:///"
POSTGRES = ("postgresql://", "postgres://")
LAST_PORT = 65535
_SAFE = re.compile(r"https://|http://(127\.0\.0\.1|localhost)[:/]")
"""Telegram brings updates by https only; a stand-in on the same machine needs none."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


class SettingsError(Exception):
    """A setting that cannot be used: a line each with the VARIABLE, what is wrong, what to do."""


class Settings(BaseSettings):
    """The settings. Each is the variable of its name in capitals; an empty one counts as unset."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    telegram_bot_token: SecretStr | None = None
    """What @BotFather gave for the bot. Without it the bot talks on this machine only."""
    telegram_api_url: str = "https://api.telegram.org"
    """Where the Bot API is; another address for a server of one's own or a stand-in."""
    database_url: str = Field(default="sqlite:///milia.db", repr=False)
    """Where everything is kept: `sqlite:///` and a path, relative with three slashes, or
    `postgresql://user:password@host/name` for several programs at once."""
    webhook_url: str = ""
    """The public https address at which Telegram brings updates; unset: the bot asks for them."""
    webhook_secret: SecretStr = Field(default=SecretStr(""), validate_default=True)
    """What Telegram shows with every update there: 16 to 256 of `A-Z a-z 0-9 _ -`."""
    webhook_listen: str = "127.0.0.1:8081"
    """Where the bot itself waits for them, behind whatever speaks TLS: a host and a port."""
    send_rate: Annotated[float, Field(ge=0)] = 30
    """Messages a second in all; 0 for no limit."""
    chat_rate: Annotated[float, Field(ge=0)] = 1
    """Messages a second to one chat after a burst; 0 for no limit."""
    chat_burst: Annotated[int, Field(ge=1)] = 5
    """Messages that may go to one chat at once."""
    flood_limit: Annotated[int, Field(ge=0)] = 20
    """Messages and taps in 10 seconds that one person is answered; 0 for no limit."""
    content_dir: Path = Path(__file__).parent.parent / "content"
    """The folder of pages and facts; the one beside this package if not set."""
    port: Annotated[int, Field(ge=0, le=65535)] | None = None
    """Where the local chat page is, on 127.0.0.1; 0 takes a free one. Unset: 8080 if it is free."""
    log_level: Annotated[Level, BeforeValidator(lambda value: str(value).upper())] = "INFO"
    """How much is logged: DEBUG, INFO, WARNING or ERROR. Nobody's words at any level."""
    not_understood_log: Path | None = None
    """A file that gets each text that was not understood, without numbers, names and links; unset:
    none is kept."""
    operator_name: str = Field(default="", validate_default=True)
    """Who runs the bot, as people are told."""
    operator_contact: str = Field(default="", validate_default=True)
    """How to reach who runs it."""
    privacy_contact: str = Field(default="", validate_default=True)
    """Whom to write to about personal data."""
    default_zone: str = "UTC"
    """The IANA time zone of a person whose own is not known, such as Europe/Berlin."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Look in the environment, then in `.env`, and nowhere else."""
        del settings_cls, file_secret_settings
        return init_settings, env_settings, dotenv_settings

    @classmethod
    def read(cls) -> Self:
        """Read and check all settings.

        Raises:
            SettingsError: with a line for every variable that cannot be used.

        """
        try:
            return cls()
        except ValidationError as error:
            lines = (_line(fault) for fault in error.errors(include_input=False))
            raise SettingsError("\n".join(lines)) from None
        except (OSError, UnicodeDecodeError) as error:
            text = f".env: cannot be read ({type(error).__name__}); make it a UTF-8 text file"
            raise SettingsError(text) from None

    @property
    def listen(self) -> tuple[str, int]:
        """The host and the port of `webhook_listen`."""
        host, _, port = self.webhook_listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def token(self) -> str:
        """The bot's token in clear; "" without one. Never to be logged or shown."""
        return self.telegram_bot_token.get_secret_value() if self.telegram_bot_token else ""

    @field_validator("telegram_bot_token")
    @classmethod
    def _check_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("is no bot token; copy the whole token that @BotFather gave")
        return value

    @field_validator("telegram_api_url")
    @classmethod
    def _check_address(cls, value: str) -> str:
        if not _ADDRESS.fullmatch(value):
            raise ValueError("is no web address; write one such as https://api.telegram.org")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, value: str) -> str:
        if value.startswith(POSTGRES):
            return value
        path = value.removeprefix(_SQLITE)
        if path in (value, "", ":memory:") or "?" in path:
            raise ValueError(
                "is no database; write sqlite:///milia.db, sqlite:////a/path.db or postgresql://..."
            )
        return value

    @field_validator("webhook_url")
    @classmethod
    def _check_webhook(cls, value: str) -> str:
        if value and not (_ADDRESS.fullmatch(value) and _SAFE.match(value)):
            raise ValueError("is no https address; write one such as https://bot.example/telegram")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _check_secret(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if info.data.get("webhook_url") and not _SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("needs 16 to 256 of A-Z a-z 0-9 _ -, or anybody could send updates")
        return value

    @field_validator("webhook_listen")
    @classmethod
    def _check_listen(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or int(port) > LAST_PORT:
            raise ValueError("is no host and port; write them as 127.0.0.1:8081")
        return value

    @field_validator("content_dir")
    @classmethod
    def _check_folder(cls, value: Path) -> Path:
        if not value.is_dir():
            raise ValueError("is no folder; leave it unset for the content that came along")
        return value

    @field_validator(*OPERATOR)
    @classmethod
    def _check_operator(cls, value: str, info: ValidationInfo) -> str:
        # A token that failed its own check is missing here, and was meant to be used.
        if not value and info.data.get("telegram_bot_token", "") is not None:
            raise ValueError(
                "is not set; people must be told who runs the bot and how to reach you"
            )
        return value

    @field_validator("default_zone")
    @classmethod
    def _check_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is no time zone; write a name such as Europe/Berlin") from None
        return value


def _line(fault: ErrorDetails) -> str:
    """Name the variable and say what is wrong, never with the value: it may be the token."""
    variable = str(fault["loc"][0]).upper() if fault["loc"] else "settings"
    if fault["type"] == "literal_error":
        return f"{variable}: is not a level; write {fault['ctx']['expected']}"
    return f"{variable}: {fault['msg'].removeprefix('Value error, ')}"
