"""What is remembered or done the short way is, to the byte, what is worked out anew."""

import copy
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import NOW, OPERATOR
from updates import ANN, BOB, message, private, tap, user

from bot.handlers import Reader
from bot.outgoing import Outgoing
from bot.rendering import Renderer
from dialogs import chat as chats
from dialogs.chat import Answer, Before, Chat, Run, dump, load, read
from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.derived import expired, fresh_until
from dialogs.flow import PLACES, Flow
from dialogs.recent import Recent
from dialogs.sheets import RUN
from dialogs.turns import Reply, Tapped, Turn, Typed
from dialogs.walking import walks

ODD = ("/back", "/change", "/routine", "asdf", "/start", "on my eyelid", "/why", "/undo")


class Forgetful(Recent[Any, Any]):
    """Remembers nothing."""

    def get(self, key: object) -> None:
        """Nothing."""


def anew(content: Content) -> Conversation:
    """A conversation that makes every reply of every turn anew."""
    made = Conversation(content, OPERATOR)
    for name in ("_standings", "_sheets", "_lines", "_toasts"):
        assert isinstance(getattr(made._talk, name), Recent)
        setattr(made._talk, name, Forgetful(1))
    made._talk.flow._walks = Forgetful(1)
    return made


class Twins:
    """One conversation that remembers, and every turn of it taken anew by one that does not."""

    def __init__(self, content: Content, conversation: Conversation) -> None:
        self.content, self.quick, self.slow = content, conversation, anew(content)
        self.renderer = Renderer(content)
        self.taken = 0
        self.pages: set[tuple[str, ...]] = set()

    def turn(self, chat: Chat | None, event: Typed | Tapped, now: datetime) -> Turn:
        """A turn; everything about it is compared."""
        expected = self.slow.pondered(chat or Chat(), event, now)
        turn = self.quick.turn(chat, event, now)
        self.taken += 1
        assert turn == expected
        for reply, anew in zip(turn.replies, expected.replies, strict=True):
            self.same_messages(reply, anew)
        if turn.chat:
            self.same_chat(turn.chat, chat)
        return turn

    def same_messages(self, reply: Reply, anew: Reply) -> None:
        """The messages of a reply are those of the same reply made and rendered anew."""
        plain = Reply(anew.parts, anew.rows, anew.kind, anew.card, anew.on, anew.ends)
        quick, slow = self.renderer.render(reply), self.renderer.fresh(plain)
        self.pages.add(reply.pages)
        assert quick == slow
        for one, other in zip(quick, slow, strict=True):
            assert one.json == other.json
            assert RUN not in one.json
            assert one.body == other.body
            assert json.loads(one.body) == json.loads(json.dumps(other.content()))
            assert Outgoing.read(one.json) == Outgoing.fresh(one.json) == other

    def same_chat(self, chat: Chat, before: Chat | None) -> None:
        """A chat is stored as its text says, and read back as the text alone says."""
        text = dump(chat)
        assert text == chat.model_dump_json()
        assert load(text) == read(text) == chat
        assert load(text) == chat  # this time it was not remembered
        assert before is None or dump(before) == before.model_dump_json()


def buttons(turn: Turn) -> Iterator[str]:
    for reply in turn.replies:
        for row in reply.rows:
            yield from (button.data for button in row)


@pytest.mark.parametrize("seed", range(3))
def test_every_turn_is_the_one_taken_anew(
    content: Content, conversation: Conversation, seed: int
) -> None:
    """Talks of several people at once, with everything they may do in between."""
    chance = random.Random(seed)
    twins = Twins(content, conversation)
    every = list(walks(content.flows["intake"], 2))
    for walked in chance.sample(every, 8):
        now = NOW + timedelta(milliseconds=chance.randrange(10**9))
        chat = twins.turn(None, Tapped("1:~::0:@consent", 1), now).chat
        for name, options in walked.items():
            now += timedelta(seconds=chance.choice([1, 60, 90_000]))
            assert chat is not None
            chat = answered(twins, chat, name, options, now, chance)
    assert twins.taken > 150
    assert len(twins.pages) > 20


def answered(
    twins: Twins,
    chat: Chat,
    name: str,
    options: tuple[str, ...],
    now: datetime,
    chance: random.Random,
) -> Chat:
    """Try every button of the open question, do something odd, and then answer as said."""
    assert chat.run is not None
    run = chat.run.id
    question = twins.content.questions[name]
    card = twins.turn(chat, Typed(chance.choice(ODD), 5), now)
    for data in {*buttons(card), f"1:{run}:{name}:1:nothing", f"1:zz:{name}:1:{options[0]}"}:
        after = twins.turn(chat, Tapped(data, 7), now)
        if after.chat and chance.random() < 0.1:
            twins.turn(after.chat, Tapped(data, 7), now)  # once more: a double tap
    for option in question.options:
        mark = chance.choice(["+", ""]) if question.several else ""
        twins.turn(chat, Tapped(f"1:{run}:{name}:1:{mark}{option}", 9), now)
    if question.several:
        for option in options:
            chat = kept(twins, chat, f"1:{run}:{name}:1:+{option}", now)
        return kept(twins, chat, f"1:{run}:{name}:1:=", now)
    return kept(twins, chat, f"1:{run}:{name}:1:{options[0]}", now)


def kept(twins: Twins, chat: Chat, data: str, now: datetime) -> Chat:
    after = twins.turn(chat, Tapped(data, 9), now).chat
    assert after is not None
    return load(dump(after))


SAID = (*ODD, "i want to kill myself", "my eye hurts", "not sure", "no", "done", "/why", "change")
LEAPS = (0, 1, 1, 1, 60, 3600, 90_000, 86_400 * 40, 86_400 * 91)


@pytest.mark.parametrize("seed", range(4))
def test_every_turn_of_a_wild_talk_is_the_one_taken_anew(
    content: Content, conversation: Conversation, seed: int
) -> None:
    """Taps on buttons new and old, spoiled ones too, and words that make a chat unusual."""
    chance, now = random.Random(100 + seed), NOW
    twins, chat, shown = Twins(content, conversation), None, ["1:~::0:@consent"]
    for _ in range(700):
        now += timedelta(seconds=chance.choice(LEAPS))
        event: Typed | Tapped = Typed(chance.choice(SAID), 3)
        if chance.random() < 0.85:
            event = Tapped(spoiled(chance.choice(shown[-12:]), chance), 4)
        turn = twins.turn(chat, event, now)
        chat = turn.chat
        shown += buttons(turn)
        if chat is None or chat.consent is None:
            shown.append("1:~::0:@consent")
    assert len(twins.pages) > 40


def spoiled(data: str, chance: random.Random) -> str:
    """Now and then another asking, another option or another mark."""
    if chance.random() < 0.8:
        return data
    version, run, question, times, option = data.split(":")
    other = chance.choice(["nothing", "none", "unsure", "+acid", "=", f"!{option}", f"?{option}"])
    return chance.choice(
        [f"{version}:{run}:{question}:{int(times) + 1}:{option}", data.replace(option, other)]
    )


def test_what_stands_in_a_plan_on_another_day_is_made_anew(
    content: Content, conversation: Conversation
) -> None:
    """Evenings move with the date, and an old safety answer makes a plan half a plan again."""
    twins = Twins(content, conversation)
    plans = [w for w in walks(content.flows["intake"], 1) if w.get("goal") == ("routine",)]
    for walked in random.Random(9).sample(plans, 12):
        given = {name: Answer(options=options, at=NOW) for name, options in walked.items()}
        run = Run(flow="intake", started=NOW, answers=given)
        chat = Chat(consent=NOW, runs=(run,), zone="Europe/Berlin")
        for days in (0, 1, 1.5, 3, 12, 91):
            for said in ("/routine", "/why", "/change"):
                twins.turn(chat, Typed(said, 3), NOW + timedelta(days=days))
    assert ("recheck", "red_flags?") in twins.pages


def doubtful(name: str, days: int) -> Run:
    """A run of one answer less than all; `name` was answered so many days before the others."""
    given = {n: Answer(options=("none",), at=NOW) for n in ("who", "red_flags", "look")}
    given["who"] = Answer(options=("me",), at=NOW)
    given[name] = given[name].model_copy(update={"at": NOW - timedelta(days=days)})
    return Run(flow="intake", started=NOW, answers=given)


def test_a_date_looked_at_says_what_all_the_rules_say(content: Content) -> None:
    flow = Flow("intake", content.flows["intake"], content.rules)
    before = Before(answer=Answer(options=("me",), at=NOW))
    for days in (0, 2, 40, 90, 91):
        run = doubtful("red_flags", days)
        changed = run.answers["look"].model_copy(update={"previous": before})
        for known in (
            run,
            run.model_copy(update={"doubted": NOW - timedelta(days=1)}),
            run.model_copy(update={"answers": {**run.answers, "look": changed}}),
            run.with_answer("baby_signs", Answer(options=("none",), at=NOW - timedelta(days=30))),
        ):
            for later in (0, 1, 50, 89, 90, 91):
                now = NOW + timedelta(days=later)
                told = expired(known, content.rules, now) & flow.walk(known).answers.keys()
                assert flow.follow(known, now).expired == told
                until = fresh_until(known, content.rules)
                assert until is None or now > until or not expired(known, content.rules, now)


def test_a_plain_answer_is_taken_the_short_way(conversation: Conversation) -> None:
    """Else the tests above compare the long way with itself."""
    chat = conversation.turn(None, Tapped("1:~::0:@consent", 1), NOW).chat
    assert chat is not None
    assert chat.run is not None
    short = conversation._plain.tapped(chat, Tapped(f"1:{chat.run.id}:who:1:me", 2), NOW)
    assert short is not None
    assert short.replies[0].stamp is not None


def test_a_walk_that_is_remembered_is_the_one_walked_anew(content: Content) -> None:
    questions, rules = content.flows["intake"], content.rules
    known = Flow("intake", questions, rules)
    for walked in random.Random(5).sample(list(walks(questions, 2)), 150):
        for ago in (0, 95):
            given = {n: Answer(options=o, at=NOW) for n, o in walked.items()}
            given |= {"removed": Answer(options=("x",), at=NOW)}
            run, now = Run(flow="intake", started=NOW, answers=given), NOW + timedelta(days=ago)
            assert known.follow(run, now) == Flow("intake", questions, rules).follow(run, now)
            assert known.follow(run, now) == known.follow(run.model_copy(), now)


def test_the_places_of_all_walks_are_bounded(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialogs.flow.PLACES", 50)
    flow = Flow("intake", content.flows["intake"], content.rules)
    most = 0
    for walked in random.Random(6).sample(list(walks(flow.questions, 2)), 60):
        given = {n: Answer(options=o, at=NOW) for n, o in walked.items()}
        path = flow.follow(Run(flow="intake", started=NOW, answers=given), NOW)
        assert list(path.answers) == list(walked)
        most = max(most, flow._places)
    assert 40 < most <= 50 < PLACES


def test_what_is_kept_lately_stays_and_the_rest_goes() -> None:
    recent: Recent[int, str] = Recent(10)
    for number in range(1000):
        recent.keep(number, str(number))
        recent.get(3)
    assert recent.get(3) == "3"
    assert [n for n in range(990, 1000) if recent.get(n) is None] == []
    assert sum(recent.get(n) is not None for n in range(1000)) <= 20
    assert recent.take(999) == "999"
    assert recent.get(999) is None


def test_equal_times_of_two_zones_are_each_stored_as_they_are() -> None:
    east = NOW.astimezone(datetime.fromisoformat("2026-01-01T00:00:00+05:30").tzinfo)
    for at in (NOW, east, NOW, east):
        run = Run(flow="intake", started=at, answers={"a": Answer(options=("b",), at=at)})
        chat = Chat(consent=at, runs=(run,), welcomed_back=at)
        assert dump(chat) == chat.model_dump_json()


def test_a_strange_chat_is_stored_as_it_is() -> None:
    answer = Answer(options=('"',), at=NOW)
    run = Run(flow='}"answers":{', started=NOW, answers={'"runs":[': answer}, doubted=NOW)
    chat = Chat(language='"runs":[', runs=(run, run), ticks={"a": ()}, misses=3, consent=NOW)
    assert dump(chat) == chat.model_dump_json()
    assert load(dump(chat)) == read(dump(chat)) == chat


def test_a_copy_remembers_nothing_of_the_old_values() -> None:
    answer = Answer(options=("a",), at=NOW)
    run = Run(flow="intake", started=NOW, answers={"q": answer})
    assert answer.written
    assert run.last_at == NOW
    later = answer.model_copy(update={"at": NOW + timedelta(days=1)})
    assert later.written == later.model_dump_json() != answer.written
    assert run.model_copy(update={"answers": {"q": later}}).last_at == later.at
    assert run.model_copy(update={"answers": {}}).written.count("options") == 0
    assert answer == Answer(options=("a",), at=NOW)


def test_damage_is_told_whatever_is_remembered() -> None:
    text = dump(Chat(consent=datetime(2026, 1, 1, tzinfo=UTC)))
    assert load(text) == read(text)
    for damaged in (text[:-1], text.replace("schema_version", "x"), "", "[]"):
        with pytest.raises(ValueError, match=r".*"):
            load(damaged)
    assert len(chats._RECENT._young) <= chats.RECENT


def mutated(chance: random.Random) -> dict[str, Any]:
    """A tap with one or two places replaced, removed or added."""
    rubbish: list[Any] = [
        None,
        True,
        False,
        0,
        1,
        -1,
        ANN,
        BOB,
        2**63,
        2**63 - 1,
        1.0,
        7.5,
        "",
        "7",
        "\ud800",
    ]
    rubbish += ["\u00e9", "private", "group", "x" * 300, [], {}, [[]], private(BOB), user(BOB)]
    raw: dict[str, Any] = copy.deepcopy(tap(data="1:x"))
    for _ in range(chance.choice([1, 1, 2])):
        node = raw if chance.random() < 0.2 else raw["callback_query"]
        while isinstance(node, dict) and node and chance.random() < 0.6:
            inner = chance.choice(list(node.values()))
            if not isinstance(inner, dict):
                break
            node = inner
        keys = [key for key in node if key not in ("update_id", "callback_query")]
        key = chance.choice([*keys, "message", "edited_message", "from", "data", "chat", "type"])
        if chance.random() < 0.2:
            node.pop(key, None)
        else:
            node[key] = chance.choice(rubbish)
        if not isinstance(raw.get("callback_query"), dict):
            break
    return raw


def test_a_tap_read_the_short_way_is_the_one_read_the_long_way() -> None:
    reader, chance, short = Reader("milia_bot", {"start"}), random.Random(8), 0
    samples = [tap(data="1:x"), tap(data=None), tap(data="1:x", message=None), message(text="x")]
    samples += [tap(data="1:x", chat=private(BOB)), tap(data="\u00e9"), tap(data="\ud800")]
    for raw in (*samples, *(mutated(chance) for _ in range(20_000))):
        quick, slow = reader.read_one(raw), reader.fresh(raw)
        assert quick == slow, raw
        assert quick.raw is slow.raw
        short += quick.event is not None
    assert 1000 < short < 19_000
