"""aiogram-dialog in memory: a window for each question."""

import asyncio
import os
from operator import itemgetter
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import SimpleEventIsolation
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, StartMode, Window, setup_dialogs
from aiogram_dialog.widgets.kbd import Column, Select
from aiogram_dialog.widgets.text import Const, Format
from questions import ASKED, LABELS, READY, ROUTINE


class Talk(StatesGroup):
    """Where a person is."""

    q0 = State()
    q1 = State()
    q2 = State()
    q3 = State()
    q4 = State()
    q5 = State()
    q6 = State()
    q7 = State()
    done = State()


STATES = (*Talk.__states__,)


async def answered(query: CallbackQuery, _: Any, manager: DialogManager, option: str) -> None:
    """Keep an answer and go on."""
    state = manager.current_context().state
    manager.dialog_data[str(state.state)] = option
    await manager.next()


def window(number: int) -> Window:
    """Make the window of a question."""
    choices = Select(
        Format("{item[1]}"),
        id="answer",
        item_id_getter=itemgetter(0),
        items=list(LABELS.items()),
        on_click=answered,
    )
    return Window(Const(ASKED[number]), Column(choices), state=STATES[number])


async def start(_: Message, dialog_manager: DialogManager) -> None:
    """Begin."""
    await dialog_manager.start(Talk.q0, mode=StartMode.RESET_STACK)


async def routine(message: Message, dialog_manager: DialogManager) -> None:
    """Give the routine."""
    await message.answer(ROUTINE)


async def main() -> None:
    """Run until stopped."""
    server = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    bot = Bot(os.environ["TELEGRAM_BOT_TOKEN"], session=AiohttpSession(api=server))
    isolation = SimpleEventIsolation()  # without it, quick taps find the state before the last
    dispatcher = Dispatcher(events_isolation=isolation)
    windows = [window(number) for number in range(len(ASKED))]
    dispatcher.message.register(start, Command("start"))
    dispatcher.message.register(routine, Command("routine"))
    dispatcher.include_router(Dialog(*windows, Window(Const(READY), state=Talk.done)))
    setup_dialogs(dispatcher, events_isolation=isolation)
    await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
