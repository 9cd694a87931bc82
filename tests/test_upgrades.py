"""A new version meets what older ones stored: at each question the talk goes on, none is lost."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from changes import FLOW, all_at
from conftest import NOW, OPERATOR
from postgres import emptied
from routes import longest_route, routes_to_all
from updates import ANN, Clock, count, sorry, typed

from bot.rendering import Outgoing
from bot.store import Store, StoreError
from bot.store.opening import open_database
from bot.store.postgres import Postgres
from bot.store.schema import MIGRATIONS, for_postgres
from dialogs.buttons import parse
from dialogs.chat import Chat, load, read
from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.player import Player
from dialogs.turns import Button, Turn
from dialogs.walking import Walked

AT = "2026-03-01T11:59:59.000+00:00"
BEFORE: dict[int, dict[str, list[tuple[Any, ...]]]] = {
    1: {
        "applied": [(1, AT)],
        "outbox": [(4, ANN, Outgoing("hello").json, "answer", AT, 2)],
        "cards": [(ANN, 50, 50, "k3", "who", 1)],
        "dead_letters": [(9, "ValueError", AT, "{}")],
        "heartbeat": [(1, AT)],
    },
    2: {"worn": [(ANN, 40)], "asked_again": [(ANN, AT)]},
    3: {"waits": [(ANN, AT)], "unreachable": [], "counts": [("parked", 3)]},
}
"""Rows of the tables that each step brought."""


def filled(steps: int, state: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a database of so many steps."""
    rows = {name: kept for step in range(1, steps + 1) for name, kept in BEFORE[step].items()}
    return {**rows, "chats": [(ANN, state, 2, AT)]}


def inserts(rows: Mapping[str, list[tuple[Any, ...]]]) -> list[tuple[str, tuple[Any, ...]]]:
    return [
        (f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
        for name, kept in rows.items()
        for row in kept
    ]


async def goes_on(address: str, rows: Mapping[str, list[tuple[Any, ...]]]) -> None:
    """Open a database of an older version: all is there, and the next turn stands on it."""
    store = await Store.at(address, Clock())
    for name, kept in rows.items():
        query = f"SELECT * FROM {name}"  # noqa: S608
        found = await store.do(lambda db, query=query: db.execute(query).fetchall())  # type: ignore[misc]
        assert found == kept, name
    applied = await store.apply([typed(1, "again"), typed(2, "new")], count, sorry)
    assert [done.fresh for done in applied] == [False, True]
    (old, new) = await store.rows(ANN)
    assert (old.id, old.attempts, new.id) == (4, 2, 5)
    assert Outgoing.read(new.body).text == "6 new"
    await store.close()


STATE = Chat(consent=NOW, misses=5).model_dump_json()


@pytest.mark.asyncio
@pytest.mark.parametrize("steps", range(1, len(MIGRATIONS) + 1))
async def test_each_older_file_is_brought_up_to_date(tmp_path: Path, steps: int) -> None:
    path = tmp_path / "milia.db"
    rows = filled(steps, STATE)
    connection = open_database(path, Clock(), MIGRATIONS[:steps])
    for query, values in inserts(rows):
        connection.execute(query, values)
    connection.close()
    await goes_on(f"sqlite:///{path}", rows)
    copies = [copy.name for copy in tmp_path.glob("milia.db.v*")]  # noqa: ASYNC240 - the test is alone
    assert copies == ([f"milia.db.v{steps}-20260301T120000Z"] if steps < len(MIGRATIONS) else [])


@pytest.mark.asyncio
@pytest.mark.parametrize("steps", range(1, len(MIGRATIONS) + 1))
async def test_each_older_postgresql_database_is_brought_up_to_date(
    postgres: str, steps: int
) -> None:
    address, rows = emptied(postgres), filled(steps, STATE)
    await (await Postgres.open(address, MIGRATIONS[:steps])).close()
    with psycopg.connect(address) as connection:
        for query, values in inserts(rows):
            connection.execute(query.replace("?", "%s").encode(), values)
        for table in ("outbox", "parked")[: 1 + (steps > 2)]:
            query = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 4)"
            connection.execute(query.encode())
    await goes_on(address, rows)


@pytest.mark.asyncio
async def test_a_newer_database_is_refused_and_left_as_it_is(address: str, tmp_path: Path) -> None:
    newer = (*MIGRATIONS, "CREATE TABLE more (x INTEGER) STRICT;")
    path = tmp_path / "milia.db"
    if address.startswith("sqlite"):
        open_database(path, Clock(), newer).close()
        before = path.read_bytes()
    else:
        await (await Postgres.open(address, newer)).close()
    with pytest.raises(StoreError, match=f"version {len(newer)}, newer .* update the program"):
        await Store.at(address, Clock())
    if address.startswith("sqlite"):
        assert path.read_bytes() == before
        return
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT number FROM schema_version").fetchone() == (len(newer),)


def test_the_steps_that_are_in_use_are_as_they_were() -> None:
    """A step in use is never changed: on a database that has taken it, that would be lost."""
    assert [for_postgres(step).count("CREATE TABLE") for step in MIGRATIONS[:3]] == [6, 2, 7]
    assert set(BEFORE) == set(range(1, len(MIGRATIONS) + 1))


# --- a talk, at each question ---


def talked(conversation: Conversation, given: Walked) -> Player:
    """Somebody who has given these answers by tapping."""
    player = Player(conversation, NOW)
    player.say("/start")
    player.tap(player.find("consent"))
    for name, options in given.items():
        for option in options:
            player.tap(player.find(option, name))
        if conversation._talk.flow.questions[name].several:
            player.tap(player.find("done", name))
    return player


def nodes(content: Content) -> dict[str, Walked]:
    """Each question with the answers before it, and the end of the longest way."""
    flow = content.flows[FLOW]
    return {**routes_to_all(flow), "": longest_route(flow)}


def first_schema(stored: str) -> str:
    """A chat as schema 1 kept it: the options of a replaced answer, and ticks of one question."""
    data = json.loads(stored)
    for run in data["runs"]:
        for answer in run["answers"].values():
            if before := answer["previous"]:
                answer["previous"] = {
                    "options": before["answer"]["options"],
                    "fell": before["fell"],
                }
    question, ticks = next(iter(data["ticks"].items()), ("", []))
    later = ("corrections", "asked", "welcomed_back")
    data = {name: value for name, value in data.items() if name not in later}
    return json.dumps({**data, "ticks": ticks, "ticks_for": question, "schema_version": 1})


def corrected(stored: str, content: Content) -> str:
    """The chat as if its last answer had replaced another one."""
    data = json.loads(stored)
    for name, answer in list(data["runs"][-1]["answers"].items())[-1:]:
        other = next(o for o in content.questions[name].options if [o] != answer["options"])
        answer["previous"] = {"answer": {**answer, "options": [other]}, "fell": {}}
    return json.dumps(data)


def replaced(chat: Chat) -> dict[str, tuple[str, ...]]:
    """The answers that others replaced."""
    run = chat.run
    found = run.answers.items() if run else ()
    return {name: a.previous.answer.options for name, a in found if a.previous}


def answers(chat: Chat | None) -> dict[str, tuple[str, ...]]:
    run = chat.run if chat else None
    return {name: answer.options for name, answer in run.answers.items()} if run else {}


def open_question(conversation: Conversation, chat: Chat) -> str:
    moment = conversation._talk.moment(chat, NOW + timedelta(hours=1))
    return moment.path.open.name if moment and moment.path.open else ""


def buttons(turns: list[Turn]) -> list[Button]:
    replies = [reply for turn in turns for reply in turn.replies]
    return [button for reply in replies for row in reply.rows for button in row]


def test_a_chat_of_each_schema_goes_on_at_each_question(
    content: Content, conversation: Conversation
) -> None:
    for asked, given in nodes(content).items():
        player = talked(conversation, given)
        page = content.questions.get(asked)
        if page and page.several:
            player.tap(player.find(next(iter(page.options)), asked))
        stored = corrected(str(player.stored), content)
        assert read(stored) == load(stored)
        old, new = read(first_schema(stored)), read(stored)
        assert answers(old) == answers(new) == dict(given)
        assert open_question(conversation, old) == open_question(conversation, new) == asked
        assert old.ticks == new.ticks
        assert replaced(old) == replaced(new)
        assert bool(replaced(new)) == bool(given)
        if page is None:
            continue
        player.stored = first_schema(stored)
        player.tap(player.find(next(iter(page.options)), asked))
        if page.several:
            player.tap(player.find("done", asked))
        if not page.several or answers(player.chat).keys() - given.keys():
            assert asked in answers(player.chat)
            assert open_question(conversation, player.chat or Chat()) != asked


def test_new_content_meets_each_question_and_no_answer_means_something_else(
    content: Content, conversation: Conversation
) -> None:
    met = 0
    for asked, given in nodes(content).items():
        player = talked(conversation, given)
        shown = [reply for _, reply in player.shown[-1:]]
        old = [b for reply in shown for row in reply.rows for b in row][:4]
        for change in all_at(content, asked or "who", given):
            changed = Conversation(change(content), OPERATOR)
            for press in (None, *old):
                met += 1
                one = Player(changed, player.now, player.stored, shown=list(player.shown))
                turn = one.say("hmm") if press is None else one.tap(press)
                kept_or_said(player.chat, one.chat, changed, press)
                assert turn.replies or turn.toast or one.chat != player.chat
                reachable(one, changed)
    assert met > 1000


def kept_or_said(
    before: Chat | None, after: Chat | None, changed: Conversation, press: Button | None
) -> None:
    """Each answer is one given before, word for word, or the one just tapped on its own button."""
    said = parse(press.data) if press else None
    for name, options in answers(after).items():
        if said and said.question == name and options == (said.option,):
            continue
        assert options == answers(before).get(name, ()), name
    counted = changed._talk.moment(after, NOW + timedelta(hours=1)) if after else None
    for name, answer in (counted.path.answers if counted else {}).items():
        assert set(answer.options) <= set(changed._talk.flow.questions[name].options)


def reachable(player: Player, changed: Conversation) -> None:
    """Whoever asks what is open is told, with a card to tap or with the routine."""
    turn = player.say("/routine")
    asked = open_question(changed, player.chat or Chat())
    assert turn.replies
    if asked:
        (options,) = {tuple(changed._talk.flow.questions[asked].options)}
        found = {parse(button.data) for button in buttons([turn])}
        assert {press.option for press in found if press} & set(options)
