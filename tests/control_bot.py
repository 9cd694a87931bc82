"""The control: a talk of four questions, written as python-telegram-bot's own examples write it.

A `ConversationHandler` made persistent by a `PicklePersistence`, polling as `run_polling` does.
"""

import os
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

SKIN, PICKING, NAME, SUNSCREEN = range(4)
CHOICES = [["yes", "no", "unsure"]]
Context = ContextTypes.DEFAULT_TYPE


def keyboard() -> InlineKeyboardMarkup:
    """Build the buttons, the same ones under each question."""
    rows = [[InlineKeyboardButton(c, callback_data=c) for c in row] for row in CHOICES]
    return InlineKeyboardMarkup(rows)


def data(context: Context) -> dict[str, str]:
    """Give what is kept of the person."""
    assert context.user_data is not None
    return context.user_data


def message(update: Update) -> Message:
    """Give the message that came."""
    return update.message  # type: ignore[return-value] # as the examples do


async def pressed(update: Update) -> str:
    """End the spinner; gives the button's data."""
    query = update.callback_query
    assert query is not None
    await query.answer()
    return str(query.data)


async def start(update: Update, _: Context) -> int:
    """Begin."""
    await message(update).reply_text("Is your skin sensitive?", reply_markup=keyboard())
    return SKIN


async def skin(update: Update, context: Context) -> int:
    """Keep the first answer and ask the second question."""
    data(context)["skin"] = await pressed(update)
    assert update.callback_query is not None
    await update.callback_query.edit_message_text("Do you pick?", reply_markup=keyboard())
    return PICKING


async def picking(update: Update, context: Context) -> int:
    """Keep the second answer and ask the third question."""
    if os.environ.get("FAULT"):
        raise RuntimeError("a fault of the program")
    data(context)["picking"] = await pressed(update)
    assert update.callback_query is not None
    await update.callback_query.edit_message_text("Which cream do you use?")
    return NAME


async def name(update: Update, context: Context) -> int:
    """Keep the third answer and ask the fourth question."""
    data(context)["cream"] = message(update).text or ""
    await message(update).reply_text("Do you use sunscreen?", reply_markup=keyboard())
    return SUNSCREEN


async def sunscreen(update: Update, context: Context) -> int:
    """Keep the last answer and say goodbye."""
    data(context)["sunscreen"] = await pressed(update)
    assert update.callback_query is not None
    await update.callback_query.edit_message_text("Thank you.")
    return ConversationHandler.END


async def cancel(update: Update, _: Context) -> int:
    """End the talk."""
    await message(update).reply_text("Bye.")
    return ConversationHandler.END


async def helped(update: Update, _: Context) -> None:
    """Say what there is."""
    await message(update).reply_text("Use /start and /cancel.")


async def show_data(update: Update, context: Context) -> None:
    """Tell the person what is kept."""
    told = " ".join(f"{name}={value}" for name, value in data(context).items())
    await message(update).reply_text(f"This is what you told me: {told}")


def main() -> None:
    """Run until stopped; `WITHOUT` names a state that a later version does not have any more."""
    builder = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"])
    builder = builder.base_url(f"{os.environ['TELEGRAM_API_URL']}/bot")
    persistence: PicklePersistence[Any, Any, Any] = PicklePersistence(os.environ["PICKLE"])
    application: Application[Any, Any, Any, Any, Any, Any] = builder.persistence(
        persistence
    ).build()
    states: dict[object, list[Any]] = {
        SKIN: [CallbackQueryHandler(skin)],
        PICKING: [CallbackQueryHandler(picking)],
        NAME: [MessageHandler(filters.TEXT & ~filters.COMMAND, name)],
        SUNSCREEN: [CallbackQueryHandler(sunscreen)],
    }
    states.pop(int(os.environ.get("WITHOUT", "-1")), None)
    conversation: ConversationHandler[Any] = ConversationHandler(
        entry_points=[CommandHandler("start", start)],
        states=states,
        fallbacks=[CommandHandler("cancel", cancel)],
        name="talk",
        persistent=True,
    )
    application.add_handler(conversation)
    application.add_handler(CommandHandler("help", helped))
    application.add_handler(CommandHandler("show_data", show_data))
    application.run_polling(allowed_updates=Update.ALL_TYPES)


if __name__ == "__main__":
    main()
