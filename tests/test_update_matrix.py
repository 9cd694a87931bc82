"""Every kind of update in every state of the talk: an answer each time, and always a way on."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from phone import Came, House, Phone, a_way_on, answer, begun, walked
from routes import longest_route, routes_to_all
from telegram.constants import MessageAttachmentType
from toy import toy

from bot.handlers import MEDIA
from bot.polling import KINDS
from dialogs.buttons import parse
from dialogs.content import Content

MANY_DAYS = 100
SOMEBODY_ELSE = 8
NEVER_SENT = {MessageAttachmentType.PASSPORT_DATA, MessageAttachmentType.SUCCESSFUL_PAYMENT}
"""Come only to bots that ask for passports or money."""
SENT = sorted({*MessageAttachmentType, "checklist", "giveaway", "giveaway_winners"} - NEVER_SENT)
"""What people can send or forward, as the library lists it, which we do not."""
NOBODY_SAYS = "qwxz vfgh jkpl"
Update = Callable[[Phone], Came]
States = Mapping[str, Phone]

WORDS = {
    "nonsense": NOBODY_SAYS,
    "nothing": "",
    "a blank": " ",
    "invisible characters": "\u200b\u2060",
    "half a character": "\ud83d",
    "a number": "3",
    "an emoji": "\N{SLIGHTLY SMILING FACE}",
    "a huge text": "x" * 4096,
    "a huge text of words": "milia " * 682,
    "another script": "\u0645\u0631\u062d\u0628\u0627",
    "a greeting": "hello",
    "a side question": "what are milia?",
    "an unknown command": "/weather",
    "a lonely slash": "/",
    "a start with a word behind it": "/start ref-42",
    "a command for this bot by name": "/help@milia_bot",
    "words of danger": "my eye hurts",
    "words of a crisis": "i want to kill myself",
}
BODIES: Mapping[str, Mapping[str, Any]] = {
    "a photo with words": {"photo": [{}], "caption": "this is it"},
    "a photo with danger under it": {"photo": [{}], "caption": "my eye hurts"},
    "a forwarded text": {"text": NOBODY_SAYS, "forward_origin": {"type": "hidden_user"}},
    "a forwarded photo": {"photo": [{}], "forward_origin": {"type": "hidden_user"}},
    "a reply to a message": {"text": NOBODY_SAYS, "reply_to_message": {"message_id": 1}},
    "a video sent by another bot's help": {"video": {}, "via_bot": {"id": 5}},
}
FORGED = {
    "rubbish": "rubbish",
    "no data": "",
    "another version": "0:~::0:@consent",
    "another person's run": "1:zzzzzzzz:{question}:1:{option}",
    "a question there is not": "1:{run}:nothing:1:none",
    "an option there is not": "1:{run}:{question}:1:nothing",
    "an asking that never was": "1:{run}:{question}:999:{option}",
    "an action there is not": "1:{run}::0:@nothing",
    "a confirmation never asked for": "1:{run}:{question}:7:!{option}",
    "a tick on what has no ticks": "1:{run}:{question}:1:={option}",
    "too long": "1:" + "x" * 62,
}


@pytest.fixture(scope="module")
def house(content: Content) -> House:
    return House(content)


@pytest.fixture(scope="module")
def states(house: House, tmp_path_factory: pytest.TempPathFactory) -> States:
    toys = House(toy(tmp_path_factory.mktemp("toys") / "content"))
    built = {
        "never seen": Phone(house),
        "welcomed": welcomed(house),
        "a less careful answer is being confirmed": confirming(house),
        "the answers are on a card to change": over(house, "/change"),
        "ticks are half set": half_ticked(toys),
        "the plan is there": over(house),
        "the plan is there and the reasons were read": over(house, "/why"),
        "somebody is asked whether to delete all": over(house, "/forget"),
        "the safety answers are too old": expired(house),
        "quiet after a crisis, half-way": quiet(begun(house)),
        "quiet after a crisis, with a plan": quiet(over(house)),
        "all is deleted": forgotten(house),
        "away for long": away(house),
    }
    for question, before in routes_to_all(house.questions).items():
        built[f"{question} is open"] = typed(house, before)
    return built


def welcomed(house: House) -> Phone:
    phone = Phone(house)
    phone.say("/start")
    return phone


def typed(house: House, answers: Mapping[str, tuple[str, ...]]) -> Phone:
    """Answered in words where words are taken, so that there is something to edit."""
    phone = begun(house)
    for question, options in answers.items():
        phone.say(house.questions[question].options[options[0]])
        if question not in phone.answers():
            answer(phone, question, options)
    return phone


def over(house: House, *then: str) -> Phone:
    phone = walked(house, dict(longest_route(house.questions)))
    for text in then:
        phone.say(text)
    return phone


def confirming(house: House) -> Phone:
    """An answer on the safest side, and a tap on the least safe one."""
    name = next(
        n for n, q in reversed([*house.questions.items()]) if q.safer_first and not q.several
    )
    phone = walked(house, dict(routes_to_all(house.questions)[name]))
    safest, *_, least = house.questions[name].safer_first
    data = phone.find(least, name)
    phone.choose(safest, name)
    assert phone.tap(data).pages[-1] == ("confirm-less-safe",)
    return phone


def half_ticked(house: House) -> Phone:
    name = next(name for name, question in house.questions.items() if question.several)
    phone = walked(house, dict(routes_to_all(house.questions)[name]))
    phone.choose(next(iter(house.questions[name].options)), name)
    assert phone.chat is not None
    assert phone.chat.ticks
    return phone


def expired(house: House) -> Phone:
    phone = over(house)
    phone.wait(days=MANY_DAYS)
    assert "recheck" in str(phone.say("/routine").pages)
    return phone


def quiet(phone: Phone) -> Phone:
    phone.say("i want to kill myself")
    assert phone.chat is not None
    assert phone.chat.quiet
    return phone


def forgotten(house: House) -> Phone:
    phone = over(house, "/forget")
    phone.choose("forget")
    assert phone.stored is None
    return phone


def away(house: House) -> Phone:
    phone = walked(house, dict(routes_to_all(house.questions)[list(house.questions)[-1]]))
    phone.wait(days=9)
    return phone


def failing(states: States, update: Update, good: Callable[[Phone, Phone, Came], bool]) -> set[str]:
    """The states in which an update does not come to what is wanted."""
    found = set()
    for name, phone in states.items():
        twin = phone.fork()
        came = update(twin)
        if not good(phone, twin, came):
            found.add(name)
    return found


def replied(before: Phone, after: Phone, came: Came) -> bool:
    """Something readable came, and there is a way on."""
    return all(m.text.strip() for m in came.messages) and bool(came.messages) and a_way_on(after)


def kept(before: Phone, after: Phone, came: Came) -> bool:
    return replied(before, after, came) and before.answers() == after.answers()


def answered(before: Phone, after: Phone, came: Came) -> bool:
    """The spinner on the button ends, with a word or something to see, and there is a way on."""
    seen = came.toast or came.messages or after.stored != before.stored
    return came.incoming.callback_id == "99" and bool(seen) and a_way_on(after)


def refused(before: Phone, after: Phone, came: Came) -> bool:
    """The tap is told that it does not count, and no answer has changed."""
    return (
        answered(before, after, came) and bool(came.toast) and before.answers() == after.answers()
    )


def silent(before: Phone, after: Phone, came: Came) -> bool:
    """Nothing is said, nothing is changed, and what was there still leads on."""
    return not came.messages and before.stored == after.stored and a_way_on(after)


def saying(text: str) -> Update:
    return lambda phone: phone.say(text)


def sending(what: str) -> Update:
    return lambda phone: phone.message(**{what: {}})


def editing(text: str) -> Update:
    """An edit of a message that gave no answer."""
    return lambda phone: phone.edit(text, 100_000)


# --- messages ---


@pytest.mark.parametrize("name", WORDS)
def test_any_words_get_a_reply_and_a_way_on(name: str, states: States) -> None:
    assert failing(states, saying(WORDS[name]), replied) == set()


@pytest.mark.parametrize("name", [name for name in WORDS if name != "words of danger"])
def test_words_that_are_no_answer_change_no_answer(name: str, states: States) -> None:
    assert failing(states, saying(WORDS[name]), kept) == set()


def test_words_of_danger_never_make_an_answer_less_safe(house: House, states: States) -> None:
    for name, phone in states.items():
        twin = phone.fork()
        assert twin.say("my eye hurts").messages[0].kind == "safety", name
        for question, options in twin.answers().items():
            before = phone.answers().get(question, options)
            asked = twin.house.questions[question]
            assert options == before or not asked.less_safe(before, options), name


@pytest.mark.parametrize("what", MEDIA)
def test_any_kind_of_media_gets_a_reply_and_a_way_on(what: str, states: States) -> None:
    assert failing(states, sending(what), kept) == set()


@pytest.mark.parametrize("what", SENT)
def test_what_telegram_calls_an_attachment_gets_a_reply_and_a_way_on(
    what: str, states: States
) -> None:
    assert failing(states, sending(what), kept) == set()


@pytest.mark.parametrize("name", BODIES)
def test_what_is_forwarded_or_has_words_with_it_gets_a_reply(name: str, states: States) -> None:
    assert failing(states, lambda phone: phone.message(**BODIES[name]), kept) == set()


def test_every_command_and_every_word_for_it_gets_a_reply_in_every_state(
    house: House, states: States
) -> None:
    for name, command in house.content.commands.items():
        for text in (f"/{name}", f"/{name.upper()}", *command.hear):
            assert failing(states, saying(text), replied) == set(), text


def test_the_label_of_an_option_is_an_answer_wherever_its_question_is_open(
    house: House, states: States
) -> None:
    for name, question in house.questions.items():
        for option, label in question.options.items():
            twin = states[f"{name} is open"].fork()
            came = twin.say(label)
            assert replied(twin, twin, came)
            assert question.several or twin.answers()[name] == (option,)


def test_to_type_what_is_ticked_already_is_answered_too(states: States) -> None:
    phone = states["ticks are half set"].fork()
    assert phone.chat is not None
    assert phone.asked is not None
    (ticked,) = phone.chat.ticks[phone.asked.name]
    assert replied(phone, phone, phone.say(phone.asked.options[ticked]))


def test_what_is_not_understood_stands_above_the_open_question(states: States) -> None:
    for name, phone in states.items():
        if name.endswith(" is open"):
            twin = phone.fork()
            assert twin.say(NOBODY_SAYS).messages[-1].card, name
            assert twin.message(sticker={}).messages[-1].card, name


# --- taps ---


def test_a_tap_on_the_newest_keyboard_does_something_on_each_of_its_buttons(
    states: States,
) -> None:
    for name, phone in states.items():
        for data in phone.keyboard():
            twin = phone.fork()
            assert answered(phone, twin, twin.tap(data)), f"{name}: {data}"


def test_every_button_still_on_the_screen_is_answered(states: States) -> None:
    for name, phone in states.items():
        for number, data in phone.shown():
            twin = phone.fork()
            came = twin.tap(data, number)
            assert came.incoming.callback_id == "99"
            assert a_way_on(twin), f"{name}: {data}"


def test_a_second_tap_on_any_button_changes_nothing_more(states: States) -> None:
    for name, phone in states.items():
        for data in phone.keyboard():
            twin = phone.fork()
            number = next(n for n, d in reversed(twin.shown()) if d == data)
            twin.tap(data, number)
            once = twin.stored
            came = twin.tap(data, number)
            assert twin.stored == once, f"{name}: {data}"
            assert came.incoming.callback_id == "99"


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_tap_is_refused_in_every_state(name: str, states: States) -> None:
    assert failing(states, lambda phone: phone.tap(forge(phone, FORGED[name])), refused) == set()


def forge(phone: Phone, data: str) -> str:
    """Data that fits the open question but for one thing."""
    chat, first = phone.chat, next(iter(phone.house.questions.values()))
    question = phone.asked if phone.asked and not phone.asked.several else first
    run = chat.run.id if chat and chat.run else "zzzzzzzy"
    return data.format(run=run, question=question.name, option=next(iter(question.options)))


def test_a_tap_by_somebody_else_changes_nothing(states: States) -> None:
    for name, phone in states.items():
        for data in phone.keyboard():
            twin = phone.fork()
            came = twin.tap(data, person=SOMEBODY_ELSE)
            assert came.incoming.foreign, name
            assert came.incoming.callback_id == "99"
            assert twin.stored == phone.stored


def test_a_tap_from_an_earlier_run_is_refused(house: House) -> None:
    phone = over(house, "/start")
    phone.choose("start-over")
    old = [data for _, data in phone.shown() if (p := parse(data)) and p.question]
    old = [data for data in old if not is_run(phone, data)]
    assert len(old) > 1
    for data in old:
        twin = phone.fork()
        came = twin.tap(data)
        assert refused(phone, twin, came), data
        assert came.toast == house.toast("stale")
        assert came.messages[-1].card


def is_run(phone: Phone, data: str) -> bool:
    press = parse(data)
    return bool(press and phone.chat and phone.chat.run and press.run == phone.chat.run.id)


def test_a_button_without_data_or_message_is_answered(house: House) -> None:
    for query in ({"id": "99", "from": {"id": 7}}, {"id": "99", "from": {"id": 7}, "data": "x"}):
        assert Phone(house).receive({"callback_query": query}).incoming.callback_id == "99"


# --- edits, and what is not for us ---


def test_an_edit_of_the_message_that_gave_an_answer_is_answered(
    house: House, states: States
) -> None:
    edited = 0
    for name, phone in states.items():
        for question, given in phone.given().items():
            if given.message_id is None or phone.house is not house:
                continue
            for option, label in house.questions[question].options.items():
                twin = phone.fork()
                came = twin.edit(label, given.message_id)
                same = (option,) == given.options
                assert same or replied(phone, twin, came), f"{name}: {question} to {option}"
                edited += 1
    assert edited > 20


def test_an_edit_of_the_message_that_gave_an_answer_to_nonsense_is_not_silent(
    states: States,
) -> None:
    phone = next(p for n, p in states.items() if n.endswith(" is open") and has_typed(p))
    number = next(a.message_id for a in phone.given().values() if a.message_id)
    twin = phone.fork()
    assert kept(phone, twin, twin.edit(NOBODY_SAYS, number))


def has_typed(phone: Phone) -> bool:
    return any(given.message_id for given in phone.given().values())


def test_an_edit_of_any_other_message_changes_no_answer_and_that_is_said(states: States) -> None:
    for text in (NOBODY_SAYS, "hello", "no"):
        assert failing(states, editing(text), kept) == set()


def test_an_edit_of_a_message_that_gave_no_answer_corrects_none_whatever_it_says(
    house: House, states: States
) -> None:
    for name, phone in states.items():
        for question in phone.answers() if phone.house is house else ():
            for label in house.questions[question].options.values():
                twin = phone.fork()
                twin.edit(label, 100_000)
                assert twin.answers() == phone.answers(), f"{name}: {label}"


def test_an_edit_of_the_words_under_a_photo_changes_no_answer_and_that_is_said(
    states: States,
) -> None:
    def update(phone: Phone) -> Came:
        phone.message(photo=[{}], caption="this is it")
        return phone.edit("no", phone.newest, "caption")

    assert failing(states, update, kept) == set()


def test_danger_in_an_edit_is_heard_in_every_state(states: States) -> None:
    def alarmed(before: Phone, after: Phone, came: Came) -> bool:
        return kept(before, after, came) and came.messages[0].kind == "safety"

    assert failing(states, editing("my eye hurts"), alarmed) == set()


def test_blocking_and_unblocking_is_heard_and_changes_no_answer(states: States) -> None:
    assert "my_chat_member" in KINDS
    change = {"my_chat_member": {"new_chat_member": {"status": "kicked"}}}
    assert failing(states, lambda phone: phone.receive(change), silent) == set()


def test_a_service_message_is_silent_and_changes_nothing(states: States) -> None:
    for kind in ("pinned_message", "message_auto_delete_timer_changed", "write_access_allowed"):
        assert failing(states, sending(kind), silent) == set()
