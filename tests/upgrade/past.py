"""What people have done with the version before: two shops, in all the states that a database can be left in.

The scheduled action runs when it is pressed, never by itself: each part ends where it is meant to.
"""

from __future__ import annotations

from typing import Any

from scene import RATES
from servers import Store

from devkit.demo.browser import Browser
from devkit.paths import MODULE

SCHEDULES = {
    "schedule_orders": True,
    "schedule_products": True,
    "schedule_product_export": True,
    "schedule_categories_export": True,
    "schedule_customers": True,
    "export_customers": True,
}
RULES = {"processing": "confirm", "complete": "quotation", "closed": "pay", "canceled": "cancel", "holded": "wait"}
SENDING = {
    "send_shipments": True,
    "send_invoices": "always",
    "send_cancellations": True,
    "send_comments": True,
    "mail_shipments": False,
    "mail_comments": False,
    "order_prefix": "M-",
}
# Stock enough for every order.
ON_HAND = 500
# Of the one product that an order placed here has.
QUANTITY = 2
# What the web server of the second shop asks for, written into its address.
LOGIN = "proxy:basic-word"
# Orders of the second shop; the client reads the list of the history in windows of 500.
HISTORY = 560


class Shop:
    """One instance, and somebody who works with it."""

    def __init__(self, browser: Browser, store: Store, name: str, **settings: Any) -> None:
        self.browser, self.store = browser, store
        values = {"name": name, "url": store.url, "username": store.user, "api_key": store.key, **settings}
        self.id = int(browser.call("magento.instance", "create", values))
        self.mine: list[Any] = [("instance_id", "=", self.id)]
        browser.call("magento.instance", "action_connect", [self.id])
        self.write_all("magento.store.view", {"import_from": False})

    def press(self, button: str) -> None:
        """Press a button of the instance, and let the schedule do what it started."""
        self.browser.call("magento.instance", button, [self.id])
        synchronize(self.browser)

    def set(self, **values: Any) -> None:
        """Change settings of the instance."""
        self.browser.call("magento.instance", "write", [self.id], values)

    def write_all(self, model: str, values: dict[str, Any], *domain: Any) -> None:
        """Write records of a model that belong to the instance."""
        ids = self.browser.call(model, "search", [*self.mine, *domain])
        assert ids, f"there is no {model} with {domain}"
        self.browser.call(model, "write", ids, values)

    def place(self, *steps: str, sku: str) -> str:
        """Somebody orders one product; the number."""
        lines = [{"sku": sku, "qty": QUANTITY, "price": "19.99", "tax_percent": 19}]
        return self.store.place_order(store_id=1, lines=lines, steps=list(steps), payment="checkmo")

    def sale_order(self, number: str) -> int:
        """The sale order of an order."""
        row = self.browser.read("magento.order", [*self.mine, ("increment_id", "=", number)], ["sale_order_id"])[0]
        return int(row["sale_order_id"][0])

    def deliver(self, number: str, tracking: str) -> None:
        """Deliver all of an order."""
        browser = self.browser
        domain = [("sale_id", "=", self.sale_order(number)), ("state", "not in", ["done", "cancel"])]
        (picking,) = browser.call("stock.picking", "search", domain)
        browser.call("stock.picking", "action_assign", [picking])
        browser.call("stock.picking", "write", [picking], {"carrier_tracking_ref": tracking})
        browser.call("stock.picking", "button_validate", [picking], context={"skip_sms": True})
        assert browser.count("stock.picking", [("id", "=", picking), ("state", "=", "done")])

    def tell_customer(self, number: str, text: str) -> None:
        """Send the customer a message."""
        message = {"body": text, "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        self.browser.call("sale.order", "message_post", [self.sale_order(number)], **message)


def synchronize(browser: Browser) -> None:
    """Run the scheduled action by hand until it has nothing left to do."""
    action = browser.read("ir.model.data", [("name", "=", "cron_synchronize"), ("module", "=", MODULE)], ["res_id"])
    for _press in range(20):
        browser.call("ir.cron", "method_direct_trigger", [action[0]["res_id"]])
        if not browser.count("magento.run", [("state", "in", ["queued", "running"])]):
            return
    raise AssertionError("the synchronisation does not come to an end")


def first_shop(browser: Browser, store: Store) -> dict[str, str]:
    """A shop with everything switched on, and with things under way; the numbers of two orders whose shipments wait."""
    shop = Shop(browser, store, "Everything", protocol="xmlrpc")
    catalog(shop)
    orders(shop)
    customers(shop)
    stock(shop)
    shop.set(**SCHEDULES)
    synchronize(browser)
    sent(shop)
    return left_waiting(shop)


def catalog(shop: Shop) -> None:
    """Categories, products and pictures are imported; changes and something new are exported."""
    browser = shop.browser
    shop.write_all("magento.field.map", {"direction": "both"}, ("attribute_code", "=", "image"))
    shop.write_all("magento.field.map", {"direction": "both"}, ("attribute_code", "=", "short_description"))
    shop.press("action_import_products")
    products = browser.call("product.product", "search", [("magento_link_ids", "!=", False)], limit=3)
    browser.call("product.product", "write", products, {"weight": 7.5})
    new = browser.call("product.product", "create", {"name": "Made in Odoo", "default_code": "NEW-1"})
    offer(shop, new)
    synchronize(browser)
    category = browser.read("magento.category", [*shop.mine, ("level", "=", 2)], ["category_id"], limit=1)[0]
    browser.call("product.category", "write", [category["category_id"][0]], {"name": "Renamed in Odoo"})
    shop.press("action_export_categories")


def offer(shop: Shop, product: int) -> None:
    """Export a product to the shop."""
    wizard = shop.browser.call(
        "magento.product.export.wizard", "create", {"instance_id": shop.id, "product_ids": [(6, 0, [product])]}
    )
    shop.browser.call("magento.product.export.wizard", "action_export", [wizard])


def orders(shop: Shop) -> None:
    """Orders by rules, with taxes that are mapped but one, and what cannot be imported."""
    browser = shop.browser
    browser.call("res.currency", "write", currencies(browser), {"active": True})
    for code, action in RULES.items():
        shop.write_all("magento.order.status", {"action": action}, ("code", "=", code))
    for rate in RATES:
        if rate != 13.37:
            tax = browser.call("account.tax", "create", {"name": f"{rate} %", "amount": rate, "type_tax_use": "sale"})
            browser.call("magento.tax", "create", {"instance_id": shop.id, "rate": rate, "tax_ids": [(6, 0, [tax])]})
    status = browser.call("magento.order.status", "search", [*shop.mine, ("code", "=", "pending")])[0]
    view = browser.call("magento.store.view", "search", [*shop.mine, ("magento_id", "=", 2)])[0]
    values = {"status_id": status, "store_view_id": view, "action": "skip"}
    browser.call("magento.order.status.exception", "create", values)
    shop.press("action_import_orders")


def currencies(browser: Browser) -> Any:
    """Those that the stores sell in."""
    wanted = [("name", "in", ["USD", "EUR", "GBP"])]
    return browser.call("res.currency", "search", wanted, context={"active_test": False})


def customers(shop: Shop) -> None:
    """All customers are imported, one is marked and made in Magento; somebody may use the connector."""
    browser = shop.browser
    shop.press("action_export_customers")
    wizard = browser.call("magento.customer.import.wizard", "create", {"instance_id": shop.id, "what": "all"})
    browser.call("magento.customer.import.wizard", "action_import", [wizard])
    mark(shop, "Ann Marked")
    group = browser.read("ir.model.data", [("module", "=", MODULE), ("name", "=", "group_user")], ["res_id"])
    user = {"name": "Uma", "login": "uma", "group_ids": [(4, group[0]["res_id"])]}
    browser.call("res.users", "create", user, context={"no_reset_password": True})
    shop.set(user_id=browser.call("res.users", "search", [("login", "=", "uma")])[0])


def mark(shop: Shop, name: str) -> None:
    """A contact that is to be made in the shop."""
    values = {"name": name, "email": f"{name.split()[0]}@example.com", "magento_export_ids": [(4, shop.id)]}
    address = {"street": "Main Street 1", "city": "Berlin", "zip": "10115", "phone": "030 1234"}
    country = shop.browser.call("res.country", "search", [("code", "=", "DE")])[0]
    shop.browser.call("res.partner", "create", values | address | {"country_id": country})


def stock(shop: Shop) -> None:
    """Magento's stock is taken over, compared, and sent from now on."""
    browser = shop.browser
    wizard = browser.call("magento.stock.wizard", "create", {"instance_id": shop.id})
    browser.call("magento.stock.wizard", "action_take_over", [wizard])
    synchronize(browser)
    counted = browser.call("stock.quant", "search", [("inventory_quantity_set", "=", True)])
    browser.call("stock.quant", "write", counted, {"inventory_quantity": ON_HAND})
    browser.call("stock.quant", "action_apply_inventory", counted)
    shop.press("action_compare_stock")
    browser.call("magento.stock.wizard", "action_send", [wizard])
    synchronize(browser)


def sent(shop: Shop) -> None:
    """One order of which Magento was told everything, and one of which it refused the shipment."""
    shop.write_all("magento.store.view", SENDING)
    sku = sold(shop)
    done, refused = shop.place("invoice", sku=sku), shop.place("invoice", sku=sku)
    synchronize(shop.browser)
    shop.deliver(done, "T-SENT")
    shop.tell_customer(done, "On its way")
    synchronize(shop.browser)
    shop.store.misbehave("fault", "sales_order_shipment.create", code=102, message="Not today", times=1)
    shop.deliver(refused, "T-REFUSED")
    synchronize(shop.browser)


def sold(shop: Shop) -> str:
    """The SKU of a product that can be delivered."""
    domain = [*shop.mine, ("product_id.is_storable", "=", True), ("product_id.qty_available", ">", 100)]
    return str(shop.browser.read("magento.product", domain, ["sku"], limit=1, order="id")[0]["sku"])


def left_waiting(shop: Shop) -> dict[str, str]:
    """The shop goes away: of one shipment nobody knows whether it was made, all that follows waits."""
    browser, sku = shop.browser, sold(shop)
    unsure, waiting = shop.place("invoice", sku=sku), shop.place("invoice", sku=sku)
    synchronize(browser)
    shop.store.misbehave("lost_answer", "sales_order_shipment.create")
    shop.store.misbehave("http_503", "sales_order_shipment.list", after=1)
    shop.deliver(unsure, "T-UNSURE")
    synchronize(browser)
    shop.store.misbehave("http_503")
    shop.deliver(waiting, "T-WAITING")
    shop.tell_customer(waiting, "It will come")
    offer(shop, browser.call("product.product", "create", {"name": "Waits in Odoo", "default_code": "NEW-2"}))
    mark(shop, "Bob Waiting")
    synchronize(browser)
    return {"T-UNSURE": unsure, "T-WAITING": waiting}


def second_shop(browser: Browser, store: Store) -> None:
    """A shop that went away in the middle of its history."""
    address = store.url.replace("://", f"://{LOGIN}@")
    shop = Shop(browser, store, "Mid-history", url=address, protocol="xmlrpc")
    for code in ("pending", "processing", "complete"):
        shop.write_all("magento.order.status", {"action": "skip"}, ("code", "=", code))
    shop.press("action_import_products")
    store.misbehave("http_503", "sales_order.list", after=2)
    shop.press("action_import_orders")
