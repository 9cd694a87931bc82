"""What a typed message means here."""

from dialogs.understanding.meanings import (
    About,
    Choice,
    Command,
    Confirm,
    Correction,
    Danger,
    Done,
    MaybeDanger,
    Meaning,
    Sure,
    Unsure,
)
from dialogs.understanding.reader import Understanding

__all__ = [
    "About",
    "Choice",
    "Command",
    "Confirm",
    "Correction",
    "Danger",
    "Done",
    "MaybeDanger",
    "Meaning",
    "Sure",
    "Understanding",
    "Unsure",
]
