"""Single steps of somebody who does exactly what a test wants."""

from people import asked, buttons, until

from faults.persons import Person
from faults.town import Town


async def begun(town: Town) -> Person:
    """Somebody new, before the first question."""
    person = town.person()
    town.server.say(person.number, "/start")
    await until(lambda: bool(buttons(town.server, person.number)))
    tap(town, person, "consent")
    await until(lambda: asked(town.server, person.number) != "")
    return person


def tap(town: Town, person: Person, option: str) -> None:
    """Tap a button of the newest keyboard."""
    for message_id, press, button in buttons(town.server, person.number):
        if press.option == option:
            town.server.tap(person.number, data=button["callback_data"], message_id=message_id)
            return
    raise AssertionError(f"no button {option}")
