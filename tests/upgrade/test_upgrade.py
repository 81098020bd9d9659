"""From the version before to this one: nothing that people have is lost or changed, and the work goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from itertools import islice

import past
from lives import Calls, Database, Upgraded, UsedOn
from snapshots import Change, Snapshot, changes

from devkit.demo import check
from devkit.paths import LOGS, MODULE
from devkit.testing.odoo import check_log
from magento_api import connect

# What the present version takes away or changes on purpose, and why: tables, table.column, XML ids.
ON_PURPOSE = {
    # logins are taken out of addresses
    *("magento_instance.url", "magento_instance.basic_user", "magento_instance.basic_password"),
    "magento_instance.write_*",
}
# What Odoo writes anew from an addon's files.
OF_THE_FILES = {
    *("ir_act_*", "ir_actions*", "ir_model*", "ir_module*", "ir_rule", "ir_ui_*", "*group_rel"),
    *("ir_attachment.write_*", "res_groups*.write_*"),
    "res_partner.write_*",  # of users, whose groups are written
}
# What people and other addons refer to by XML ids.
REFERRED_TO = ("ir.actions", "ir.cron", "ir.ui.menu", "mail.", "product.", "res.")
# Up to which record of Magento an instance has looked, and where what it found is.
CURSORS = {
    "history_order_id": "magento_order",
    "products_history_id": "magento_product",
    "customers_history_id": "magento_customer",
}
# What goes on with every synchronisation.
GOING_ON = {"ir_*", "magento_instance", "magento_outbox", "stock_quant"}
STOCK = {f"magento_product.{column}" for column in ("qty_*", "stock_*", "write_*")}
READS = ("info", "list", "tree", "items", "options", "assignedProducts", "login", "endSession")


def test_the_log_is_quiet(upgraded: Upgraded) -> None:
    assert not check_log(upgraded.log)


def test_nothing_is_lost_or_changed(upgraded: Upgraded) -> None:
    cursors = {f"magento_instance.{cursor}" for cursor in CURSORS}
    assert_none(changes(upgraded.before, upgraded.after, OF_THE_FILES | ON_PURPOSE | cursors))


def test_a_login_is_taken_out_of_the_address(upgraded: Upgraded) -> None:
    """The key stays: it is the same shop."""
    (key,) = (key for key, row in upgraded.before["magento_instance"].items() if "@" in row["url"])
    row = upgraded.after["magento_instance"][key]
    assert row["url"] == upgraded.database.second.url
    assert f"{row['basic_user']}:{row['basic_password']}" == past.LOGIN
    assert row["api_key"] == upgraded.database.second.key


def test_no_cursor_passes_what_is_known(upgraded: Upgraded) -> None:
    """They may be put forward to what is here already; what is not is not passed over, what was read not read anew."""
    for key, instance in upgraded.before["magento_instance"].items():
        for cursor, table in CURSORS.items():
            rows = upgraded.before[table].values()
            known = [row["magento_id"] or 0 for row in rows if row["instance_id"] == instance["id"]]
            was, now = (data["magento_instance"][key][cursor] or 0 for data in (upgraded.before, upgraded.after))
            assert was <= now <= max([was, *known]), (instance["name"], cursor)


def assert_none(found: Iterable[Change]) -> None:
    """There is no such change; shows the first ones."""
    shown = "\n".join(str(change) for change in islice(found, 50))
    assert not shown, shown


def test_the_data_is_what_is_to_be_tried(upgraded: Upgraded) -> None:
    """All states of the inbox and of the outbox, a history that is read and one in its middle, all kinds of links."""
    data = upgraded.before
    assert {row["state"] for row in data["magento_order"].values()} == {"imported", "failed", "skipped"}
    assert {row["state"] for row in data["magento_outbox"].values()} == {"sent", "waiting", "failed"}
    assert [row["kind"] for row in data["magento_outbox"].values() if row["tried_at"]] == ["shipment"]
    instances = list(data["magento_instance"].values())
    assert {row["name"]: row["history_done"] for row in instances} == {"Everything": True, "Mid-history": None}
    assert all(row["history_order_id"] and row["error_message"] for row in instances)
    assert {row["magento_id"] > 0 for row in data["magento_product"].values()} == {True, False}
    assert {row["state"] for row in data["account_move"].values()} >= {"posted"}
    for table in ("category", "customer", "address", "product_image", "tax", "document", "order_status_exception"):
        assert data[f"magento_{table}"], table


def test_what_is_referred_to_keeps_its_xml_id(upgraded: Upgraded) -> None:
    before, after = xml_ids(upgraded.before), xml_ids(upgraded.after)
    assert before
    assert not {name: after.get(name) for name in before.keys() - ON_PURPOSE if after.get(name) != before[name]}


def xml_ids(data: Snapshot) -> dict[str, tuple[str, int]]:
    """The records that the addon brings and others may refer to."""
    rows = (row for row in data["ir_model_data"].values() if row["module"] == MODULE)
    return {row["name"]: (row["model"], row["res_id"]) for row in rows if row["model"].startswith(REFERRED_TO)}


def test_the_next_import_writes_nothing_that_was_there(used_on: UsedOn) -> None:
    """Not even a date: but for the orders and the product that something waited for."""
    upgraded = used_on.upgraded
    found = changes(upgraded.after, used_on.now, GOING_ON | STOCK)
    known = under_way(upgraded)
    assert_none(change for change in found if (change.table, change.row) not in known)


def under_way(upgraded: Upgraded) -> set[tuple[str, str]]:
    """The rows of what waited to be told to Magento."""
    waiting = set(upgraded.database.waiting.values())
    rows = [row for row in upgraded.after["magento_order"].values() if row["increment_id"] in waiting]
    new = [row for row in upgraded.after["magento_product"].values() if not row["magento_id"]]
    return {
        *(("magento_order", str(row["id"])) for row in rows),
        *(("sale_order", str(row["sale_order_id"])) for row in rows),
        *(("magento_product", str(row["id"])) for row in new),
    }


def test_new_orders_come(used_on: UsedOn) -> None:
    states = {row["increment_id"]: row["state"] for row in used_on.now["magento_order"].values()}
    first, second = used_on.placed
    assert (states[first], states[second]) == ("imported", "skipped")
    assert not check_log(LOGS / "upgrade-after.log")


def test_the_history_goes_on_where_it_was(used_on: UsedOn) -> None:
    upgraded = used_on.upgraded
    known, now = (inbox(data, "Mid-history") for data in (upgraded.after, used_on.now))
    assert 0 < len(known) < past.HISTORY
    assert len(now) == past.HISTORY + 1
    assert used_on.calls[1]["sales_order.info"] == len(now) - len(known), "nothing is read twice"


def inbox(data: Snapshot, name: str) -> set[str]:
    """The orders of an instance."""
    (instance,) = (row["id"] for row in data["magento_instance"].values() if row["name"] == name)
    return {row["increment_id"] for row in data["magento_order"].values() if row["instance_id"] == instance}


def test_what_waited_goes_out_once(used_on: UsedOn) -> None:
    """The shipment whose answer was lost was made already; what was refused waits for a person."""
    written = writes(used_on.calls[0])
    written.pop("cataloginventory_stock_item.multiUpdate", None)
    assert written == {
        "sales_order_shipment.create": 1,
        "sales_order_shipment.addTrack": 2,
        "sales_order.addComment": 1,
        "catalog_product.create": 1,
        "customer.create": 1,
        "customer_address.create": 1,
    }
    rows = used_on.now["magento_outbox"].values()
    assert Counter((row["kind"], row["state"]) for row in rows) == {
        ("shipment", "sent"): 3,
        ("track", "sent"): 3,
        ("comment", "sent"): 2,
        ("shipment", "failed"): 1,
        ("track", "waiting"): 1,
    }
    shipped = {number: ([number], past.QUANTITY) for number in used_on.upgraded.database.waiting}
    assert shipments(used_on.upgraded.database) == shipped


def shipments(database: Database) -> dict[str, tuple[list[str], Decimal]]:
    """Tracking numbers and quantity of the one shipment that the store has of each order under way."""
    store, found = database.first, {}
    with connect(store.url, store.user, store.key) as client:
        for label, number in database.waiting.items():
            order = int(database.sql(f"SELECT magento_id FROM magento_order WHERE increment_id = '{number}'"))
            (row,) = client.shipments(order)
            shipment = client.shipment(row.increment_id)
            found[label] = ([track.number for track in shipment.tracks], sum(item.qty for item in shipment.items))
    return found


def test_then_nothing_is_written_to_the_shops(used_on: UsedOn) -> None:
    assert [writes(calls) for calls in (used_on.calls[1], *used_on.once_more)] == [{}, {}, {}]


def writes(calls: Calls) -> Calls:
    """Those calls that change something in the store."""
    return {name: count for name, count in calls.items() if name.rpartition(".")[2] not in READS}


def test_every_order_is_exact(used_on: UsedOn) -> None:
    for instance in used_on.browser.read("magento.instance", [], ["imported_count"]):
        money = check.money(used_on.browser, instance["id"])
        assert money["exact"] == money["checked"] == instance["imported_count"], money
