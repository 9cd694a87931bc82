"""Bugs to be planted in the bot."""


def plant(name: str) -> None:
    """Plant one; "" plants none."""
    assert not name
