"""What python-telegram-bot itself asks of a transport works over libcurl too: forms, files, GET."""

import io

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, MessageEntity
from telegram.error import NetworkError
from updates import ANN

from bot.curl import CurlRequest
from bot.playground import Playground


@pytest.mark.asyncio
async def test_the_librarys_own_calls_go_over_libcurl() -> None:
    async with Playground() as server:
        server.person(ANN, started=True)
        request = CurlRequest()
        where = f"{server.url}/bot", f"{server.url}/file/bot"
        bot = Bot(server.token, *where, request=request, get_updates_request=request)
        buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
        bold = [MessageEntity("bold", 0, 2)]
        await bot.send_message(ANN, "grüße 🙂", entities=bold, reply_markup=buttons)
        sent = server.transcript(ANN)[-1]
        assert sent["text"] == "grüße 🙂"
        assert sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "yes"
        for content in (b"\x00\r\n--x\xff" * 1000, io.BytesIO(b"from a file")):
            message = await bot.send_document(ANN, InputFile(content, "a.bin"), caption="kept")
            assert message.caption == "kept"
            assert message.document is not None
            file = await message.document.get_file()
            whole = content if isinstance(content, bytes) else content.getvalue()
            assert bytes(await file.download_as_bytearray()) == whole
        await request.shutdown()
        with pytest.raises(NetworkError):
            await bot.get_me()
        await request.initialize()
        assert (await bot.get_me()).is_bot
        await request.shutdown()
