"""Telegram, disk, clock and environment around the conversation."""
