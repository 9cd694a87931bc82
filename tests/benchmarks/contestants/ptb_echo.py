"""python-telegram-bot as installed: what is said or tapped comes back, and nothing is kept."""

import os
from typing import Any

from questions import buttons
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters

Context = ContextTypes.DEFAULT_TYPE


def keyboard() -> InlineKeyboardMarkup:
    """Build three buttons."""
    rows = [[InlineKeyboardButton(label, callback_data=data)] for label, data in buttons(0)]
    return InlineKeyboardMarkup(rows)


async def said(update: Update, _: Context) -> None:
    """Say it back."""
    assert update.message is not None
    await update.message.reply_text(update.message.text or "", reply_markup=keyboard())


async def tapped(update: Update, _: Context) -> None:
    """Stop the spinner and show what was tapped."""
    query = update.callback_query
    assert query is not None
    await query.answer()
    await query.edit_message_text(query.data or "", reply_markup=keyboard())


def main() -> None:
    """Run until stopped."""
    builder = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"])
    application: Application[Any, Any, Any, Any, Any, Any] = builder.base_url(
        f"{os.environ['TELEGRAM_API_URL']}/bot"
    ).build()
    application.add_handler(MessageHandler(filters.TEXT, said))
    application.add_handler(CallbackQueryHandler(tapped))
    application.run_polling()


if __name__ == "__main__":
    main()
