"""A bot as the manual of aiogram teaches it: echo, buttons, and a form."""
# mypy: ignore-errors

import asyncio
import os

from aiogram import Bot, Dispatcher, F, Router, html
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.filters import Command, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.utils.keyboard import InlineKeyboardBuilder
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

router = Router()


class Form(StatesGroup):
    colour = State()
    photo = State()


@router.message(CommandStart())
async def start(message: Message) -> None:
    await message.answer(f"Hi {html.bold(html.quote(message.from_user.full_name))}!")


@router.message(Command("choose"))
async def choose(message: Message) -> None:
    builder = InlineKeyboardBuilder()
    for number in "123":
        builder.add(InlineKeyboardButton(text=f"Option {number}", callback_data=number))
    builder.adjust(2, 1)
    await message.answer("Please choose:", reply_markup=builder.as_markup())


@router.callback_query()
async def chosen(query: CallbackQuery) -> None:
    await query.answer()
    await query.message.edit_text(f"Selected option: {query.data}")


@router.message(Command("talk"))
async def talk(message: Message, state: FSMContext) -> None:
    await state.set_state(Form.colour)
    keys = [[KeyboardButton(text="Red"), KeyboardButton(text="Blue")]]
    await message.answer("Which colour?", reply_markup=ReplyKeyboardMarkup(keyboard=keys))


@router.message(Form.colour)
async def colour(message: Message, state: FSMContext) -> None:
    await state.update_data(colour=message.text)
    await state.set_state(Form.photo)
    await message.answer("Now a photo.", reply_markup=ReplyKeyboardRemove())


@router.message(Form.photo, F.photo)
async def photo(message: Message, state: FSMContext, bot: Bot) -> None:
    data = (await bot.download(message.photo[-1])).read()
    words = f"{(await state.get_data())['colour']}, {len(data)} bytes"
    await state.clear()
    await message.answer_photo(BufferedInputFile(data, "same.png"), caption=html.bold(words))
    await message.answer_document(BufferedInputFile(data, "same.png"))


@router.message(F.text)
async def echo(message: Message) -> None:
    await message.send_copy(chat_id=message.chat.id)


def dispatcher() -> Dispatcher:
    made = Dispatcher()
    made.include_router(router)

    @made.startup()
    async def ready(bot: Bot) -> None:
        names = {"start": "Begin", "choose": "Buttons"}
        await bot.set_my_commands([BotCommand(command=k, description=v) for k, v in names.items()])

    return made


def make_bot() -> Bot:
    server = TelegramAPIServer.from_base(os.environ["SERVER"])
    session = AiohttpSession(api=server)
    return Bot(os.environ["TOKEN"], session, DefaultBotProperties(parse_mode=ParseMode.HTML))


def hook(port: int) -> None:
    bot, made, secret = make_bot(), dispatcher(), os.environ["SECRET"]

    @made.startup()
    async def point(bot: Bot) -> None:
        await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token=secret)

    app = web.Application()
    SimpleRequestHandler(made, bot, secret_token=secret).register(app, path="/hook")
    setup_application(app, made, bot=bot)
    web.run_app(app, host="127.0.0.1", port=port, print=None)


async def poll() -> None:
    await dispatcher().start_polling(make_bot())


if __name__ == "__main__":
    if port := int(os.environ.get("HOOK", "0")):
        hook(port)
    else:
        asyncio.run(poll())
