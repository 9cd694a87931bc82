"""Whoever watches the stand-in learns of every change, and of nobody else's."""

import pytest
from standin import ANN, BOB, FAMILY, Server, client, keyboard
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.playground import DriverError, Watch

pytestmark = pytest.mark.asyncio


def kinds(watch: Watch) -> list[str]:
    return [watch.events.get_nowait().kind for _ in range(watch.events.qsize())]


async def test_a_watcher_is_told_of_each_change_in_order(server: Server) -> None:
    server.person(ANN, started=True)
    with server.watch(ANN) as events:
        said = server.say(ANN, "hello")["message_id"]
        server.edit(ANN, said, "hallo")
        await server.ask("sendChatAction", chat_id=ANN, action="typing")
        sent = await server.ask("sendMessage", chat_id=ANN, text="a", reply_markup=keyboard())
        query = server.tap(ANN, "Yes")
        await server.ask("answerCallbackQuery", callback_query_id=query["id"], text="ok")
        await server.ask("editMessageText", chat_id=ANN, message_id=sent["message_id"], text="b")
        server.delete(ANN, said)
        await server.ask("deleteMessage", chat_id=ANN, message_id=sent["message_id"])
        await server.ask("setMyCommands", commands=[{"command": "a", "description": "b"}])
        await server.ask("setMyDescription", description="x")
        server.advance(5)
        server.block(ANN)
        first = await anext(events)
        assert (first.kind, first.about["text"]) == ("added", "hello")
        assert kinds(events) == [
            *("edited", "action", "added", "answered", "edited", "deleted", "deleted"),
            *("menu", "about", "clock", "blocked"),
        ]
    server.say(BOB, "unseen")
    assert kinds(events) == []


async def test_a_watcher_of_one_person_sees_nothing_of_another(server: Server) -> None:
    server.group(FAMILY)
    with server.watch(BOB) as bobs, server.watch() as everybodys:
        server.say(ANN, "private")
        server.say(ANN, "/all", FAMILY)
        assert kinds(bobs) == ["added"]
        assert kinds(everybodys) == ["added", "added"]


async def test_people_delete_only_what_they_may(server: Server) -> None:
    server.group(FAMILY)
    private = server.say(ANN, "a")["message_id"]
    group = server.say(ANN, "b", FAMILY)["message_id"]
    pending = len(server.overview()["pending"])
    with pytest.raises(DriverError):
        server.delete(BOB, group, FAMILY)
    server.delete(ANN, group, FAMILY)
    server.delete(ANN, private)
    assert server.transcript(ANN) == server.transcript(FAMILY) == []
    assert len(server.overview()["pending"]) == pending


async def test_other_pages_can_be_served_on_the_same_port() -> None:
    async def hello(_: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    playground = Server()
    playground.mount(Route("/hello", hello))
    async with playground as server, client(server.url) as http:
        assert (await http.get("/hello")).text == "hello"
