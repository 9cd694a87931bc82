"""The control: the smallest bot that python-telegram-bot makes, an echo."""

import os
from typing import Any

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what was said."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def main() -> None:
    """Run until killed."""
    builder = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"])
    application: Application[Any, Any, Any, Any, Any, Any] = builder.base_url(
        f"{os.environ['TELEGRAM_API_URL']}/bot"
    ).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


if __name__ == "__main__":
    main()
