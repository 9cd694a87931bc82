"""The stand-in remembers what the bot did, for tests in this process and in others."""

import asyncio
import sys
from typing import Any

import pytest
from standin import ANN, BOB, NOON, Server, client, keyboard

pytestmark = pytest.mark.asyncio


async def test_every_call_is_written_down_with_its_time_and_outcome(server: Server) -> None:
    server.person(ANN, started=True)
    await server.ask("sendMessage", chat_id=ANN, text="a")
    server.advance(5)
    await server.refusal("sendMessage", chat_id=BOB, text="b")
    first, second = server.calls()
    assert (first.status, first.at, first.result["text"]) == (200, NOON, "a")
    assert (second.status, (second.at - NOON).seconds) == (400, 5)
    assert second.description == "Bad Request: chat not found"
    assert server.counts() == {"sendmessage": 2}
    assert server.calls(since=1) == [second]


async def test_the_outbox_holds_only_what_people_could_see(server: Server) -> None:
    server.person(ANN, started=True)
    sent = await server.ask("sendMessage", chat_id=ANN, text="a")
    await server.refusal("sendMessage", chat_id=BOB, text="b")
    await server.ask("sendChatAction", chat_id=ANN, action="typing")
    waiter = asyncio.create_task(server.wait(count=2))
    await server.ask("editMessageText", chat_id=ANN, message_id=sent["message_id"], text="c")
    first, second = await waiter
    assert [first["text"], second["text"]] == ["a", "c"]
    assert server.outbox(since=first["number"]) == [second]
    with pytest.raises(TimeoutError):
        await server.wait(count=3, seconds=0.01)


async def test_another_process_drives_it_over_http() -> None:
    command = (sys.executable, "-m", "bot.playground", "--port", "0", "--token", "42:abc")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    url = (await process.stdout.readline()).decode().strip()
    try:
        async with client(url) as http:

            async def drive(action: str, **wanted: Any) -> Any:
                answer = (await http.post(f"/driver/{action}", json=wanted)).json()
                return answer["result"] if answer["ok"] else answer["error"]

            await drive("say", person=ANN, text="/start")
            (update,) = (await http.get("/bot42:abc/getUpdates")).json()["result"]
            assert update["message"]["text"] == "/start"
            shown = {"chat_id": ANN, "text": "Sure?", "reply_markup": keyboard()}
            await http.post("/bot42:abc/sendMessage", json=shown)
            assert (await drive("tap", person=ANN, label="Yes"))["data"] == "yes"
            assert [seen["text"] for seen in await drive("wait", count=1)] == ["Sure?"]
            assert len(await drive("transcript", chat=ANN)) == 2
            assert await drive("counts") == {"getupdates": 1, "sendmessage": 1}
            assert len((await drive("overview"))["pending"]) == 2
            assert (await drive("calls", since=1))[0]["method"] == "sendmessage"
            assert "no button 'No'" in await drive("tap", person=ANN, label="No")
            assert "unexpected keyword" in await drive("say", person=ANN, text="a", nobody=1)
            assert await drive("wait", count=9, seconds=0.01) == "waited in vain"
            assert await drive("dance") == "no action dance"
    finally:
        process.kill()
        await process.wait()
