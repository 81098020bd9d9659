"""Reading customers, their address books and their groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from . import parse
from .base import Base
from .errors import BadRow, MagentoError
from .filters import one_of
from .read import Fields, each, parsed, record
from .reader import Reader
from .records import Customer, CustomerAddress, CustomerGroup

_LIST = "customer.list"
_BOOK = "customer_address.list"


class Customers(Base):
    """Who buys."""

    def customers(
        self, *, updated_from: datetime | None = None, also_above: int | None = None, after_id: int = 0
    ) -> Iterator[Customer | BadRow]:
        """Customers updated at or after a time, ascending by id; a row that is no customer has its error in its place.

        A changed address does not count as an update of its customer. Whether a customer takes the newsletter is
        nowhere in Magento's API.

        :param also_above: beside those updated, all with an id above this
        """
        if updated_from is None:
            return self._walk(_LIST, "customer_id", parse.customer, {}, after_id, False)
        return self._changed(_LIST, "customer_id", parse.customer, {}, updated_from, also_above, after_id)

    def customers_by_id(self, ids: Sequence[int]) -> list[Customer | BadRow]:
        """The customers with these ids, as far as they exist."""
        found = self._list(_LIST, {"customer_id": one_of([str(number) for number in ids])}) if ids else []
        return [record(row, _LIST, "customer_id", parse.customer) for row in found]

    def customer(self, customer_id: int) -> Customer:
        """One customer.

        :raises NotFound: it does not exist.
        """
        return parse.customer(Fields(self._call("customer.info", customer_id), f"customer {customer_id}: "))

    def customer_addresses(self, customer_id: int) -> list[CustomerAddress]:
        """The address book of a customer. Over SOAP v2 without VAT numbers."""
        return each(self._call(_BOOK, customer_id), _BOOK, parse.customer_address)

    def address_books(self, ids: Sequence[int]) -> Reader[tuple[int, list[CustomerAddress] | MagentoError]]:
        """The address books of many customers, in the order asked for; the error of one stands in its place.

        :raises MagentoError: what concerns the whole connection.
        """

        def fetch(batch: Sequence[int]) -> list[list[CustomerAddress] | MagentoError]:
            answers = self._connection.call_many([(_BOOK, (number,)) for number in batch])
            return [_book(answer) for answer in answers]

        return self._read("address book", fetch, ids)

    def customer_groups(self) -> list[CustomerGroup]:
        """All customer groups."""
        return each(self._call("customer_group.list"), "customer_group.list", parse.customer_group)


def _book(answer: object) -> list[CustomerAddress] | MagentoError:
    """An address book, or the error that stands for it or that reading it brings about."""
    return parsed(answer, partial(each, method=_BOOK, parse=parse.customer_address))
