"""A whole bot, Telegram and people in one process, on virtual time and from one seed."""
