"""A new version meets what older ones stored: at each question the talk goes on, none is lost."""

import json
from dataclasses import replace
from datetime import timedelta

from changes import FLOW, all_at
from conftest import NOW, OPERATOR
from routes import longest_route, routes_to_all

from dialogs.buttons import parse
from dialogs.chat import Chat, load, read
from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.player import Player
from dialogs.turns import Button, Turn
from dialogs.walking import Walked


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
            # Learning anew for each of many hundred changes would take minutes and show nothing.
            after = replace(change(content), examples={}, heard_options={})
            changed = Conversation(after, OPERATOR)
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
