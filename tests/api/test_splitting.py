"""Windows, batches and reading ahead, against lists and servers that are made up here."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magento_api.batches import HOPELESS, Batches, Pace, in_chunks, in_parallel
from magento_api.errors import MagentoError, NotFound, TimedOut, TooBig, Unreachable
from magento_api.reader import Question, Reader
from magento_api.windows import LAST_ID, Walk


class List:
    """A list of Magento: ids, how many rows it answers before it dies, how often it was asked."""

    def __init__(self, ids: Sequence[int], limit: int = 10**9) -> None:
        self.ids = ids
        self.limit = limit
        self.asked: list[dict[str, str]] = []
        self.most = 0

    def fetch(self, filters: dict[str, Any]) -> list[dict[str, Any]]:
        where = filters.get("id", {})
        self.asked.append(where)
        low = int(where.get("from", int(where.get("gt", -1)) + 1))
        rows = [{"id": i} for i in self.ids if low <= i <= int(where.get("to", LAST_ID))]
        if len(rows) > self.limit:
            raise TooBig("died")
        self.most = max(self.most, len(rows))
        return rows[::-1]  # in no order

    def walk(self, after: int = 0, *, few: bool = False) -> list[int]:
        walk = Walk(self.fetch, lambda row: int(row["id"]), "id", {}, after)
        return [row["id"] for row in walk.all(few_expected=few)]


@given(
    st.lists(st.integers(1, LAST_ID) | st.integers(1, 5000), max_size=60, unique=True),
    st.integers(0, 6000),
    st.integers(1, 50),
    st.booleans(),
)
def test_every_row_once_and_in_order(ids: list[int], after: int, limit: int, few: bool) -> None:
    assert List(ids, limit).walk(after, few=few) == sorted(i for i in ids if i > after)


def test_requests_of_a_walk() -> None:
    assert len((quiet := List([])).asked) == 0
    assert quiet.walk(few=True) == []
    assert len(quiet.asked) == 1
    small = List(range(1, 126))
    small.walk()
    assert len(small.asked) == 6
    shop = List(range(1, 10_001), limit=2000)
    assert len(shop.walk()) == 10_000
    assert len(shop.asked) == 25
    late = List(range(900_000, 900_700), limit=800)
    late.walk()
    assert len(late.asked) == 5
    gap = List([1, *range(2_000, 22_000)])
    assert len(gap.walk()) == 20_001
    assert gap.most <= 4000, "what is behind a gap does not come all at once"


def test_a_large_shop_with_a_gap() -> None:
    """The open-ended query dies, so the gap is crossed by windows that double."""
    shop = List(range(1_000_000, 1_010_000), limit=1000)
    assert len(shop.walk(few=True)) == 10_000
    assert len(shop.asked) < 60


def test_a_server_that_always_dies_is_not_asked_for_ever() -> None:
    shop = List(range(1, 1000), limit=0)
    with pytest.raises(TooBig):
        shop.walk()
    assert len(shop.asked) < 15


def test_other_errors_end_a_walk() -> None:
    def fetch(_filters: dict[str, Any]) -> list[dict[str, Any]]:
        raise Unreachable("down")

    with pytest.raises(Unreachable):
        list(Walk(fetch, lambda row: 1, "id", {}).all(few_expected=True))


def test_a_server_that_hangs_is_asked_once() -> None:
    asked = []

    def fetch(filters: dict[str, Any]) -> list[dict[str, Any]]:
        asked.append(filters)
        raise TimedOut("slow")

    with pytest.raises(TimedOut):
        list(Walk(fetch, lambda row: 1, "id", {}).all(few_expected=True))
    assert len(asked) == 1


class Shop:
    """Answers keys in batches; dies on some keys, and on batches that are too large."""

    def __init__(self, deadly: set[int], most: int = 50) -> None:
        self.deadly = deadly
        self.most = most
        self.asked = 0

    def fetch(self, keys: Sequence[int]) -> list[int | MagentoError]:
        self.asked += 1
        if len(keys) > self.most or self.deadly & set(keys):
            raise TooBig("died")
        return [NotFound("no") if key % 7 == 0 else key * 2 for key in keys]


@given(
    st.lists(st.integers(1, 300), unique=True, max_size=200),
    st.sets(st.integers(1, 300), max_size=3),
    st.integers(1, 60),
)
def test_batches(keys: list[int], deadly: set[int], most: int) -> None:
    found = [pair for batch in Batches(Shop(deadly, most).fetch).run(keys) for pair in batch]
    assert [key for key, _answer in found] == keys
    for key, answer in found:
        if key in deadly:
            assert isinstance(answer, TooBig)
        elif key % 7 == 0:
            assert isinstance(answer, NotFound)
        else:
            assert answer == key * 2


def test_one_deadly_record_costs_few_requests() -> None:
    shop = Shop({33})
    assert len(list(Batches(shop.fetch).run(list(range(1, 101))))) >= 2
    assert shop.asked < 25


def test_a_server_that_dies_on_everything_is_given_up() -> None:
    shop = Shop(set(range(1000)))
    with pytest.raises(TooBig):
        list(Batches(shop.fetch).run(list(range(1, 1000))))
    assert shop.asked < 50
    few = Shop(set(range(1000)))
    (batch,) = Batches(few.fetch).run([1, 2])
    assert all(isinstance(answer, TooBig) for _key, answer in batch)
    assert HOPELESS > 2


def test_chunks() -> None:
    asked = []

    def fetch(keys: Sequence[int]) -> list[int]:
        asked.append(len(keys))
        if len(keys) > 30:
            raise TooBig("died")
        return list(keys)

    assert list(in_chunks(list(range(100)), fetch, 50)) == list(range(100))
    assert asked == [50, 25, 25, 50, 25, 25]


def test_a_batch_is_what_some_seconds_can_read() -> None:
    """A server that takes 20 ms a record, and then 2: batches follow, from the second on."""
    seconds, sizes = 0.02, []

    def fetch(keys: Sequence[int]) -> list[int]:
        sizes.append(len(keys))
        time.sleep(seconds * len(keys))
        return list(keys)

    batches = Batches(fetch, pace=Pace(seconds=0.1, first=20, most=50)).run(range(200))
    next(batches)
    assert sizes == [20]
    next(batches)
    assert 2 <= sizes[1] <= 5
    seconds = 0.002
    for _batch in batches:
        pass
    assert sum(sizes) == 200
    assert max(sizes) > 20


def test_a_few_that_were_quick_tell_nothing() -> None:
    pace = Pace(seconds=4, first=40, most=50)
    pace.learn(2, 0.5)
    assert pace.size == 40
    pace.learn(2, 8)
    assert pace.size == 1
    pace.learn(1, 0.0)
    assert pace.size == 50


def slow(batches: int, size: int = 1, seconds: float = 0.05) -> Iterator[list[int]]:
    for number in range(batches):
        time.sleep(seconds)
        yield list(range(number * size, (number + 1) * size))


def test_reading_and_working_overlap() -> None:
    started = time.monotonic()
    reader = Reader(slow(5))
    while reader.take(1):
        time.sleep(0.05)
    assert time.monotonic() - started < 0.43


def test_what_was_read_is_taken_together() -> None:
    reader = Reader(slow(4, size=10, seconds=0))
    assert reader.take(25) == list(range(25))
    assert list(reader) == list(range(25, 40))
    assert reader.take(25) == []


def test_a_slow_reader_gives_what_there_is() -> None:
    reader = Reader(slow(3, size=2, seconds=1.5))
    started = time.monotonic()
    assert reader.take(100) == [0, 1]
    assert time.monotonic() - started < 2.5
    reader.close()


def test_a_reader_that_is_stopped_gives_what_was_read() -> None:
    asked = []

    def source() -> Iterator[list[int]]:
        for number in range(1000):
            asked.append(number)
            time.sleep(0.05)
            yield [number]

    reader = Reader(source())
    found = reader.take(1)
    reader.stop()
    found += list(reader)
    assert reader.is_cut_short
    assert found == asked, "nothing was read in vain"
    assert len(found) < 5


def test_errors_are_handed_over_in_their_place() -> None:
    def source() -> Iterator[list[int]]:
        yield [1, 2]
        raise Unreachable("down")

    reader = Reader(source())
    assert reader.take(10) == [1, 2]
    with pytest.raises(Unreachable):
        reader.take(10)


def test_a_question_is_answered_where_records_are_taken() -> None:
    asked = []

    def ask() -> int:
        asked.append(threading.current_thread())
        return 7

    def source() -> Iterator[list[int] | Question[int]]:
        yield [1]
        question = Question(ask)
        yield question
        yield [2]
        yield [question.answer()]

    assert list(Reader(source())) == [1, 2, 7]
    assert asked == [threading.main_thread()]


def test_what_answering_raises_is_raised_where_records_are_taken() -> None:
    def source() -> Iterator[list[int] | Question[float]]:
        question = Question(lambda: 1 / 0)
        yield question
        yield [int(question.answer())]

    reader = Reader(source())
    with pytest.raises(ZeroDivisionError):
        reader.take(1)
    assert reader.take(1) == []
    assert reader.is_cut_short


def test_a_reader_that_is_stopped_while_it_waits_for_an_answer() -> None:
    def source() -> Iterator[list[int] | Question[int]]:
        yield [1]
        time.sleep(0.1)
        question = Question(lambda: 2)
        yield question
        yield [question.answer()]

    reader = Reader(source())
    assert reader.take(1) == [1]
    time.sleep(0.3)  # it waits now, while the caller works
    reader.stop()
    assert reader.take(1) == []
    assert reader.is_cut_short


@pytest.mark.parametrize("forget", [False, True])
def test_the_thread_ends_when_the_caller_goes(forget: bool) -> None:
    read = []

    def source() -> Iterator[list[int]]:
        for number in range(1000):
            read.append(number)
            yield [number]

    reader = Reader(source())
    assert next(reader) == 0
    if forget:
        del reader
    else:
        reader.close()
    time.sleep(0.3)
    assert len(read) < 60
    assert not [thread for thread in threading.enumerate() if thread.name == "magento-read-ahead"]


def test_in_parallel_keeps_the_order() -> None:
    def call(number: int) -> int:
        time.sleep(0.02 * (5 - number % 5))
        if number == 3:
            raise NotFound("no")
        return number

    started = time.monotonic()
    found = in_parallel(call, range(8), 4)
    assert time.monotonic() - started < 0.4
    assert [answer for answer in found if not isinstance(answer, MagentoError)] == [0, 1, 2, 4, 5, 6, 7]
    assert isinstance(found[3], NotFound)


@pytest.mark.parametrize("kind", ["batches", "chunks", "windows"])
def test_halves_have_no_more_time_than_they_may(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes long to die on each of them; how long that may go on is what is made shorter here."""
    for module in ("batches", "windows"):
        monkeypatch.setattr(f"magento_api.{module}.HALVES", 0.2)
    asked = []

    def die(what: Any) -> Any:
        asked.append(what)
        time.sleep(0.1)
        raise TooBig("died")

    readers = {
        "batches": lambda: list(Batches(die).run(range(100))),
        "chunks": lambda: list(in_chunks(range(100), die, 100)),
        "windows": lambda: list(Walk(die, lambda row: int(row["id"]), "id", {}).all(few_expected=False)),
    }
    with pytest.raises(TooBig):
        readers[kind]()
    assert len(asked) <= 1 + 3
