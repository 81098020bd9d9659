"""Changing customers and their address books."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .base import Outcome, in_batches
from .batches import Batches
from .catalog_writes import kept_text
from .customers import Customers
from .errors import AlreadyExists, MagentoError, NotFound, NotUnderstood, Refused
from .plain import plain_data
from .read import Fields, shown

Data = Mapping[str, Any]
UPDATES = 25
_SAME = ("firstname", "lastname", "city", "postcode", "country_id")


class CustomerWrites(Customers):
    """Customers and addresses, written. ``data`` are Magento's own attribute codes and their values; None is left out,
    an empty text clears. The street of an address is a list of lines.
    """

    def create_customer(self, data: Data) -> int:
        """A new customer, without a password; ``data`` needs ``email`` and ``website_id``. Gives its id.

        A lost answer is looked for by the e-mail address, so there is never a second one.

        :raises AlreadyExists: the website has a customer with that e-mail address.
        :raises Refused: Magento does not like the data.
        """
        values = plain_data(data)
        email, website = str(values.get("email") or ""), int(values.get("website_id") or 0)
        lost = False

        def write() -> int:
            return _number(self._write("customer.create", values), "customer.create")

        def look() -> int | None:
            nonlocal lost
            lost = True
            return self._id_of_email(email, website)

        try:
            return self._once(write, look)
        except Refused as error:
            number = self._id_of_email(email, website) if error.code == "100" and email else None
            if number is None:
                raise
            if lost:
                return number
            raise AlreadyExists(f"Magento has a customer with the e-mail address {email} already", number) from None

    def update_customers(self, changes: Iterable[tuple[int, Data]]) -> Iterator[Outcome]:
        """Change many customers; what is not in the data stays. The error of one stands in its place.

        :raises MagentoError: what concerns the whole connection; the changes before it may be repeated.
        """
        yield from self._update_many("customer.update", changes)

    def create_address(self, customer_id: int, data: Data, known: Sequence[int]) -> int:
        """A new entry of an address book. Gives its id.

        A lost answer is looked for: an entry that says the same and is not among the ``known`` ids.

        :raises NotFound: there is no such customer.
        :raises Refused: something is missing; the sentence says what.
        """
        method, values = "customer_address.create", plain_data(data)

        def look() -> int | None:
            book = self.customer_addresses(customer_id)
            mine = [one.id for one in book if one.id not in known and says(one.address, values)]
            return max(mine, default=None)

        return self._once(lambda: _number(self._write(method, customer_id, values), method), look)

    def update_addresses(self, changes: Iterable[tuple[int, Data]]) -> Iterator[Outcome]:
        """Change many addresses, as :meth:`update_customers`."""
        yield from self._update_many("customer_address.update", changes)

    def delete_address(self, address_id: int) -> None:
        """Delete an address; one that is not there any more is no error."""

        def write() -> bool:
            return bool(self._write("customer_address.delete", address_id))

        def look() -> bool | None:
            return None  # done again it says that there is none, which is as good

        try:
            self._once(write, look)
        except NotFound as error:
            if error.code != "102":
                raise

    def _update_many(self, method: str, changes: Iterable[tuple[int, Data]]) -> Iterator[Outcome]:
        """Updates by multiCall; where there is none, one after another."""

        def fetch(batch: Sequence[tuple[int, Data]]) -> list[Any]:
            return self._connection.call_many(
                [(method, (number, plain_data(data))) for number, data in batch], in_order=True
            )

        batches = Batches(fetch, UPDATES)
        for batch in in_batches(changes, UPDATES):
            for found in batches.run(batch):
                for (number, _data), answer in found:
                    yield number, answer if isinstance(answer, MagentoError) else None

    def _id_of_email(self, email: str, website: int) -> int | None:
        """The customer of a website with an e-mail address."""
        rows = self._rows("customer.list", {"email": {"eq": email}, "website_id": {"eq": str(website)}})
        found = [Fields(row, "customer.list: ") for row in rows]
        same = [row for row in found if (row.text("email") or "").casefold() == email.casefold()]
        return next((row.required_id("customer_id") for row in same), None)


def says(address: Any, values: dict[str, Any]) -> bool:
    """Whether an entry says what was sent."""
    street = values.get("street")
    lines = [line for line in street if line] if isinstance(street, list) else [street] if street else []
    same = all(kept_text(str(getattr(address, key) or "")) == kept_text(str(values.get(key) or "")) for key in _SAME)
    return same and [kept_text(line) for line in address.street] == [kept_text(line) for line in lines]


def _number(answer: Any, method: str) -> int:
    """The id of something new: text over XML-RPC and SOAP v1, a number over SOAP v2."""
    if isinstance(answer, int | str) and str(answer).strip().isdigit() and int(answer) > 0:
        return int(answer)
    raise NotUnderstood(f"Magento answered {method} with {shown(answer)}, an id was expected")
