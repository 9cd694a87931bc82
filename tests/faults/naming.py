"""Names for database statements, by what they do and to which table."""

import re
from functools import cache

_COMMENT = re.compile(r"--[^\n]*")
_SPACE = re.compile(r"\s+")
_SIMPLE = re.compile(r"(?:begin(?: immediate)?|commit|rollback to|rollback|savepoint|release)\b")
_SHAPES = (
    re.compile(r"^(insert) (?:or \w+ )?into (\w+)"),
    re.compile(r"^(replace) into (\w+)"),
    re.compile(r"^(update) (\w+)"),
    re.compile(r"^(delete) from (\w+)"),
    re.compile(r"^(pragma) (\w+)"),
    re.compile(r"^(set) (?:local )?(\w+)"),
    re.compile(r"^(create|alter|drop|vacuum|copy|analyze|lock|notify|listen)\b ?(?:table )?(\w*)"),
    re.compile(r"^(select) (pg_\w+)\("),
    re.compile(r"\b(update|delete from|insert into) (\w+)"),
    re.compile(r"\b(select)\b.*?\bfrom (\w+)"),
)


@cache
def name_of(statement: str) -> str:
    """Name a statement: "insert applied", "begin immediate", "select chats for update"."""
    text = _SPACE.sub(" ", _COMMENT.sub("", statement)).strip().lower().rstrip(";")
    if ";" in text:
        return "migration"
    if simple := _SIMPLE.match(text):
        return simple[0]
    for shape in _SHAPES:
        if found := shape.search(text):
            locks = " for update" if " for update" in text else ""
            return f"{found[1]} {found[2]}{locks}".strip()
    return text[:40]
