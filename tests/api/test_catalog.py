"""The catalog against the sandbox store, over each protocol: reading the rest of it, and changing it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from magento_api import (
    AlreadyExists,
    Client,
    MagentoError,
    NotFound,
    NotUnderstood,
    Refused,
    TooBig,
    Unreachable,
    connect,
)
from magento_api.catalog_writes import UPDATES
from magento_api.permissions import WRITES
from sandbox import Sandbox, start

PNG = bytes.fromhex("89504e470d0a1a0a") + b"picture"
LOST = ["lost_answer", "http_500_after", "truncated", "cut_connection", "php_warning"]


@pytest.fixture
def store(protocol: str, like: str) -> Iterator[Sandbox]:
    with start(wsi=protocol == "soap_v2_wsi", like=like, products=60, customers=5, cases=False) as found:
        yield found


def product(shop: Client, number: int, store: Any = None) -> Any:
    found = dict(shop.products([number], store=store))[number]
    assert not isinstance(found, MagentoError), found
    return found


def seen(store: Sandbox, number: int) -> dict[str, Any]:
    """A product as the store itself has it."""
    record = store.shop.products.by_id(number)
    assert record is not None
    return dict(record.full())


def test_reading(shop: Client) -> None:
    assert [kind.type for kind in shop.product_types()][:2] == ["simple", "grouped"]
    default = {attribute.code: attribute for attribute in shop.attributes(4)}
    clothing = {attribute.code: attribute for attribute in shop.attributes(9)}
    assert set(clothing) - set(default) == {"color", "size"}
    assert set(default) - set(clothing) == {"manufacturer"}
    assert clothing["size"].frontend_input == "select"
    assert default["name"].required
    assert default["ean"].scope == "global"
    assert shop.attributes(77) == []
    assert len(shop.attribute_options("size")) == 5


def test_ids_and_names_by_store(shop: Client, store: Sandbox) -> None:
    store.reset()
    ids = list(shop.product_ids())
    assert ids == sorted(record.get("product_id") for record in store.shop.products.rows)
    assert store.requests.total <= 7, "one, four that look beyond a gap, one for the rest"
    assert list(shop.product_ids(after_id=ids[-3])) == ids[-2:]
    names = {summary.id: summary.name for summary in shop.product_summaries(store=3)}
    other = {summary.id: summary.name for summary in shop.product_summaries()}
    assert [number for number in ids if names[number] != other[number]]


def test_products_of_a_category(shop: Client, store: Sandbox) -> None:
    found = shop.category_products(6)
    wanted = {row.get("product_id") for row in store.shop.products.rows if 6 in row.get("categories")}
    assert {one.id for one in found} == wanted
    assert all(one.sku and one.attribute_set_id in (4, 9) for one in found)
    with pytest.raises(NotFound):
        shop.category_products(999)


def test_skus_with_commas(shop: Client, store: Sandbox) -> None:
    store.edit_product("1,5 mm", name="Cable")
    store.edit_product("A,B", name="Both")
    found = {summary.sku: summary.name for summary in shop.product_summaries(skus=["1,5 mm", "A,B", "SMP-0001", "A"])}
    assert set(found) == {"1,5 mm", "A,B", "SMP-0001"}


def test_the_life_of_a_category(shop: Client, protocol: str) -> None:
    number = shop.create_category(4, {"name": "Hüte & <Caps>", "description": "On heads", "position": 7})
    made = shop.category(number)
    assert (made.name, made.parent_id, made.path, made.level) == ("Hüte & <Caps>", 4, (1, 2, 4, number), 3)
    assert (made.is_active, made.include_in_menu, made.available_sort_by) == (True, True, ("position",))
    assert (made.position, made.default_sort_by, made.description) == (7, "position", "On heads")
    shop.update_category(number, {"name": "Hats", "is_active": False})
    shop.update_category(number, {"name": "Hüte"}, store="eu_de")
    assert (shop.category(number).name, shop.category(number).is_active) == ("Hats", False)
    assert shop.category(number, store=3).name == "Hüte"
    assert shop.category(number, store=2).name == "Hats"
    shop.move_category(number, 5)
    assert shop.category(number).path == (1, 2, 4, 5, number)
    shop.move_category(number, 5, after_id=6)
    children = next(node for node in shop.category_tree(4).children if node.id == 5).children
    assert [node.id for node in children][:2] == [6, number]
    with pytest.raises(Refused, match="parent category"):
        shop.move_category(4, 5)
    shop.delete_category(number)
    with pytest.raises(NotFound):
        shop.category(number)
    with pytest.raises(NotFound):
        shop.delete_category(number)
    with pytest.raises(Refused, match="root"):
        shop.delete_category(2)


def test_categories_that_magento_refuses(shop: Client, protocol: str) -> None:
    with pytest.raises(Refused, match=r'"name" is required'):
        shop.create_category(4, {"description": "Nameless"})
    with pytest.raises(NotFound):
        shop.create_category(999, {"name": "Nowhere"})
    with pytest.raises(NotFound):
        shop.update_category(999, {"name": "Nobody"})
    if protocol.startswith("soap_v2"):
        with pytest.raises(Refused, match="SOAP v2 cannot set image"):
            shop.update_category(5, {"image": "x.jpg"})


def test_many_categories(shop: Client, store: Sandbox, protocol: str) -> None:
    numbers = [5, 6, 999, 7, 8, 6]
    changes = [(number, {"name": f"Name {place}"}) for place, number in enumerate(numbers)]
    changes[3] = (7, {"name": object()})  # type: ignore[dict-item]
    found = list(shop.update_categories(changes))
    assert [number for number, _error in found] == numbers
    errors = [type(error) for _number, error in found]
    assert errors == [type(None), type(None), NotFound, Refused, type(None), type(None)]
    assert shop.category(6).name == "Name 5", "in order, the last one wins"


@pytest.mark.parametrize("kind", LOST)
def test_a_lost_answer_makes_no_second_category(shop: Client, store: Sandbox, protocol: str, kind: str) -> None:
    if kind == "php_warning" and protocol == "xmlrpc":
        pytest.skip("XML-RPC is whole behind a warning")
    store.misbehave(kind, "catalog_category.create")
    number = shop.create_category(4, {"name": "Once 😀"})
    assert number == 47
    assert len(store.shop.categories) == 47
    store.misbehave("http_502", "catalog_category.create")
    assert shop.create_category(4, {"name": "Once 😀"}) == 48, "what never arrived is sent again"
    store.misbehave(kind, "catalog_category.delete")
    shop.delete_category(number)
    assert number not in store.shop.categories


def test_the_life_of_a_product(shop: Client, store: Sandbox, protocol: str) -> None:
    custom = {
        "ean": "4006381333931",
        "manufacturer": 11,
        "materials": [15, 16],
        "release_date": date(2026, 12, 24),
        "news_from_date": datetime(2026, 12, 1, 12, tzinfo=timezone.utc),
        "is_fragile": True,
    }
    data = {
        "name": "Röhre & <b>",
        "price": Decimal("12.3400"),
        "weight": Decimal("1E+1"),
        "status": 1,
        "visibility": 4,
        "tax_class_id": 2,
        "websites": [1, 2],
        "categories": [5, 6],
        "meta_title": None,
        "stock_data": {"qty": Decimal("7.5"), "is_in_stock": True},
    }
    wsi = protocol == "soap_v2_wsi"
    number = shop.create_product("simple", 4, "NEW/1 ü", data if wsi else data | custom)
    made = product(shop, number)
    assert (made.sku, made.name, made.price, made.weight) == ("NEW/1 ü", "Röhre & <b>", Decimal("12.34"), Decimal(10))
    assert (made.category_ids, made.website_ids, made.tax_class_id) == ((5, 6), (1, 2), 2)
    row = seen(store, number)
    if not wsi:
        assert (row["ean"], row["manufacturer"], row["materials"]) == ("4006381333931", 11, "15,16")
        assert (row["release_date"], row["news_from_date"]) == ("2026-12-24", "2026-12-01 12:00:00")
        assert row["is_fragile"] == 1
    stock = list(shop.stock_items(["NEW/1 ü"]))
    assert [(item.qty, item.is_in_stock) for item in stock] == [(Decimal("7.5"), True)]
    outcome = list(
        shop.update_products([(number, {"name": "Rohr", "weight": "", "price": Decimal("1.1")})], store="eu_de")
    )
    assert outcome == [(number, None)]
    assert product(shop, number, store="eu_de").name == "Rohr"
    assert product(shop, number).name == "Röhre & <b>"
    shop.delete_product(number)
    assert number not in set(shop.product_ids())
    with pytest.raises(NotFound):
        shop.delete_product(number)


def test_products_that_magento_refuses(shop: Client) -> None:
    with pytest.raises(AlreadyExists, match="SMP-0001 already") as caught:
        shop.create_product("simple", 4, "SMP-0001", {"name": "Again"})
    assert caught.value.id == 25
    with pytest.raises(Refused, match="not in allowed types"):
        shop.create_product("nonsense", 4, "X", {})
    with pytest.raises(Refused, match="attribute set"):
        shop.create_product("simple", 44, "X", {})
    with pytest.raises(Refused, match="price is NaN"):
        shop.create_product("simple", 4, "X", {"price": Decimal("NaN")})
    with pytest.raises(Refused, match="fun is a object"):
        shop.create_product("simple", 4, "X", {"fun": object()})
    assert list(shop.product_summaries(skus=["X"])) == []


@pytest.mark.parametrize("kind", LOST)
def test_a_lost_answer_makes_no_second_product(shop: Client, store: Sandbox, protocol: str, kind: str) -> None:
    if kind == "php_warning" and protocol == "xmlrpc":
        pytest.skip("XML-RPC is whole behind a warning")
    before = len(store.shop.products)
    store.misbehave(kind, "catalog_product.create")
    number = shop.create_product("simple", 4, "ONCE-1", {"name": "Once"})
    assert seen(store, number)["sku"] == "ONCE-1"
    assert len(store.shop.products) == before + 1
    store.misbehave("drop_before", "catalog_product.create")
    assert shop.create_product("simple", 4, "ONCE-2", {}) == number + 1, "what never arrived is sent again"
    store.misbehave("expire_session", "catalog_product.create")
    assert shop.create_product("simple", 4, "ONCE-3", {}) == number + 2
    assert store.requests.calls["catalog_product.create"] == 5
    store.misbehave(kind, "catalog_product.delete")
    shop.delete_product(number)
    assert store.shop.products.by_id(number) is None


def test_a_time_out_is_not_repeated(store: Sandbox, protocol: str) -> None:
    with connect(store.url, store.user, store.key, protocol=protocol, timeout=(5, 0.4)) as shop:
        store.misbehave("latency", "catalog_product.create", seconds=1.2)
        with pytest.raises(Unreachable, match="did not answer") as caught:
            shop.create_product("simple", 4, "LATE", {})
        assert caught.value.retryable
        assert store.requests.calls["catalog_product.create"] == 1


def test_when_nobody_can_tell(shop: Client, store: Sandbox) -> None:
    store.misbehave("lost_answer", "catalog_product.create")
    store.misbehave("http_503", "catalog_product.list", times=None)
    with pytest.raises(Unreachable, match="broke off"):
        shop.create_product("simple", 4, "WHO-KNOWS", {})
    assert store.requests.calls["catalog_product.create"] == 1


def test_skus_that_magento_refuses(shop: Client, store: Sandbox, protocol: str) -> None:
    with pytest.raises(Refused, match="64"):
        shop.create_product("simple", 4, "x" * 65, {"name": "Long"})
    number = shop.create_product("simple", 4, "x" * 64, {"name": "Long"})
    ((_number, error),) = shop.update_products([(number, {"sku": "SMP-0001"})])
    assert isinstance(error, Refused)
    ((_number, error),) = shop.update_products([(number, {"sku": "SMP-NEW"})])
    if protocol == "soap_v2_wsi":
        assert "WS-I" in str(error), "Magento would say yes and do nothing"
    else:
        assert (error, seen(store, number)["sku"]) == (None, "SMP-NEW")


def changes(store: Sandbox, count: int) -> list[tuple[int, dict[str, Any]]]:
    ids = [record.get("product_id") for record in store.shop.products.rows]
    return [(number, {"name": f"New {number}", "description": f"{number}"}) for number in (ids * 9)[:count]]


def test_many_products(shop: Client, store: Sandbox, protocol: str) -> None:
    wanted = changes(store, 200)
    wanted[30] = (987654, {"name": "Nobody"})
    wanted[60] = (wanted[60][0], {"price": Decimal("Infinity")})
    store.reset()
    found = list(shop.update_products(iter(wanted)))
    assert [number for number, _error in found] == [number for number, _data in wanted]
    wrong = {place: type(error) for place, (_number, error) in enumerate(found) if error}
    assert wrong == {30: NotFound, 60: Refused}
    single = UPDATES if protocol.startswith("soap_v2") else 0
    assert store.requests.total <= 200 / UPDATES + 1 + single
    good = [number for place, (number, _data) in enumerate(wanted) if place not in wrong]
    assert all(seen(store, number)["name"] == f"New {number}" for number in good)
    assert all(seen(store, number)["description"] == f"{number}" for number in good)


@pytest.mark.parametrize(
    "kind", ["lost_answer", "http_500", "http_500_after", "http_502", "truncated", "expire_session"]
)
def test_updates_survive(shop: Client, store: Sandbox, kind: str) -> None:
    wanted = changes(store, 100)
    store.misbehave(kind, "catalog_product.*pdate", times=1 if kind == "expire_session" else 2, after=1)
    found = list(shop.update_products(wanted))
    assert found == [(number, None) for number, _data in wanted]
    assert all(seen(store, number)["name"] == f"New {number}" for number, _data in wanted)


def test_a_server_that_dies_on_every_update(shop: Client, store: Sandbox) -> None:
    store.misbehave("http_500", "catalog_product.*pdate", times=None)
    with pytest.raises(TooBig):
        list(shop.update_products(changes(store, 100)))
    assert store.requests.total < 60


def test_the_text_of_an_internal_error(shop: Client, store: Sandbox, protocol: str) -> None:
    """In a multiCall it is dropped, so the entry is sent alone."""
    wanted = changes(store, 30)
    number = wanted[7][0]
    record = store.shop.products.by_id(number)
    assert record is not None
    store.shop.broken_products[number] = "Deadlock found when trying to get lock"
    found = dict(shop.update_products(wanted))
    assert isinstance(found[number], Refused)
    assert "Deadlock found" in str(found[number])
    assert [error for error in found.values() if error] == [found[number]]


def test_products_as_magento_keeps_them(shop: Client, store: Sandbox, protocol: str) -> None:
    """Written and read in the same request, where there is multiCall."""
    wanted = changes(store, 100)
    wanted[30] = (987654, {"name": "Nobody"})
    wanted[60] = (wanted[60][0], {"price": Decimal("NaN")})
    store.reset()
    found = list(shop.put_products(iter(wanted), custom=["ean", "name"]))
    assert [number for number, _answer in found] == [number for number, _data in wanted]
    wrong = {place: type(one) for place, (_number, one) in enumerate(found) if isinstance(one, MagentoError)}
    assert wrong == {30: NotFound, 60: Refused}
    for place, (number, answer) in enumerate(found):
        if not isinstance(answer, MagentoError):
            assert answer.id == number
            assert answer.name == f"New {number}", place
            assert answer.description == f"{number}"
            assert answer.updated_at is not None
    if not protocol.startswith("soap_v2"):
        assert store.requests.total <= 100 / UPDATES + 1


def test_custom_attributes(shop: Client, store: Sandbox) -> None:
    [(_number, product)] = shop.products([25], custom=["ean", "price", "no_such"])
    assert not isinstance(product, MagentoError)
    assert product.attributes["ean"] == "4000000000011"
    assert product.price == Decimal("92.92")


def test_pictures(shop: Client, store: Sandbox, protocol: str) -> None:
    first = shop.product_images(31)
    assert [image.file for image in first] == ["/i/m/img2.jpg", "/i/m/img3.jpg", "/i/m/img4.jpg"]
    assert first[0].types == ("image", "small_image", "thumbnail")
    assert [image.excluded for image in first] == [False, False, True]
    assert shop.image_content(first[0]).startswith(b"\x89PNG")
    file = shop.add_product_image(31, PNG, name="Büro 1", label="Büro", position=9, types=["thumbnail"])
    found = {image.file: image for image in shop.product_images(31)}
    assert (found[file].label, found[file].position, found[file].types) == ("Büro", 9, ("thumbnail",))
    assert found["/i/m/img2.jpg"].types == ("image", "small_image")
    assert shop.image_content(found[file]) == PNG
    shop.update_product_image(31, file, label="", position=1, excluded=True, types=[])
    changed = {image.file: image for image in shop.product_images(31)}[file]
    assert (changed.label, changed.position, changed.excluded, changed.types) == ("", 1, True, ())
    shop.remove_product_image(31, file)
    assert file not in {image.file for image in shop.product_images(31)}
    with pytest.raises(NotFound):
        shop.remove_product_image(31, file)
    with pytest.raises(NotFound, match="deleted"):
        shop.image_content(f"{store.url}/media/catalog/product/n/o/none.jpg")
    with pytest.raises(NotFound):
        shop.product_images(99999)


def test_pictures_of_many_products(shop: Client, store: Sandbox, protocol: str) -> None:
    before = shop.requests
    found = dict(shop.images_of([31, 99999, *range(25, 31)]))
    assert list(found) == [31, 99999, *range(25, 31)]
    assert found[31] == shop.product_images(31)
    assert isinstance(found[99999], NotFound)
    assert protocol.startswith("soap_v2") or shop.requests - before == 2


def test_pictures_that_are_none(shop: Client, store: Sandbox) -> None:
    with pytest.raises(Refused, match="JPEG, PNG or GIF"):
        shop.add_product_image(31, b"BM not taken")
    with pytest.raises(NotUnderstood, match=r"is no picture\.$"):  # and nothing of what is there
        shop.image_content(f"{store.url}/")
    with pytest.raises(MagentoError, match="not an address"):
        shop.image_content("file:///etc/passwd")
    large = shop.add_product_image(31, PNG + b"x" * (3 << 20))
    with pytest.raises(TooBig, match="larger than 2 MB"):
        shop.image_content(f"{store.url}/media/catalog/product{large}", most=2 << 20)
    store.misbehave("http_502", "GET media", times=2)
    assert len(shop.image_content(f"{store.url}/media/catalog/product{large}")) > 3 << 20


@pytest.mark.parametrize("kind", LOST)
def test_a_lost_answer_makes_no_second_picture(shop: Client, store: Sandbox, protocol: str, kind: str) -> None:
    if kind == "php_warning" and protocol == "xmlrpc":
        pytest.skip("XML-RPC is whole behind a warning")
    store.misbehave(kind, "catalog_product_attribute_media.create")
    file = shop.add_product_image(31, PNG, name="once")
    assert [image.file for image in shop.product_images(31)][3:] == [file] == ["/o/n/once.png"]
    store.misbehave("drop_before", "catalog_product_attribute_media.create")
    assert shop.add_product_image(31, PNG, name="once") == "/o/n/once_1.png"
    store.misbehave(kind, "catalog_product_attribute_media.remove")
    shop.remove_product_image(31, file)
    assert len(store.shop.images[31]) == 4


def test_permissions_to_write(store: Sandbox, protocol: str) -> None:
    with connect(store.url, "limited", "limited-key", protocol=protocol) as client:
        allowed = {one.method: one.allowed for one in client.permissions(writes=WRITES)}
        assert allowed["catalog_product.create"]
        assert not allowed["cataloginventory_stock_item.update"]
    assert len(store.shop.categories) == 46, "trying changes nothing"
