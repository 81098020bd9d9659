"""Reading the catalog: products, categories, attributes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from . import parse, parse_catalog
from .base import Base, Store, trimmed
from .batches import in_chunks
from .connection import Call, Connection
from .errors import BadRow, MagentoError, NotFound
from .filters import since
from .read import Fields, each, parsed, record, rows
from .reader import Reader
from .records import (
    Attribute,
    AttributeOption,
    AttributeSet,
    Category,
    CategoryDetails,
    CategoryProduct,
    Product,
    ProductSummary,
    ProductType,
)
from .soap_v2_parts import PRODUCT_FIELDS

LIST_CHUNK = 200
_LIST = "catalog_product.list"
# Rows of ids are cheap, and 20,000 products at once pass where 10,000 orders do not.
_ID_WINDOW = 5000


class Catalog(Base):
    """What a shop sells."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._attribute_ids: dict[str, str] = {}

    def product_summaries(
        self,
        *,
        skus: Sequence[str] | None = None,
        updated_from: datetime | None = None,
        also_above: int | None = None,
        after_id: int = 0,
        store: Store = None,
    ) -> Iterator[ProductSummary | BadRow]:
        """Products, ascending by id, named as a store view names them; or those with the given SKUs, in no particular
        order, unknown ones left out. A row that is no product has its error in its place. Those of a category:
        :meth:`category_products`.

        A product that an order took stock of, or whose categories changed, is not "updated" for Magento.

        :param also_above: beside those updated, all with an id above this
        """
        if skus is not None:
            return self._summaries_by_sku(skus, updated_from, after_id, store)
        summary, more = parse.product_summary, trimmed(store)
        if updated_from is None:
            return self._walk(_LIST, "product_id", summary, {}, after_id, False, more=more)
        return self._changed(_LIST, "product_id", summary, {}, updated_from, also_above, after_id, more=more)

    def _summaries_by_sku(
        self, skus: Sequence[str], updated_from: datetime | None, after_id: int, store: Store
    ) -> Iterator[ProductSummary | BadRow]:
        extra = since(updated_at=updated_from)

        def fetch(chunk: Sequence[str]) -> list[ProductSummary | BadRow]:
            found = self._rows_by(_LIST, "sku", chunk, extra, store)
            return [record(row, _LIST, "product_id", parse.product_summary) for row in found]

        wanted = {sku.strip().casefold() for sku in skus}
        for product in in_chunks(list(dict.fromkeys(skus)), fetch, LIST_CHUNK):
            if isinstance(product, BadRow) or (product.sku.strip().casefold() in wanted and product.id > after_id):
                yield product

    def product_ids(self, *, after_id: int = 0) -> Iterator[int]:
        """The ids of all products, ascending: what is missing among them was deleted, for Magento keeps no list of
        deletions. One request for 5,000.
        """

        def number(row: Fields) -> int:
            return row.required_id("product_id")

        for row in self._walk(_LIST, "product_id", number, {}, after_id, False, window=_ID_WINDOW):
            if isinstance(row, BadRow):
                raise row
            yield row

    def products(
        self, ids: Sequence[int], *, store: Store = None, custom: Sequence[str] = ()
    ) -> Reader[tuple[int, Product | MagentoError]]:
        """Products by id, as a store view shows them, in the order asked for; the error of one stands in its place.

        :param custom: attributes that SOAP v2 leaves out unless they are asked for
        """

        def fetch(batch: Sequence[int]) -> list[Product | MagentoError]:
            answers = self._connection.call_many([self._info(number, store, custom) for number in batch])
            return [as_product(answer, number) for number, answer in zip(batch, answers, strict=True)]

        return self._read("product", fetch, ids)

    def _info(self, number: int, store: Store, custom: Sequence[str]) -> Call:
        """The call that reads a product. Without the type of identifier, digits are an id or a SKU, by their looks."""
        more = [code for code in custom if code not in PRODUCT_FIELDS] if self._is_v2 else []
        return "catalog_product.info", (str(number), store, {"additional_attributes": more} if more else None, "id")

    def category_products(self, category_id: int, store: Store = None) -> list[CategoryProduct]:
        """The products of a category itself, not of those below it; names they have none. Over SOAP v2 the store view
        does not count.

        :raises NotFound: there is no such category.
        """
        method = "catalog_category.assignedProducts"
        return each(self._call(method, *trimmed(category_id, store)), method, parse_catalog.category_product)

    def product_types(self) -> list[ProductType]:
        """The types of products: simple, configurable, ..."""
        return each(self._call("catalog_product_type.list"), "catalog_product_type.list", parse_catalog.product_type)

    def category_tree(self, root_id: int | None = None, store: Store = None) -> Category:
        """A category with all below it; without ``root_id`` the root of the ``store``, or Magento's root of all."""
        return parse.category(self._call("catalog_category.tree", *trimmed(root_id, store)))

    def root_categories(self) -> list[Category]:
        """The root categories of all stores, without their children."""
        return [parse.category(row) for row in rows(self._call("catalog_category.level"), "catalog_category.level")]

    def category(self, category_id: int, store: Store = None) -> CategoryDetails:
        """One category as a store view has it.

        :raises NotFound: it does not exist.
        """
        answer = self._call("catalog_category.info", *trimmed(category_id, store))
        return parse_catalog.category_details(answer, category_id)

    def attribute_sets(self) -> list[AttributeSet]:
        """The attribute sets of products."""
        return each(
            self._call("catalog_product_attribute_set.list"), "catalog_product_attribute_set.list", parse.attribute_set
        )

    def attribute_options(self, code: str, store: Store = None) -> list[AttributeOption]:
        """The options of a product attribute, labelled for a store view. ``tax_class_id`` lists the product tax
        classes.

        :raises NotFound: there is no such attribute.
        """
        attribute = self._attribute_id(code) if self.protocol == "soap_v2_wsi" else code
        answer = self._call("catalog_product_attribute.options", *trimmed(attribute, store))
        return each(answer, "catalog_product_attribute.options", parse.attribute_option)

    def attributes(self, attribute_set_id: int) -> list[Attribute]:
        """The attributes of a set; none if there is no such set."""
        method = "catalog_product_attribute.list"
        return each(self._call(method, attribute_set_id), method, parse_catalog.attribute)

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


def as_product(answer: Any, number: int) -> Product | MagentoError:
    """A product, or the error that stands for it or that reading it brings about."""
    return parsed(answer, partial(parse.product, number=number))
