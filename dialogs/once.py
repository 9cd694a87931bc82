"""An attribute of a frozen record that is worked out once, at first use."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

_T = TypeVar("_T")


class once(Generic[_T]):  # noqa: N801 - reads like `property`
    """Like `functools.cached_property`, without its lock: two threads find the same value.

    It is kept among the record's values, where the next look finds it without coming here.
    """

    def __init__(self, work_out: Callable[[Any], _T]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, record: None, owner: type) -> Self: ...

    @overload
    def __get__(self, record: object, owner: type) -> _T: ...

    def __get__(self, record: object | None, owner: type) -> _T | Self:
        if record is None:
            return self
        value = self._work_out(record)
        vars(record)[self._name] = value
        return value
