"""Making things happen in a running store: new orders, changed orders, changed and deleted products."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from . import documents
from .arithmetic import TOTAL, ZERO
from .generate import people, spec
from .generate.build import build
from .generate.spec import Coupon, Line, OrderSpec
from .shop import Shop
from .tables import Record
from .values import Row


def place_order(shop: Shop, given: Row) -> Row:
    """Place an order: what is not given is chosen; see README.md for what can be."""
    rng = Random(len(shop.orders))
    profile = spec.PROFILES[int(given.get("store_id", 1))]
    customer, address, email = _buyer(shop, given, profile.store_id, rng)
    number = shop.orders.next_id()
    lines = [_line(shop, one, address) for one in given.get("lines") or _any_lines(shop, rng)]
    made = OrderSpec(
        number,
        str(given.get("increment_id") or documents.next_number(shop, "order", profile.prefix)),
        profile,
        given.get("created_at") or shop.now(),
        given.get("created_at") or shop.now(),
        lines,
        address,
        None if all(line.kind in ("virtual", "downloadable") for line in lines) else address,
        email,
        customer,
        customer is None,
        shipping_price=Decimal(str(given.get("shipping_price", 5))),
        shipping_rate=_number(given.get("shipping_tax_percent"), spec.tax_rate(address, 4)),
        coupon=_coupon(given.get("coupon")),
        payment=(given.get("payment", "checkmo"), {}),
        algorithm=given.get("algorithm", TOTAL),
        weee_in_subtotal=bool(given.get("weee_in_subtotal", True)),
        note=given.get("note"),
        gift_message=given.get("gift_message"),
    )
    order = build(made)
    for name in given.get("steps", ()):
        documents.step(shop, order, name)
    order.update(given.get("changes", {}))
    shop.orders.add(Record(order))
    return order


def change_order(shop: Shop, increment_id: str, steps: list[str], changes: Row) -> Row:
    """Let an order go on, and set whatever fields of it."""
    record = shop.order(increment_id)
    order = record.edit()
    for name in steps:
        documents.step(shop, order, name)
    order["updated_at"] = max(shop.now(), order["updated_at"])
    order.update(changes)
    return order


def edit_product(shop: Shop, sku: str, changes: Row) -> Row:
    """Change a product, or make it where there is none; "qty" and "is_in_stock" are its stock."""
    record = shop.products.by_natural(sku)
    if record is None:
        record = shop.products.add(Record(_new_product(shop, sku)))
        shop.stock[record.get("product_id")] = {"qty": "0.0000", "is_in_stock": 1}
    product = record.edit()
    stock = {key: value for key, value in changes.items() if key in ("qty", "is_in_stock")}
    shop.stock[product["product_id"]] |= stock
    product.update({key: value for key, value in changes.items() if key not in stock})
    product["updated_at"] = shop.now()
    return product


def _new_product(shop: Shop, sku: str) -> Row:
    return {
        "product_id": shop.products.next_id(),
        "sku": sku,
        "set": 4,
        "type": "simple",
        "categories": [],
        "websites": [1],
        "type_id": "simple",
        "name": sku,
        "status": 1,
        "visibility": 4,
        "category_ids": [],
        "price": "1.0000",
        "weight": "1.0000",
        "tax_class_id": 2,
        "group_price": [],
        "tier_price": [],
        "created_at": shop.now().replace(" ", "T") + "+00:00",
        "updated_at": shop.now(),
    }


def _buyer(shop: Shop, given: Row, store_id: int, rng: Random) -> tuple[Row | None, Row, str]:
    """The customer (None: a guest), the address, the address of e-mail."""
    customer: Row | None = None
    if given.get("customer_id"):
        found = shop.customers.by_id(int(given["customer_id"]))
        if found is None:
            raise ValueError(f"no customer {given['customer_id']}")
        customer = found.full()
    address = {"firstname": "Gäst", "lastname": "Käufer"} | people.place(store_id, rng.randrange(1000))
    if customer:
        known = shop.addresses_of(customer["customer_id"])
        address |= {key: customer[key] for key in ("firstname", "lastname")}
        address = known[0].full() if known else address
    address |= given.get("address", {})
    email = given.get("email") or (customer["email"] if customer else f"guest{len(shop.orders)}@example.org")
    return customer, address, email


def _any_lines(shop: Shop, rng: Random) -> list[Row]:
    """Up to three simple products."""
    rows = [record for record in shop.products.rows if record.full()["type"] == "simple"]
    return [{"sku": record.get("sku"), "qty": rng.randint(1, 3)} for record in rng.sample(rows, min(3, len(rows)))]


def _line(shop: Shop, given: Row, address: Row) -> Line:
    record = shop.products.by_natural(given["sku"])
    product: Row = record.full() if record else {"product_id": given.get("product_id"), "sku": given["sku"]}
    product = {"name": given.get("name") or product.get("name") or given["sku"]} | product
    return Line(
        product,
        Decimal(str(given.get("qty", 1))),
        _number(given.get("price"), Decimal(product.get("price") or 1)),
        product.get("type", "simple"),
        _number(given.get("tax_percent"), spec.tax_rate(address, product.get("tax_class_id", 2))),
        weee=_number(given.get("weee"), ZERO),
        options=given.get("options", {}),
        gift_message=given.get("gift_message"),
    )


def _coupon(given: Row | None) -> Coupon | None:
    if not given:
        return None
    return Coupon(
        given.get("rule_id", 9),
        given.get("code"),
        given.get("name", "A discount"),
        _number(given.get("percent"), ZERO),
        _number(given.get("fixed"), ZERO),
        bool(given.get("shipping")),
    )


def _number(given: Any, otherwise: Decimal) -> Decimal:
    return otherwise if given is None else Decimal(str(given))
