"""A bot as the manual of python-telegram-bot teaches it: echo, buttons, and a conversation."""
# mypy: ignore-errors

import os

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)

COLOUR, PHOTO = range(2)


async def start(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    await update.message.reply_html(rf"Hi {update.effective_user.mention_html()}!")


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    await update.message.reply_text(update.message.text)


async def choose(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    keyboard = [
        [
            InlineKeyboardButton("Option 1", callback_data="1"),
            InlineKeyboardButton("Option 2", callback_data="2"),
        ],
        [InlineKeyboardButton("Option 3", callback_data="3")],
    ]
    await update.message.reply_text("Please choose:", reply_markup=InlineKeyboardMarkup(keyboard))


async def chosen(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    await query.answer()
    await query.edit_message_text(text=f"Selected option: {query.data}")


async def talk(update: Update, _: ContextTypes.DEFAULT_TYPE) -> int:
    keys = ReplyKeyboardMarkup([["Red", "Blue"]], one_time_keyboard=True)
    await update.message.reply_text("Which colour?", reply_markup=keys)
    return COLOUR


async def colour(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    context.user_data["colour"] = update.message.text
    await update.message.reply_text("Now a photo.", reply_markup=ReplyKeyboardRemove())
    return PHOTO


async def photo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    file = await update.message.photo[-1].get_file()
    data = bytes(await file.download_as_bytearray())
    words = f"{context.user_data['colour']}, {len(data)} bytes"
    await update.message.reply_photo(data, caption=f"*{words}*", parse_mode="Markdown")
    await update.message.reply_document(data, filename="same.png")
    return ConversationHandler.END


async def cancel(update: Update, _: ContextTypes.DEFAULT_TYPE) -> int:
    await update.message.reply_text("Bye!", reply_markup=ReplyKeyboardRemove())
    return ConversationHandler.END


async def ready(application: Application) -> None:
    await application.bot.set_my_commands([("start", "Begin"), ("choose", "Buttons")])


def main() -> None:
    server = os.environ["SERVER"]
    application = (
        Application.builder()
        .token(os.environ["TOKEN"])
        .base_url(f"{server}/bot")
        .base_file_url(f"{server}/file/bot")
        .post_init(ready)
        .build()
    )
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CommandHandler("choose", choose))
    application.add_handler(CallbackQueryHandler(chosen))
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("talk", talk)],
            states={
                COLOUR: [MessageHandler(filters.Regex("^(Red|Blue)$"), colour)],
                PHOTO: [MessageHandler(filters.PHOTO, photo)],
            },
            fallbacks=[CommandHandler("cancel", cancel)],
        )
    )
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    if port := int(os.environ.get("HOOK", "0")):
        application.run_webhook(
            listen="127.0.0.1",
            port=port,
            url_path="hook",
            secret_token=os.environ["SECRET"],
            webhook_url=f"http://127.0.0.1:{port}/hook",
        )
    else:
        application.run_polling(allowed_updates=Update.ALL_TYPES)


if __name__ == "__main__":
    main()
