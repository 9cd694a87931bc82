"""Settings are read from the environment, and what is wrong is said by the variable's name."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError

TOKEN = "1234567:AAcanary_canary-canary0123456789abc"  # noqa: S105
WHOLE = {
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "OPERATOR_NAME": "Clinic",
    "OPERATOR_CONTACT": "help@clinic.example",
    "PRIVACY_CONTACT": "privacy@clinic.example",
}


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)


def put(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def refusal() -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.read()
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None
    return str(caught.value).splitlines()


def test_nothing_set_is_fine_and_finds_the_content() -> None:
    settings = Settings.read()
    assert settings.telegram_bot_token is None
    assert (settings.content_dir / "en").is_dir()
    assert settings.database_url == "sqlite:///milia.db"


def test_with_a_token_everybody_must_be_told_who_runs_the_bot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(monkeypatch, TELEGRAM_BOT_TOKEN=TOKEN, OPERATOR_NAME="  ")
    variables = [line.split(":")[0] for line in refusal()]
    assert variables == ["OPERATOR_NAME", "OPERATOR_CONTACT", "PRIVACY_CONTACT"]


def test_the_token_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, **WHOLE)
    settings = Settings.read()
    assert settings.token == TOKEN
    assert TOKEN not in f"{settings!r} {settings} {settings.model_dump()}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "my-token"),
        ("TELEGRAM_BOT_TOKEN", f"{TOKEN} "[:8] + "\u0661:x"),
        ("TELEGRAM_API_URL", "api.telegram.org"),
        ("TELEGRAM_API_URL", "http://"),
        ("TELEGRAM_API_URL", "https://user@host"),
        ("DATABASE_URL", "mysql://localhost/milia"),
        ("DATABASE_URL", "milia.db"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("CONTENT_DIR", "/no/such/folder"),
        ("LOG_LEVEL", "loud"),
        ("DEFAULT_ZONE", "Mars/Olympus"),
        ("DEFAULT_ZONE", "../../etc/passwd"),
        ("DEFAULT_ZONE", "Europe"),
    ],
)
def test_a_bad_value_is_one_line_with_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    put(monkeypatch, **(WHOLE | {name: value}))
    (line,) = refusal()
    assert line.startswith(f"{name}: ")
    assert len(line) > len(name) + 20


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, **WHOLE, LOG_LEVEL="loud", DEFAULT_ZONE="Mars")
    assert len(refusal()) == 2


def test_a_dotenv_file_is_read_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("LOG_LEVEL=debug\nDEFAULT_ZONE=Europe/Berlin\nOTHER=1\n")
    put(monkeypatch, DEFAULT_ZONE="Asia/Tokyo")
    settings = Settings.read()
    assert (settings.log_level, settings.default_zone) == ("DEBUG", "Asia/Tokyo")


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, TELEGRAM_BOT_TOKEN="", LOG_LEVEL="", DATABASE_URL="")
    assert Settings.read().telegram_bot_token is None


def test_a_dotenv_file_that_is_no_text_is_refused() -> None:
    Path(".env").write_bytes(b"\xff\xfe\x00")
    assert refusal()[0].startswith(".env: ")


def test_an_address_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, TELEGRAM_API_URL="http://127.0.0.1:8081/")
    assert Settings.read().telegram_api_url == "http://127.0.0.1:8081"


def test_a_database_path_may_be_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, DATABASE_URL="sqlite:////var/lib/milia.db")
    assert Settings.read().database_url == "sqlite:////var/lib/milia.db"
