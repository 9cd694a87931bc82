"""Whether a text asks something, puts something right, or does neither."""

import re

_ASKS = re.compile(
    r"^(?:(?:and|but|so|ok|okay|well|hi|hello|hey|hold on|wait|sorry|please|hmm|um|also|then) )*"
    r"(?:what|whats|why|how|hows|when|whens|where|wheres|which|who|whos|whose|can|could|should|"
    r"shall|will|would|is|are|do|does|did|am|has|have you|isnt|arent|dont you|may i|must|tell me|"
    r"explain|any idea|any chance|i wonder|wondering|do you|give me|show me|need to know|"
    r"id like to know|i want to know|can someone)\b"
)
_INSIDE = re.compile(
    r"\b(?:how (?:do|does|can|long|much|many|often|should)|what (?:is|are|does|do|if|happens|about)|"  # noqa: E501
    r"can (?:i|you|they|it|we)|should i|is (?:it|that|this) (?:ok|okay|safe|normal|true|bad|good|any)|"  # noqa: E501
    r"do (?:i|they|you) (?:need|have|really|always|come|go)|does (?:it|that|this)|"
    r"why (?:do|does|is|are)|could (?:it|this|my|that|you)|is there|are there|tell me)\b"
)
_PUTS_RIGHT = re.compile(
    r"\b(?:actually|i meant|i mean|meant to|i said|i (?:put|chose|tapped|clicked|pressed|picked|"
    r"selected|answered|told you|wrote|typed)|my mistake|mistake|by mistake|wrong (?:button|one|answer|"  # noqa: E501
    r"thing|option)|got (?:that|it) wrong|oops|sorry|correction|correct (?:that|my)|scratch that|"
    r"change (?:that|my|it)|changed my mind|going back|go back to|previous(?:ly)?|"
    r"should have (?:said|mentioned|told|put)|shouldve|forgot to (?:say|mention|tell)|i lied|"
    r"not quite right|wait|on second thoughts?|now i (?:look|see|touch|"
    r"think|remember)|looking (?:again|closer|in the mirror)|just (?:saw|noticed|realised|realized|"
    r"remembered|checked|found)|turns out|you asked|last question|first question|hold on|"
    r"by the way|btw)\b"
)


def asks(text: str, spelt: str) -> bool:
    """Whether a text is, or holds, a question."""
    return text.rstrip().endswith("?") or bool(_ASKS.match(spelt) or _INSIDE.search(spelt))


def puts_right(spelt: str) -> bool:
    """Whether a text has words by which people take back what they said."""
    return _PUTS_RIGHT.search(spelt) is not None
