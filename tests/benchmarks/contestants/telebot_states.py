"""pyTelegramBotAPI, asynchronous, with its own states in memory."""

import asyncio
import os

from questions import ASKED, READY, ROUTINE, buttons
from telebot import asyncio_helper
from telebot.async_telebot import AsyncTeleBot
from telebot.asyncio_filters import StateFilter
from telebot.states import State, StatesGroup
from telebot.states.asyncio.context import StateContext
from telebot.states.asyncio.middleware import StateMiddleware
from telebot.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

DONE = len(ASKED)


class Talk(StatesGroup):
    """Where a person is."""

    asked = State()
    done = State()


def keyboard(number: int) -> InlineKeyboardMarkup:
    """Build the buttons below a question."""
    rows = [[InlineKeyboardButton(label, callback_data=data)] for label, data in buttons(number)]
    return InlineKeyboardMarkup(rows)


def make(token: str) -> AsyncTeleBot:
    """Put the bot together."""
    bot = AsyncTeleBot(token)

    @bot.message_handler(commands=["start"])  # type: ignore[no-untyped-call, untyped-decorator]
    async def start(message: Message, state: StateContext) -> None:
        await state.set(Talk.asked)
        await bot.send_message(message.chat.id, ASKED[0], reply_markup=keyboard(0))

    @bot.callback_query_handler(func=lambda _: True, state=Talk.asked)  # type: ignore[no-untyped-call, untyped-decorator]
    async def answered(query: CallbackQuery, state: StateContext) -> None:
        assert query.data is not None
        assert query.message is not None
        await bot.answer_callback_query(query.id)
        number, _, option = query.data.partition(":")
        await state.add_data(**{f"answer_{number}": option})
        after = int(number) + 1
        if after == DONE:
            await state.set(Talk.done)
        text, below = (READY, None) if after == DONE else (ASKED[after], keyboard(after))
        chat_id, message_id = query.message.chat.id, query.message.message_id
        await bot.edit_message_text(text, chat_id, message_id, reply_markup=below)

    @bot.message_handler(commands=["routine"], state=Talk.done)  # type: ignore[no-untyped-call, untyped-decorator]
    async def routine(message: Message, state: StateContext) -> None:
        await state.delete()
        await bot.send_message(message.chat.id, ROUTINE)

    bot.add_custom_filter(StateFilter(bot))  # type: ignore[no-untyped-call]
    bot.setup_middleware(StateMiddleware(bot))
    return bot


def main() -> None:
    """Run until stopped."""
    asyncio_helper.API_URL = os.environ["TELEGRAM_API_URL"] + "/bot{0}/{1}"
    asyncio.run(make(os.environ["TELEGRAM_BOT_TOKEN"]).polling(non_stop=True, timeout=20))


if __name__ == "__main__":
    main()
