"""Pictures of products."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from . import parse_catalog
from .base import Base, Store, trimmed
from .errors import MagentoError, NotFound, NotUnderstood, Refused
from .read import each, parsed
from .reader import Reader
from .records import ProductImage

LARGEST = 32 * 2**20
_METHOD = "catalog_product_attribute_media"
_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}
_OTHERS = (b"RIFF", b"BM", b"II*\x00", b"MM\x00*", b"<svg", b"<?xml")


class Images(Base):
    """Reading and changing the pictures of products. Products are named by id."""

    def product_images(self, product_id: int, store: Store = None) -> list[ProductImage]:
        """The pictures of a product, with the labels and roles of a store view.

        :raises NotFound: it does not exist.
        """
        answer = self._call(f"{_METHOD}.list", *(str(product_id), store, "id"))
        return each(answer, f"{_METHOD}.list", parse_catalog.image)

    def images_of(self, product_ids: Sequence[int]) -> Reader[tuple[int, list[ProductImage] | MagentoError]]:
        """The pictures of many products, in the order asked for; the error of one stands in its place."""
        method = f"{_METHOD}.list"

        def fetch(batch: Sequence[int]) -> list[list[ProductImage] | MagentoError]:
            answers = self._connection.call_many([(method, (str(number), None, "id")) for number in batch])
            return [_images(answer, method) for answer in answers]

        return self._read("pictures", fetch, product_ids)

    def image_content(self, image: ProductImage | str, most: int = LARGEST) -> bytes:
        """The picture itself, by its record or its address, up to ``most`` bytes.

        :raises ForeignHost: it is on a host that is not the shop's.
        :raises NotFound: the file is gone.
        :raises TooBig: it is larger.
        :raises NotUnderstood: what is there is no picture.
        """
        url = image if isinstance(image, str) else image.url
        content = self._connection.transport.get(url, most)
        if mime_type(content) is None and not content.startswith(_OTHERS):
            raise NotUnderstood(f"What is at {url[:200]} is no picture")
        return content

    def add_product_image(
        self,
        product_id: int,
        content: bytes,
        *,
        name: str = "image",
        label: str | None = None,
        position: int | None = None,
        types: Sequence[str] | None = None,
        excluded: bool = False,
        known: Collection[str] | None = None,
    ) -> str:
        """Add a picture (JPEG, PNG or GIF) to a product. Gives the ``file`` that it has in Magento.

        :param name: of the file, without ending.
        :param types: its roles (image, small_image, thumbnail), which other pictures lose.
        :param known: the ``file`` of each picture that the product has; they are read when not given. A lost answer is
            looked for among the others.
        :raises Refused: it is of another kind, or Magento cannot read it.
        """
        data = {"file": _file(content, name)} | _facts(label, position, types, excluded)
        before = set(known) if known is not None else {image.file for image in self.product_images(product_id)}
        method = f"{_METHOD}.create"

        def write() -> str:
            answer = self._write(method, str(product_id), data, None, "id")
            if not isinstance(answer, str) or not answer.strip():
                raise NotUnderstood(f"Magento answered {method} without the name of the file")
            return answer.strip()

        def added() -> str | None:
            return next((image.file for image in self.product_images(product_id) if image.file not in before), None)

        return self._once(write, added)

    def update_product_image(
        self,
        product_id: int,
        file: str,
        *,
        label: str | None = None,
        position: int | None = None,
        types: Sequence[str] | None = None,
        excluded: bool | None = None,
        store: Store = None,
    ) -> None:
        """Change what is said about a picture; what is not given stays. May be repeated.

        :raises NotFound: the product or the picture does not exist.
        """
        values = _facts(label, position, types, excluded)
        self._call(f"{_METHOD}.update", *trimmed(str(product_id), file, values, store, "id"))

    def remove_product_image(self, product_id: int, file: str) -> None:
        """Remove a picture from a product.

        :raises NotFound: the product or the picture does not exist.
        """

        def gone() -> bool | None:
            try:
                return None if file in {image.file for image in self.product_images(product_id)} else True
            except NotFound:
                return True

        self._once(lambda: bool(self._write(f"{_METHOD}.remove", str(product_id), file, "id")), gone)


def _images(answer: Any, method: str) -> list[ProductImage] | MagentoError:
    return parsed(answer, partial(each, method=method, parse=parse_catalog.image))


def _file(content: bytes, name: str) -> dict[str, str]:
    mime = mime_type(content)
    if mime is None:
        raise Refused("The picture is of a kind that Magento does not take", "use JPEG, PNG or GIF")
    return {"content": base64.b64encode(content).decode("ascii"), "mime": mime, "name": name}


def _facts(
    label: str | None, position: int | None, types: Sequence[str] | None, excluded: bool | None
) -> dict[str, Any]:
    """What is said about a picture, as far as it is given."""
    found: dict[str, Any] = {"label": label, "position": position}
    found["exclude"] = None if excluded is None else int(excluded)
    found["types"] = None if types is None else list(types)
    return {key: value for key, value in found.items() if value is not None}


def mime_type(content: bytes) -> str | None:
    """The type of a picture by its first bytes, if it is one that Magento takes."""
    return next((kind for mark, kind in _KINDS.items() if content.startswith(mark)), None)
