"""Reading typed values out of plain JSON, with a sentence that names the key and the place where one is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, TypeVar

from .clean import clean_text
from .errors import BadRow, MagentoError, NotUnderstood

T = TypeVar("T")
LARGEST = Decimal(10) ** 12
LARGEST_ID = 2**31 - 1
HIGHEST_RATE = 1000
QUANTUM = Decimal("0.0001")
ZERO = Decimal(0)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,18}(?:\.0*)?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)
# Python 3.10 reads neither Z nor an offset without a colon.
_ZONE = re.compile(r"([+-]\d\d)(\d\d)$", re.ASCII)
_LONGEST_NUMBER = 60
ADVICE = "look at it in Magento; a module of the shop may change what the API answers"


class Fields:
    """One struct of an answer. ``where`` begins the sentences, e.g. ``"order 100000001, item 3 (SKU X): "``.

    Magento leaves things out in four ways, which all read as absent here: no key, null, an empty text, an empty array.
    """

    __slots__ = ("data", "where")

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, dict):
            raise NotUnderstood(f"{where}is {shown(data)}, a struct was expected", ADVICE)
        self.data: dict[str, Any] = data
        self.where = where

    def wrong(self, key: str, expected: str) -> NotUnderstood:
        """The error for what stands under ``key``."""
        if key not in self.data:
            return NotUnderstood(f"{self.where}{key} is missing", ADVICE)
        return NotUnderstood(f"{self.where}{key} is {shown(self.data[key])}, {expected} was expected", ADVICE)

    def has(self, key: str) -> bool:
        """Whether the key was sent, be it null."""
        return key in self.data

    def text(self, key: str) -> str | None:
        """Text, or None when absent; a number counts as text, for SKUs and postcodes may be numbers."""
        value = self.data.get(key)
        if value is None or value == [] or value == {}:
            return None
        if isinstance(value, str):
            return clean_text(value) if value.strip() else None
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e18:
            return str(value)
        raise self.wrong(key, "a text")

    def required_text(self, key: str) -> str:
        """Text that must be there."""
        value = self.text(key)
        if value is None:
            raise self.wrong(key, "a text")
        return value

    def amount(self, key: str) -> Decimal | None:
        """A number up to 10^12 either way, or None when absent."""
        value = self.data.get(key)
        if value is None or value == "" or value == [] or value == {} or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise self.wrong(key, "a number")
        text = value.strip() if isinstance(value, str) else repr(value) if isinstance(value, float) else ""
        if isinstance(value, int) and abs(value) <= LARGEST:
            return Decimal(value)
        if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
            raise self.wrong(key, "a number" if not isinstance(value, int) else "a possible amount")
        number = Decimal(text)
        if abs(number) > LARGEST or (number.adjusted() < -20 and number):
            raise self.wrong(key, "a possible amount")
        return number

    def number(self, key: str, default: Decimal = ZERO) -> Decimal:
        """A number; ``default`` when absent."""
        value = self.amount(key)
        return default if value is None else value

    def required_number(self, key: str) -> Decimal:
        """A number that must be there."""
        value = self.amount(key)
        if value is None:
            raise self.wrong(key, "a number")
        return value

    def quantity(self, key: str, *, required: bool = False) -> Decimal:
        """A number that is not negative, with at most four decimals: Magento keeps no more."""
        value = self.required_number(key) if required else self.number(key)
        if value < 0:
            raise self.wrong(key, "a quantity that is not negative")
        if value % QUANTUM:
            raise self.wrong(key, "a quantity with at most four decimals")
        return value

    def rate(self, key: str) -> Decimal:
        """A tax rate in percent, 0 when absent."""
        value = self.number(key)
        if not 0 <= value <= HIGHEST_RATE:
            raise self.wrong(key, f"a tax rate from 0 to {HIGHEST_RATE} %")
        return value

    def integer(self, key: str) -> int | None:
        """A whole number that fits a database's integer, or None when absent."""
        value = self.data.get(key)
        if value is None or value == [] or value == {} or (isinstance(value, str) and not value.strip()):
            return None
        number = self._integer(value)
        if number is None or abs(number) > LARGEST_ID:
            raise self.wrong(key, "a whole number")
        return number

    @staticmethod
    def _integer(value: Any) -> int | None:
        if isinstance(value, int):
            return int(value)
        if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
            return int(value.strip().partition(".")[0])
        return None

    def required_integer(self, key: str) -> int:
        """A whole number that must be there."""
        value = self.integer(key)
        if value is None:
            raise self.wrong(key, "a whole number")
        return value

    def id(self, key: str) -> int | None:
        """An identifier, or None when absent or 0, which is how some columns of Magento say "none"."""
        value = self.integer(key)
        if value is not None and value < 0:
            raise self.wrong(key, "an identifier")
        return value or None

    def required_id(self, key: str) -> int:
        """An identifier that must be there."""
        value = self.id(key)
        if value is None:
            raise self.wrong(key, "an identifier")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """A boolean, which comes as 0, 1, 2 (Magento's "not applicable"), '0', '1' or a boolean."""
        value = self.data.get(key)
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in ("true", "false"):
            return value.strip().lower() == "true"
        number = self.integer(key)
        return default if number is None else number == 1

    def moment(self, key: str) -> datetime | None:
        """A time, in UTC as Magento stores it: plain, or ISO 8601 with an offset. None when absent or all zeros."""
        value = self.text(key)
        if value is None or value.startswith("0000-00-00"):
            return None
        try:
            if not _MOMENT.fullmatch(value.strip()):
                raise ValueError
            found = datetime.fromisoformat(_ZONE.sub(r"\1:\2", value.strip().replace("Z", "+00:00")))
            return found.replace(tzinfo=timezone.utc) if found.tzinfo is None else found.astimezone(timezone.utc)
        except (ValueError, OverflowError):
            raise self.wrong(key, "a date and time") from None

    def required_moment(self, key: str) -> datetime:
        """A time that must be there."""
        value = self.moment(key)
        if value is None:
            raise self.wrong(key, "a date and time")
        return value

    def structs(self, key: str, *, required: bool = False) -> list[Any]:
        """A list; empty when absent."""
        value = self.data.get(key)
        if isinstance(value, list):
            return value
        if (value is None or value == {} or (isinstance(value, str) and not value.strip())) and not required:
            return []
        raise self.wrong(key, "a list")

    def struct(self, key: str) -> Any | None:
        """What stands under ``key``, None if that is one of the forms of nothing."""
        value = self.data.get(key)
        if value is None or value == [] or value == {} or (isinstance(value, str) and not value.strip()):
            return None
        return value

    def ids(self, key: str) -> tuple[int, ...]:
        """A list of identifiers, or a comma-separated text of them."""
        value = self.data.get(key)
        items: Iterable[Any] = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
        numbers = [self._integer(item) for item in items if item not in ("", "\n")]
        if any(number is None or not 0 <= number <= LARGEST_ID for number in numbers):
            raise self.wrong(key, "a list of identifiers")
        return tuple(number for number in numbers if number is not None)


def shown(value: Any) -> str:
    """``value`` for a sentence: short, on one line."""
    if isinstance(value, dict):
        return f"a struct of {len(value)} keys"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None:
        return "empty"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**40:
        return "a number of more than 40 digits"
    text = clean_text(str(value)[:200]).replace("\n", " ")
    text = text if len(text) <= 60 else text[:59] + "…"
    return f"'{text}'" if isinstance(value, str) else text


def rows(answer: Any, method: str) -> list[Any]:
    """The rows of a list method; empty answers come in several forms."""
    if isinstance(answer, list):
        return answer
    if answer is None or answer == {} or (isinstance(answer, str) and not answer.strip()):
        return []
    raise NotUnderstood(f"Magento answered {method} with {shown(answer)}, a list was expected", ADVICE)


def each(answer: Any, method: str, parse: Callable[[Fields], Any]) -> list[Any]:
    """Every row of a list method, through ``parse``."""
    return [parse(Fields(row, f"{method}, row {number}: ")) for number, row in enumerate(rows(answer, method), 1)]


def lenient(read: Callable[[str], T | None], key: str) -> T | None:
    """What a method of :class:`Fields` reads, for a value that only informs: None where it makes no sense."""
    try:
        return read(key)
    except NotUnderstood:
        return None


def record(row: Any, method: str, field: str, parse: Callable[[Fields], T]) -> T | BadRow:
    """A row of a list as a record, or the error that stands in its place: one odd row does not stop a list.

    :param field: Magento's own id of the row, for the sentence
    """
    number, shown_number = row_id(row, field), row.get(field) if isinstance(row, dict) else None
    where = f"{method}, {field} {number or shown(shown_number)}: "
    try:
        return parse(Fields(row, where))
    except NotUnderstood as error:
        seen = lenient(Fields(row, where).text, "increment_id") if isinstance(row, dict) else None
        return BadRow(error.what, error.advice, number, seen)


def without_odd(rows: Iterable[T | BadRow], odd: list[BadRow] | None = None) -> Iterator[T]:
    """The rows of a list that are records; the others are put into ``odd``, if that is given."""
    for row in rows:
        if not isinstance(row, BadRow):
            yield row
        elif odd is not None:
            odd.append(row)


def parsed(answer: Any, parse: Callable[[Any], T]) -> T | MagentoError:
    """An answer as a record, or the error that stands for it or that reading it brings about."""
    if isinstance(answer, MagentoError):
        return answer
    try:
        return parse(answer)
    except NotUnderstood as error:
        return error


def row_id(row: Any, field: str) -> int | None:
    """Magento's own id of a row, None where it has none."""
    try:
        return Fields(row, "").id(field)
    except NotUnderstood:
        return None
