"""The small talk of the contestants: a consent and seven questions, each with three buttons."""

WELCOME = "Hello. I ask seven short questions and keep the answers. May I?"
QUESTIONS = (
    "Who is this for?",
    "Is anything sore, bleeding or growing?",
    "What do the bumps look like?",
    "Where are the bumps?",
    "How long have they been there?",
    "Do you pick or squeeze them?",
    "What would you like to do?",
)
READY = "Thank you. Send /routine for your routine."
ROUTINE = "Your routine.\nMorning: wash, sunscreen.\nEvening: wash, moisturiser.\nAvoid: picking."
OPTIONS = ("yes", "no", "unsure")
LABELS = {"yes": "Yes, I think so", "no": "No, not at all", "unsure": "I am not sure"}
ASKED = (WELCOME, *QUESTIONS)
"""What has buttons below it, in the order of the talk."""


def buttons(number: int) -> list[tuple[str, str]]:
    """Give label and data of the buttons below a question."""
    return [(LABELS[option], f"{number}:{option}") for option in OPTIONS]
