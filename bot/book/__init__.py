"""The whole content as one HTML file, for a clinician to read, mark and sign off."""

from bot.book.writing import write

__all__ = ["write"]
