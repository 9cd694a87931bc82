"""Content as it may be after the next deploy: a question or an option gone, come, or renamed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from dialogs.content import Content
from dialogs.pages import Question

Change = Callable[[Content], Content]
FLOW = "intake"


def _with(content: Content, questions: Mapping[str, Question]) -> Content:
    return replace(content, flows={**content.flows, FLOW: questions})


def without(name: str) -> Change:
    """A question is removed."""

    def change(content: Content) -> Content:
        flow = content.flows[FLOW]
        return _with(content, {n: page for n, page in flow.items() if n != name})

    return change


def renamed(name: str, option: str, new: str | None) -> Change:
    """An option is renamed, label and all the rest as before; or removed (None)."""

    def swapped(old: str) -> list[str]:
        return [old] if old != option else [new] if new else []

    def change(content: Content) -> Content:
        flow = content.flows[FLOW]
        page = flow[name]
        values = {
            "options": {n: text for o, text in page.options.items() for n in swapped(o)},
            "safer_first": tuple(n for o in page.safer_first for n in swapped(o)),
            "reply": {n: said for o, said in page.reply.items() for n in swapped(o)},
            "counts_as": {
                n: a for o, b in page.counts_as.items() for n in swapped(o) for a in swapped(b)
            },
            "alone": tuple(n for o in page.alone for n in swapped(o)),
        }
        return _with(content, {**flow, name: page.model_copy(update=values)})

    return change


def added(before: str) -> Change:
    """A question is added, for everybody, with options that others have too."""

    def change(content: Content) -> Content:
        flow = content.flows[FLOW]
        like = flow[before].model_dump() | {"name": "newly", "when": (), "unless": ()}
        new = Question.model_construct(**like)
        pages = [((("newly", new),) if name == before else ()) for name in flow]
        merged: dict[str, Question] = {}
        for more, (name, page) in zip(pages, flow.items(), strict=True):
            merged |= {**dict(more), name: page}
        return _with(content, merged)

    return change


def all_at(content: Content, asked: str, given: Mapping[str, tuple[str, ...]]) -> Iterator[Change]:
    """Every change that may meet somebody who has given these answers and is asked this."""
    for name in (*given, asked):
        yield without(name)
        yield added(name)
        page = content.flows[FLOW][name]
        for option in given.get(name, tuple(page.options)[:1]):
            yield renamed(name, option, "renamed")
            if len(page.options) > 2:
                yield renamed(name, option, None)
