"""python-telegram-bot's ConversationHandler, in memory or, with `PICKLE`, saved at each update."""

import os
from typing import Any

from questions import ASKED, READY, ROUTINE, buttons
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    PicklePersistence,
    TypeHandler,
)

Context = ContextTypes.DEFAULT_TYPE
App = Application[Any, Any, Any, Any, Any, Any]
DONE = len(ASKED)
"""The state after the last question."""


def keyboard(number: int) -> InlineKeyboardMarkup:
    """Build the buttons below a question."""
    rows = [[InlineKeyboardButton(label, callback_data=data)] for label, data in buttons(number)]
    return InlineKeyboardMarkup(rows)


async def start(update: Update, _: Context) -> int:
    """Begin."""
    assert update.message is not None
    await update.message.reply_text(ASKED[0], reply_markup=keyboard(0))
    return 0


async def answered(update: Update, context: Context) -> int:
    """Keep an answer and ask the next question in the place of the old."""
    query = update.callback_query
    assert query is not None
    assert query.data is not None
    assert context.user_data is not None
    await query.answer()
    number, _, option = query.data.partition(":")
    context.user_data[number] = option
    after = int(number) + 1
    if after == DONE:
        await query.edit_message_text(READY)
    else:
        await query.edit_message_text(ASKED[after], reply_markup=keyboard(after))
    return after


async def routine(update: Update, _: Context) -> int:
    """Give the routine and end the talk."""
    assert update.message is not None
    await update.message.reply_text(ROUTINE)
    return int(ConversationHandler.END)


async def save(update: Update, context: Context) -> None:
    """Flush what the update has changed: the safest that the library's own parts can do."""
    user = update.effective_user
    assert user is not None
    context.application.mark_data_for_update_persistence(user_ids=user.id)
    await context.application.update_persistence()


def main() -> None:
    """Run until stopped."""
    builder = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"])
    builder = builder.base_url(f"{os.environ['TELEGRAM_API_URL']}/bot")
    pickle = os.environ.get("PICKLE", "")
    persistence: PicklePersistence[Any, Any, Any] | None = (
        PicklePersistence(pickle) if pickle else None
    )
    application: App = (builder.persistence(persistence) if persistence else builder).build()
    states: dict[object, list[Any]] = {
        number: [CallbackQueryHandler(answered, pattern=f"^{number}:")] for number in range(DONE)
    }
    states[DONE] = [CommandHandler("routine", routine)]
    talk: ConversationHandler[Any] = ConversationHandler(
        entry_points=[CommandHandler("start", start)],
        states=states,
        fallbacks=[CommandHandler("start", start)],
        name="talk",
        persistent=bool(pickle),
    )
    application.add_handler(talk)
    if pickle:
        application.add_handler(TypeHandler(Update, save), group=1)
    application.run_polling()


if __name__ == "__main__":
    main()
