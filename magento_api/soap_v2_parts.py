"""Arguments of XML-RPC as the parts of SOAP v2: its structs know fewer fields, and its lists and maps have other forms.

What an argument becomes depends on the name of its part, and on the operation where names are ambiguous.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import Refused
from .xml import legal

_CATEGORY_FIELDS = """
    name is_active position available_sort_by custom_design custom_design_apply custom_design_from custom_design_to
    custom_layout_update default_sort_by description display_mode is_anchor landing_page meta_description
    meta_keywords meta_title page_layout url_key include_in_menu
"""
_PRODUCT_FIELDS = """
    categories websites name description short_description weight status url_key url_path visibility category_ids
    website_ids has_options gift_message_available price special_price special_from_date special_to_date tax_class_id
    tier_price meta_title meta_keyword meta_description custom_design custom_layout_update options_container stock_data
"""
_CATEGORY = frozenset(_CATEGORY_FIELDS.split())
PRODUCT_FIELDS = frozenset(_PRODUCT_FIELDS.split())

WSI_ITEM = "complexObjectArray"

Array = dict[str, list[Any]]


class Parts:
    """Writes parts in one dialect; ``item`` is the name of a list's elements there."""

    def __init__(self, item: str) -> None:
        self._item = item
        self._wsi = item == WSI_ITEM
        self._writers: dict[str, Callable[[Any], Any]] = {
            "filters": self._filters,
            "attributes": self._attributes,
            "categoryData": self._category,
            "productData": self._products,
            "data": self._data,
            "customerData": self._data,
            "addressData": self._address,
            "itemsQty": self._quantities,
            "creditmemoData": self._credit_memo,
        }

    def write(self, name: str, value: Any) -> Any:
        """The part ``name``; values that are no structs stay as they are."""
        writer = self._writers.get(name)
        if writer is not None:
            return writer(value)
        if isinstance(value, list):
            return self._strings(value)
        return int(value) if isinstance(value, bool | int) else legal(str(value))

    def _array(self, items: list[Any]) -> Array:
        return {self._item: items}

    def _strings(self, items: list[Any]) -> Array:
        return self._array([legal(str(item)) for item in items])

    def _plain(self, value: Any) -> Any:
        """A field of a struct: a list of texts, or a value."""
        if isinstance(value, list):
            return self._strings(value)
        return value if isinstance(value, int) else legal(str(value))

    def _filters(self, value: dict[str, Any]) -> dict[str, Any]:
        return {"complex_filter": self._array(_complex_filter(value))}

    def _attributes(self, value: Any) -> Any:
        lists = {"attributes": value} if isinstance(value, list) else value
        return {name: self._array(list(codes)) for name, codes in lists.items()}

    def _category(self, value: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(value) - _CATEGORY)
        if unknown:
            raise Refused(
                f"SOAP v2 cannot set {', '.join(unknown)} of a category", "choose XML-RPC or SOAP v1 as the protocol"
            )
        return {key: self._plain(item) for key, item in value.items()}

    def _products(self, value: Any) -> Any:
        """One product's data, or those of many; of ``stock_item.multiUpdate`` they have the fields of stock."""
        return self._array([self._product(one) for one in value]) if isinstance(value, list) else self._product(value)

    def _product(self, value: dict[str, Any]) -> dict[str, Any]:
        if "qty" in value:
            return self._data(value)
        found: dict[str, Any] = {}
        single: list[dict[str, Any]] = []
        many: list[dict[str, Any]] = []
        for key, item in value.items():
            if key == "stock_data":
                found[key] = self._data(item)
            elif key == "tier_price":
                found[key] = self._array([self._data(one) for one in item])
            elif key in PRODUCT_FIELDS:
                found[key] = self._plain(item)
            else:
                (many if isinstance(item, list) else single).append({"key": key, "value": self._plain(item)})
        if self._wsi and (single or many):  # Magento would ignore them without a word
            raise Refused(
                f"SOAP v2 in its WS-I dialect cannot set {', '.join(one['key'] for one in single + many)} of a product",
                "choose XML-RPC or SOAP v1 as the protocol",
            )
        more = {"single_data": self._array(single)} if single else {}
        more |= {"multi_data": self._array(many)} if many else {}
        return found | ({"additional_attributes": more} if more else {})

    def _data(self, value: dict[str, Any]) -> dict[str, Any]:
        return {key: self._data(one) if isinstance(one, dict) else self._plain(one) for key, one in value.items()}

    def _address(self, value: dict[str, Any]) -> dict[str, Any]:
        """An address, which has no VAT number here."""
        return {key: self._plain(item) for key, item in value.items() if key != "vat_id"}

    def _quantities(self, value: Any) -> Array:
        """Quantities by the number of an order's item."""
        pairs = value.items() if isinstance(value, dict) else ()
        return self._array([{"order_item_id": int(number), "qty": qty} for number, qty in pairs])

    def _credit_memo(self, value: dict[str, Any]) -> dict[str, Any]:
        return {key: self._quantities(item) if key == "qtys" else item for key, item in value.items()}


def _complex_filter(filters: dict[str, Any]) -> list[dict[str, Any]]:
    """Filters of XML-RPC as rows of key and (operator, value). Lists go as comma-separated text here, and only here."""
    found: list[dict[str, Any]] = []
    for field, condition in filters.items():
        operators = condition if isinstance(condition, dict) else {"eq": condition}
        for operator, value in operators.items():
            text = ",".join(str(item) for item in value) if isinstance(value, list) else str(value)
            found.append({"key": field, "value": {"key": operator, "value": legal(text)}})
    return found
