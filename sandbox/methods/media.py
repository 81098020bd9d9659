"""catalog_product_attribute_media: the pictures of products. They are served under /media/catalog/product."""

from __future__ import annotations

import base64
import binascii
import re

from .. import pictures
from ..faults import fault
from ..shop import Shop
from ..tables import Record
from ..values import Row, Value, as_int
from .stored import stored
from .table import method

FOLDER = "/media/catalog/product"
TYPES = ("image", "small_image", "thumbnail")
_RESOURCE = "catalog_product_attribute_media"
_MIMES = {"image/jpeg": "jpg", "image/gif": "gif", "image/png": "png"}
_RECORDED = {"SMP-0007": ("img2.jpg", "img3.jpg", "img4.jpg")}


def images_of(shop: Shop, record: Record) -> list[Row]:
    """A product's pictures; of made-up products every second one has one."""
    number = record.get("product_id")
    if number not in shop.images:
        names: tuple[str, ...] = _RECORDED.get(record.get("sku"), ())
        if number in shop.made_up and number % 2:
            names = (f"{record.get('sku').lower()}.png",)
        shop.images[number] = [_row(name, place) for place, name in enumerate(names, 1)]
    return shop.images[number]


def _row(name: str, place: int) -> Row:
    types = list(TYPES) if place == 1 else []
    return {"file": _path(name), "label": "", "position": place, "exclude": int(place == 3), "types": types}


def _path(name: str) -> str:
    """Where a picture is put: in folders by its first two letters."""
    letters = [char if char != "." else "_" for char in (name + "__")[:2]]
    return f"/{letters[0]}/{letters[1]}/{name}"


def content_of(shop: Shop, path: str) -> bytes | None:
    """The picture at an address of the shop; None if there is none."""
    file = path.removeprefix(FOLDER)
    if file in shop.media:
        return shop.media[file]
    known = any(row["file"] == file for rows in shop.images.values() for row in rows)
    return pictures.square(file) if known else None


def _answer(shop: Shop, row: Row) -> Row:
    found = {key: row[key] for key in ("file", "label", "position", "exclude")}
    return found | {"url": f"{shop.base_url}{FOLDER}{row['file']}", "types": list(row["types"])}


def _image(shop: Shop, record: Record, file: Value) -> Row:
    for row in images_of(shop, record):
        if row["file"] == file:
            return row
    raise fault("not_exists", _RESOURCE)


def media_list(shop: Shop, product: Value, store: Value = None, identifier: Value = None) -> list[Row]:
    """catalog_product_attribute_media.list"""
    record = shop.product(product, identifier, _RESOURCE)
    shop.store(store, _RESOURCE)
    rows = sorted(images_of(shop, record), key=lambda row: row["position"])
    return [_answer(shop, row) for row in rows]


def media_info(shop: Shop, product: Value, file: Value, store: Value = None, identifier: Value = None) -> Row:
    """catalog_product_attribute_media.info"""
    record = shop.product(product, identifier, _RESOURCE)
    shop.store(store, _RESOURCE)
    return _answer(shop, _image(shop, record, file))


def media_types(shop: Shop, set_id: Value) -> list[Row]:
    """catalog_product_attribute_media.types"""
    return [{"code": code, "scope": "store"} for code in TYPES]


def media_create(shop: Shop, product: Value, data: Value, store: Value = None, identifier: Value = None) -> str:
    """catalog_product_attribute_media.create: the same name twice gets a number behind it."""
    given: Row = data if isinstance(data, dict) else {}
    file = given.get("file")
    record = shop.product(product, identifier, _RESOURCE)
    shop.store(store, _RESOURCE)
    if not isinstance(file, dict) or not file.get("mime") or not file.get("content"):
        raise fault("data_invalid", _RESOURCE, "The image is not specified.")
    if file["mime"] not in _MIMES:
        raise fault("data_invalid", _RESOURCE, "Invalid image type.")
    content = _decoded(str(file["content"]))
    name = str(file.get("name") or "image")
    if pictures.kind_of(content) is None:
        text = f"Failed to read image at /var/www/openmage/var/api/{'0' * 32}/{name}.{_MIMES[file['mime']]}"
        raise fault("not_created", _RESOURCE, text)
    path = _free(shop, re.sub(r"[^\w.-]+", "_", f"{name}.{_MIMES[file['mime']]}", flags=re.ASCII).lower())
    shop.media[path] = content
    rows = images_of(shop, record)
    row: Row = {"file": path, "label": "", "position": len(rows) + 1, "exclude": 0, "types": []}
    rows.append(row)
    _change(rows, row, given)
    record.edit()["updated_at"] = shop.now()
    return path


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise fault("data_invalid", _RESOURCE, "The image contents is not valid base64 data.") from None


def _free(shop: Shop, name: str) -> str:
    """A path that is not taken yet."""
    stem, _, ending = name.rpartition(".")
    number = 0
    path = _path(name)
    while path in shop.media:
        number += 1
        path = _path(name).rpartition("/")[0] + f"/{stem}_{number}.{ending}"
    return path


def _change(rows: list[Row], row: Row, given: Row) -> None:
    """Label, place and roles; a role that one picture gets, another loses."""
    if given.get("label") is not None:
        row["label"] = stored(given["label"])
    for key in ("position", "exclude"):
        if given.get(key) is not None:
            row[key] = as_int(given[key])
    if isinstance(given.get("types"), list):
        wanted = [kind for kind in TYPES if kind in given["types"]]
        for other in rows:
            other["types"] = [kind for kind in other["types"] if kind not in wanted]
        row["types"] = wanted


def media_update(
    shop: Shop, product: Value, file: Value, data: Value, store: Value = None, identifier: Value = None
) -> bool:
    """catalog_product_attribute_media.update"""
    record = shop.product(product, identifier, _RESOURCE)
    shop.store(store, _RESOURCE)
    row = _image(shop, record, file)
    _change(images_of(shop, record), row, data if isinstance(data, dict) else {})
    record.edit()["updated_at"] = shop.now()
    return True


def media_remove(shop: Shop, product: Value, file: Value, identifier: Value = None) -> bool:
    """catalog_product_attribute_media.remove"""
    record = shop.product(product, identifier, _RESOURCE)
    images_of(shop, record).remove(_image(shop, record, file))
    record.edit()["updated_at"] = shop.now()
    return True


_WSI = (("product", "productId"),)
_DATA = "data:catalogProductAttributeMediaCreateEntity!"
METHODS = [
    method(
        f"{_RESOURCE}.list",
        media_list,
        "catalogProductAttributeMediaList",
        *("product!", "storeView", "identifierType"),
        required=1,
        result="result:catalogProductImageEntityArray",
        wsi=_WSI,
    ),
    method(
        f"{_RESOURCE}.info",
        media_info,
        "catalogProductAttributeMediaInfo",
        *("product!", "file!", "storeView", "identifierType"),
        required=2,
        result="result:catalogProductImageEntity",
        wsi=_WSI,
    ),
    method(
        f"{_RESOURCE}.types",
        media_types,
        "catalogProductAttributeMediaTypes",
        "setId!",
        required=1,
        result="result:catalogProductAttributeMediaTypeEntityArray",
    ),
    method(
        f"{_RESOURCE}.create",
        media_create,
        "catalogProductAttributeMediaCreate",
        *("product!", _DATA, "storeView", "identifierType"),
        required=2,
        result="result:string",
        wsi=_WSI,
    ),
    method(
        f"{_RESOURCE}.update",
        media_update,
        "catalogProductAttributeMediaUpdate",
        *("product!", "file!", _DATA, "storeView", "identifierType"),
        required=3,
        wsi=_WSI,
        wsi_int=True,
    ),
    method(
        f"{_RESOURCE}.remove",
        media_remove,
        "catalogProductAttributeMediaRemove",
        *("product!", "file!", "identifierType"),
        required=2,
        wsi=_WSI,
        wsi_int=True,
    ),
]
