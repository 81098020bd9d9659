"""One shop, as typed records, whatever the protocol."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, TypeVar

from . import parse
from .batches import Batches, ahead, in_chunks
from .clean import clean
from .connection import Connection
from .errors import MagentoError, NotFound, NotUnderstood, Refused, TooBig
from .filters import one_of, since
from .permissions import PROBES, allowed_methods, as_permissions
from .read import Fields, each, rows, shown
from .records import (
    AttributeOption,
    AttributeSet,
    Category,
    Country,
    Customer,
    CustomerAddress,
    CustomerGroup,
    MagentoInfo,
    OrderSummary,
    Payload,
    Permission,
    Product,
    ProductSummary,
    Region,
    StockItem,
    StoreView,
)
from .windows import Row, Walk

T = TypeVar("T")
_API_PATH = re.compile(r"/(?:index\.php(?:/.*)?|api/[\w]+/?|api\.php.*)$")
_LIST_CHUNK = 200


class Client:
    """A session with a shop; see :func:`connect`. A context manager: at its end the session ends.

    All methods raise :class:`errors.MagentoError`; lists and batches are split so that the server survives them.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._attribute_ids: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"<Client of {self.url} over {self.protocol}>"

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the session in Magento and close the connections."""
        self._connection.close()

    @property
    def protocol(self) -> str:
        """``xmlrpc``, ``soap_v1``, ``soap_v2`` or ``soap_v2_wsi``."""
        return self._connection.wire.name

    @property
    def url(self) -> str:
        """The shop's base address, normalised: ``https://www.example.com/shop``."""
        transport, endpoint = self._connection.transport, self._connection.wire.endpoint
        if transport.moved and endpoint.startswith(transport.moved[0]):
            endpoint = transport.moved[1] + endpoint[len(transport.moved[0]) :]
        return _API_PATH.sub("", endpoint)

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._connection.transport.requests

    @property
    def server_time(self) -> datetime | None:
        """When the latest answer was sent, by the shop's clock, in UTC."""
        return self._connection.transport.server_time

    def info(self) -> MagentoInfo:
        """Edition and version."""
        return parse.info(self._call("core_magento.info"))

    def store_views(self) -> list[StoreView]:
        """All store views, of all websites."""
        return each(self._call("store.list"), "store.list", parse.store_view)

    def permissions(self) -> list[Permission]:
        """For every method that the connector uses, whether this user may call it. One request where the API lists
        its resources.
        """
        try:
            return as_permissions(allowed_methods(self._connection.resources()))
        except (Refused, NotFound, NotUnderstood, TooBig):
            allowed = self._connection.may(list(PROBES.items()))
            return as_permissions(method for method, yes in zip(PROBES, allowed, strict=True) if yes)

    def order_summaries(
        self, *, created_from: datetime | None = None, updated_from: datetime | None = None, after_id: int = 0
    ) -> Iterator[OrderSummary]:
        """Orders created and updated at or after the given times, with an id above ``after_id``, ascending by id.

        With ``updated_from`` (a poll) one request brings all, unless the server dies on it.
        """
        extra = since(created_at=created_from, updated_at=updated_from)
        yield from self._walk(
            "sales_order.list", "order_id", parse.order_summary, extra, after_id, updated_from is not None
        )

    def order_payloads(self, increment_ids: Sequence[str]) -> Iterator[tuple[str, Payload | MagentoError]]:
        """Each order as plain JSON, in the order asked for; the error of one order stands in its place.

        The next batch is read while the caller works on this one.

        :raises MagentoError: what concerns the whole connection.
        """
        batches = Batches(self._payloads).run(list(increment_ids))
        for batch in ahead(batches):
            yield from batch

    def customers(self, *, updated_from: datetime | None = None, after_id: int = 0) -> Iterator[Customer]:
        """Customers updated at or after a time, ascending by id. A changed address does not count as an update of its
        customer.
        """
        extra = since(updated_at=updated_from)
        yield from self._walk("customer.list", "customer_id", parse.customer, extra, after_id, updated_from is not None)

    def customer(self, customer_id: int) -> Customer:
        """One customer.

        :raises NotFound: it does not exist.
        """
        return parse.customer(Fields(self._call("customer.info", customer_id), f"customer {customer_id}: "))

    def customer_addresses(self, customer_id: int) -> list[CustomerAddress]:
        """The address book of a customer. Over SOAP v2 without VAT numbers."""
        return each(self._call("customer_address.list", customer_id), "customer_address.list", parse.customer_address)

    def customer_groups(self) -> list[CustomerGroup]:
        """All customer groups."""
        return each(self._call("customer_group.list"), "customer_group.list", parse.customer_group)

    def product_summaries(
        self, *, skus: Sequence[str] | None = None, updated_from: datetime | None = None, after_id: int = 0
    ) -> Iterator[ProductSummary]:
        """Products, ascending by id; or those with the given SKUs, in no particular order, unknown ones left out.

        A product that an order took stock of, or whose categories changed, is not "updated" for Magento.
        """
        extra = since(updated_at=updated_from)
        if skus is None:
            yield from self._walk(
                "catalog_product.list", "product_id", parse.product_summary, extra, after_id, updated_from is not None
            )
            return

        def fetch(chunk: Sequence[str]) -> list[ProductSummary]:
            answer = self._call("catalog_product.list", {"sku": one_of(chunk), **extra}, split=len(chunk) > 1)
            return each(answer, "catalog_product.list", parse.product_summary)

        wanted = {sku.strip().casefold() for sku in skus}
        for product in in_chunks(list(dict.fromkeys(skus)), fetch, _LIST_CHUNK):
            if product.sku.strip().casefold() in wanted and product.id > after_id:
                yield product

    def products(
        self, ids: Sequence[int], *, store: str | int | None = None
    ) -> Iterator[tuple[int, Product | MagentoError]]:
        """Products by id, as a store view shows them, in the order asked for; the error of one stands in its place."""

        def fetch(batch: Sequence[int]) -> list[Product | MagentoError]:
            # Without the type of identifier, digits are an id or a SKU, depending on their looks.
            answers = self._connection.call_many([("catalog_product.info", (str(i), store, None, "id")) for i in batch])
            return [_product(answer, number) for number, answer in zip(batch, answers, strict=True)]

        for found in ahead(Batches(fetch).run(list(ids))):
            yield from found

    def stock_items(self, skus: Sequence[str]) -> Iterator[StockItem]:
        """Stock of the products with these SKUs, unknown ones left out.

        Magento takes what it does not know as a SKU for an id: what it answers for another SKU is left out too.
        """

        def fetch(chunk: Sequence[str]) -> list[StockItem]:
            answer = self._call("cataloginventory_stock_item.list", list(chunk), split=len(chunk) > 1)
            return each(answer, "cataloginventory_stock_item.list", parse.stock_item)

        wanted = {sku.strip().casefold() for sku in skus}
        for item in in_chunks(list(dict.fromkeys(skus)), fetch, _LIST_CHUNK):
            if item.sku.strip().casefold() in wanted:
                yield item

    def category_tree(self, root_id: int | None = None, store: str | int | None = None) -> Category:
        """A category with all below it; without ``root_id`` the root of the ``store``, or Magento's root of all."""
        return parse.category(self._call("catalog_category.tree", *_args(root_id, store)))

    def root_categories(self) -> list[Category]:
        """The root categories of all stores, without their children."""
        return [parse.category(row) for row in rows(self._call("catalog_category.level"), "catalog_category.level")]

    def attribute_sets(self) -> list[AttributeSet]:
        """The attribute sets of products."""
        return each(
            self._call("catalog_product_attribute_set.list"), "catalog_product_attribute_set.list", parse.attribute_set
        )

    def attribute_options(self, code: str, store: str | int | None = None) -> list[AttributeOption]:
        """The options of a product attribute, labelled for a store view. ``tax_class_id`` lists the product tax
        classes.

        :raises NotFound: there is no such attribute.
        """
        attribute = self._attribute_id(code) if self.protocol == "soap_v2_wsi" else code
        answer = self._call("catalog_product_attribute.options", *_args(attribute, store))
        return each(answer, "catalog_product_attribute.options", parse.attribute_option)

    def countries(self) -> list[Country]:
        """All countries."""
        return each(self._call("directory_country.list"), "directory_country.list", parse.country)

    def regions(self, country_id: str) -> list[Region]:
        """The regions of a country that Magento knows; mostly none.

        :raises NotFound: there is no such country.
        """
        return each(self._call("directory_region.list", country_id), "directory_region.list", parse.region)

    def _call(self, method: str, *args: Any, split: bool = False) -> Any:
        return self._connection.call(method, *args, split=split)

    def _walk(
        self,
        method: str,
        field: str,
        parse_row: Callable[[Fields], T],
        extra: dict[str, Any],
        after_id: int,
        few_expected: bool,
    ) -> Iterator[T]:
        def fetch(filters: dict[str, Any]) -> list[Row]:
            found = rows(self._call(method, filters, split=True), method)
            if not all(isinstance(row, dict) for row in found):
                raise NotUnderstood(f"Magento answered {method} with rows that are no structs")
            return found

        def row_id(row: Row) -> int:
            return Fields(row, f"{method}: ").required_integer(field)

        for row in Walk(fetch, row_id, field, extra, after_id).all(few_expected=few_expected):
            yield parse_row(Fields(row, f"{method}, {field} {row.get(field)}: "))

    def _payloads(self, increment_ids: Sequence[str]) -> list[Payload | MagentoError]:
        """The payloads of a batch, cleaned of secrets."""
        calls = [("sales_order.info", (number,)) for number in increment_ids]
        answers = self._connection.call_many(calls)
        listed = self._list_rows(increment_ids) if self.protocol.startswith("soap_v2") else {}
        return [_payload(answer, listed.get(number)) for number, answer in zip(increment_ids, answers, strict=True)]

    def _list_rows(self, increment_ids: Sequence[str]) -> dict[str, Row]:
        """Rows of ``sales_order.list``: over SOAP v2 they have a coupon, shipping tax and more that ``info`` lacks.

        Not having them is no reason to fail: what lacks is named on the order.
        """
        try:
            found = self._call("sales_order.list", {"increment_id": one_of(increment_ids)}, split=True)
        except MagentoError:
            return {}
        return (
            {str(row.get("increment_id")): row for row in found if isinstance(row, dict)}
            if isinstance(found, list)
            else {}
        )

    def _attribute_id(self, code: str) -> str:
        """The number of an attribute: SOAP v2's WS-I dialect takes no codes."""
        if not self._attribute_ids:
            for attribute_set in self.attribute_sets():
                for row in rows(
                    self._call("catalog_product_attribute.list", attribute_set.id), "catalog_product_attribute.list"
                ):
                    fields = Fields(row, "catalog_product_attribute.list: ")
                    self._attribute_ids[fields.text("code") or ""] = str(fields.required_id("attribute_id"))
        if code not in self._attribute_ids and not code.isdigit():
            raise NotFound(
                f"Magento has no product attribute {code}", "check its code in Magento under Manage Attributes"
            )
        return self._attribute_ids.get(code, code)


def _args(*values: Any) -> list[Any]:
    """Arguments without the empty ones at their end: older versions of Magento take fewer."""
    found = list(values)
    while found and found[-1] is None:
        found.pop()
    return found


def _product(answer: Any, number: int) -> Product | MagentoError:
    """A product, or the error that stands for it or that reading it brings about."""
    if isinstance(answer, MagentoError):
        return answer
    try:
        return parse.product(answer, number)
    except NotUnderstood as error:
        return error


def _payload(answer: Any, row: Row | None) -> Payload | MagentoError:
    if isinstance(answer, MagentoError):
        return answer
    if not isinstance(answer, dict):
        return NotUnderstood(f"Magento answered sales_order.info with {shown(answer)}, a struct was expected")
    payload: Payload = clean({**(row or {}), **answer})
    return payload
