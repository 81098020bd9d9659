import base64
import re
from dataclasses import dataclass
from typing import Any

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.image import image_process
from odoo.tools.misc import split_every

from ...magento_api import MagentoError, NotFound, NotUnderstood, Refused
from ...magento_api.images import mime_type
from ..sync.clock import naive
from .product_image import OWN_PICTURES

# Products of one transaction: a request each, and two for all of them.
BATCH = 10
ROLES = ("image", "small_image", "thumbnail")
# What concerns one picture; every other error concerns the shop.
PICTURE_ERRORS = (NotFound, Refused, NotUnderstood)


class MagentoProductImage(models.Model):
    """The export: the product's own picture, when it has changed since both sides agreed."""

    _inherit = "magento.product.image"

    @api.model
    def _export_batches(self, loop, again=True, only=None):
        """Pictures that changed in Odoo, as batches for ``SyncLoop.drive``; nothing that changed: no request.

        A picture's file in Magento is named by its content, so that one whose answer was lost is known again.

        :param again: whether what Magento refused is offered again with nothing changed
        :param only: the ids of the links that are asked for; None for all
        :raises MagentoError: when the shop is in trouble
        """
        row = self.env["magento.field.map"]._of_images(loop.instance, "to", "both")
        if not row:
            return
        for ids in split_every(BATCH, self._changed(loop.instance, again, only), list):
            sending = PictureSending(loop, ids, newest_wins=row.direction == "both")
            sending.send()
            yield sending.note, len(ids)

    def _changed(self, instance, again, only=None):
        """The ids of the links whose product has another picture than the one both sides agreed on."""
        self.env.flush_all()
        refused = SQL("TRUE") if again else SQL("own.checksum IS DISTINCT FROM link.refused_image_checksum")
        asked_for = SQL("TRUE") if only is None else SQL("link.id IN %s", tuple(only) or (0,))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT link.id FROM (%s) AS own JOIN magento_product link ON link.id = own.id
                 WHERE link.instance_id = %s AND link.magento_id > 0 AND link.is_gone IS NOT TRUE
                   AND link.send_product AND own.checksum IS DISTINCT FROM link.agreed_image_checksum AND %s AND %s
              ORDER BY link.id
                """,
                OWN_PICTURES,
                instance.id,
                refused,
                asked_for,
            )
        )
        return [number for (number,) in rows]


class PictureSending:
    """The pictures of some products on their way to Magento: ``send`` writes nothing, ``note`` asks nobody.

    :param ids: of ``magento.product``
    :param newest_wins: whether a picture that was changed in Magento later stays
    """

    def __init__(self, loop, ids, newest_wins):
        self.loop = loop
        self.env = loop.env
        self.links = self.env["magento.product"].browse(ids)
        self.newest_wins = newest_wins
        self.parcels = []

    def send(self):
        """Tell Magento.

        :raises MagentoError: when the shop is in trouble
        """
        links = self.links.exists()
        checksums = links._image_checksums()
        self.parcels = [Parcel(link, link.magento_id, *checksums[link.id]) for link in links]
        for parcel in self.parcels:
            if parcel.checksum:
                parcel.content = base64.b64decode(parcel.link.product_id.with_context(bin_size=False).image_1920)
        there = dict(self.loop.client.images_of([parcel.number for parcel in self.parcels]))
        for parcel in self.parcels:
            try:
                self._send_one(parcel, there[parcel.number])
            except PICTURE_ERRORS as error:
                parcel.error = error
        self._follow_clock()

    def _send_one(self, parcel, images):
        """Put a product's own picture in the place of Magento's main one, or take that away where Odoo has none. Where
        Magento's was changed later, it is left to the import.

        :raises MagentoError: when Magento refuses it, or is in trouble
        """
        if isinstance(images, MagentoError):
            raise images
        client, number, link = self.loop.client, parcel.number, parcel.link
        main = parcel.main = next((image for image in images if "image" in image.types), None)
        mark = f"-{parcel.checksum[:12]}" if parcel.checksum else None
        mine = next((image for image in images if mark and mark in image.file), None)
        agreed_file = link.agreed_image_file
        if not mine and (main.file if main else False) != (agreed_file or False):
            if self.newest_wins and self._magento_is_newer(client, parcel):
                parcel.is_left = True
                return
            parcel.is_contested = True
        parcel.file = mine and mine.file
        if parcel.content and not mine:
            parcel.file = client.add_product_image(
                number,
                _sendable(parcel.content),
                name=_slug(link.sku) + mark,
                label=main.label if main else None,
                position=main.position if main else 1,
                types=main.types if main else ROLES,
                known=[image.file for image in images],
            )
        elif mine and "image" not in mine.types:
            client.update_product_image(number, mine.file, types=main.types if main else ROLES)
        if main and main is not mine and main.file == agreed_file:
            client.remove_product_image(number, main.file)
            parcel.is_replaced = True

    def _magento_is_newer(self, client, parcel):
        if not parcel.written_at:
            return True
        ((_number, answer),) = client.products([parcel.number])
        if isinstance(answer, MagentoError):
            raise answer
        return bool(answer.updated_at) and naive(answer.updated_at) >= parcel.written_at

    def _follow_clock(self):
        """Magento counts a picture as a change of the product: one that is as it was need not be read again."""
        mapping = self.links._mapping(self.loop)
        by_number = {parcel.number: parcel for parcel in self.parcels}
        for number, answer in self.loop.client.products(list(by_number), custom=mapping.codes):
            if isinstance(answer, MagentoError):
                continue
            agreed = by_number[number].link.received_values or {}
            if all(agreed.get(code) == text for code, text in mapping.received(answer).items()):
                by_number[number].changed_at = naive(answer.updated_at)

    def note(self):
        """Write what came of it. A batch of the sync loop.

        :returns: what to add to the run's counts
        """
        there, conflict = self.links.exists(), self.env["magento.product.image"]._conflict(odoo_wins=True)
        failed, skipped, parcels = 0, 0, [parcel for parcel in self.parcels if parcel.link in there]
        for parcel in parcels:
            link, error = parcel.link, parcel.error
            if parcel.changed_at:
                link.changed_at = parcel.changed_at
            if parcel.is_contested:
                link.note = "\n".join(filter(None, (link.note, conflict)))
            if error:
                failed += 1
                reason = self.env._("Magento did not take the picture: %(reason)s", reason=str(error))
                link.write({"image_error": reason, "refused_image_checksum": parcel.checksum})
            elif parcel.is_left:
                skipped += 1
                link.read_images = True
            else:
                parcel.note()
        sent = len(parcels) - failed - skipped
        return {"seen_count": len(parcels), "sent_count": sent, "failed_count": failed, "skipped_count": skipped}


@dataclass
class Parcel:
    """What Magento is told of one product's picture, and what came of it.

    ``file`` is that of the picture in Magento, None when it was taken away; ``main`` the one that had its place.
    """

    link: Any
    number: int
    checksum: str | bool
    written_at: Any
    content: bytes | None = None
    main: Any = None
    file: str | None = None
    changed_at: Any = None
    error: MagentoError | None = None
    is_left: bool = False
    is_contested: bool = False
    is_replaced: bool = False

    def note(self):
        """Remember what Magento has now."""
        link, main = self.link, self.main
        rows = {row.file: row for row in link.image_ids}
        if self.is_replaced and main.file in rows:
            rows[main.file].unlink()
        if self.file:
            types = ", ".join(main.types if main else ROLES)
            if main and not self.is_replaced and main.file in rows:
                rows[main.file].types = False
            values = {"types": types, "position": main.position if main else 1, "error": False}
            values |= {"label": main and main.label, "image": base64.b64encode(self.content)}
            if self.file in rows:
                rows[self.file].write(values)
            else:
                link.image_ids.create(values | {"link_id": link.id, "file": self.file})
        link.write(
            {
                "agreed_image_file": self.file or False,
                "agreed_image_checksum": self.checksum,
                "refused_image_checksum": False,
                "image_error": False,
            }
        )


def _sendable(content):
    """A picture as Magento takes it: others than JPEG, PNG and GIF become PNG, where that can be done."""
    if mime_type(content):
        return content
    try:
        return image_process(content, output_format="PNG") or content
    except Exception:  # whatever the decoder stumbles over: Magento's client refuses it with a sentence
        return content


def _slug(sku):
    """The SKU as the beginning of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", (sku or "").lower()).strip("-")[:40] or "picture"
