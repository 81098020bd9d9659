import base64
import re
from functools import partial

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
            yield partial(self._send_batch, loop, ids, row.direction == "both"), len(ids)

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

    def _send_batch(self, loop, ids, newest_wins):
        """Send the pictures of some products. A batch of the sync loop; it may be repeated."""
        links = self.env["magento.product"].browse(ids).exists()
        checksums, failed, skipped = links._image_checksums(), 0, 0
        there = dict(loop.client.images_of(links.mapped("magento_id")))
        for link in links:
            images = there[link.magento_id]
            try:
                if isinstance(images, MagentoError):
                    raise images
                if not self._send_one(loop, link, images, *checksums[link.id], newest_wins):
                    skipped += 1
            except PICTURE_ERRORS as error:
                failed += 1
                reason = self.env._("Magento did not take the picture: %(reason)s", reason=str(error))
                link.write({"image_error": reason, "refused_image_checksum": checksums[link.id][0]})
        self._follow_clock(loop, links)
        sent = len(links) - failed - skipped
        return {"seen_count": len(links), "sent_count": sent, "failed_count": failed, "skipped_count": skipped}

    def _send_one(self, loop, link, images, checksum, written_at, newest_wins):
        """Put a product's own picture in the place of Magento's main one, or take that away where Odoo has none.

        :returns: False where Magento's was changed later, and is left to the import
        :raises MagentoError: when Magento refuses it, or is in trouble
        """
        client, number = loop.client, link.magento_id
        main = next((image for image in images if "image" in image.types), None)
        mark = f"-{checksum[:12]}" if checksum else None
        mine = next((image for image in images if mark and mark in image.file), None)
        if not mine and (main.file if main else False) != (link.agreed_image_file or False):
            if newest_wins and self._magento_is_newer(client, link, written_at):
                link.read_images = True
                return False
            link.note = "\n".join(filter(None, (link.note, self._conflict(odoo_wins=True))))
        file = mine and mine.file
        if checksum and not mine:
            content = _sendable(base64.b64decode(link.product_id.with_context(bin_size=False).image_1920))
            file = client.add_product_image(
                number,
                content,
                name=_slug(link.sku) + mark,
                label=main.label if main else None,
                position=main.position if main else 1,
                types=main.types if main else ROLES,
                known=[image.file for image in images],
            )
        elif mine and "image" not in mine.types:
            client.update_product_image(number, mine.file, types=main.types if main else ROLES)
        old = main if main and main is not mine and main.file == link.agreed_image_file else None
        if old:
            client.remove_product_image(number, old.file)
        self._note_sent(link, file, main, old, checksum)
        return True

    def _magento_is_newer(self, client, link, written_at):
        if not written_at:
            return True
        ((_number, answer),) = client.products([link.magento_id])
        if isinstance(answer, MagentoError):
            raise answer
        return bool(answer.updated_at) and naive(answer.updated_at) >= written_at

    def _note_sent(self, link, file, main, old, checksum):
        """Remember what Magento has now.

        :param file: of the picture that was sent; None when it was taken away
        :param main: the one that had its place, ``old`` if it was removed
        """
        rows = {row.file: row for row in link.image_ids}
        if old and old.file in rows:
            rows[old.file].unlink()
        if file:
            types = ", ".join(main.types if main else ROLES)
            if main and not old and main.file in rows:
                rows[main.file].types = False
            values = {"types": types, "position": main.position if main else 1, "error": False}
            values |= {"label": main and main.label, "image": link.product_id.image_1920}
            if file in rows:
                rows[file].write(values)
            else:
                self.create(values | {"link_id": link.id, "file": file})
        link.write(
            {
                "agreed_image_file": file or False,
                "agreed_image_checksum": checksum,
                "refused_image_checksum": False,
                "image_error": False,
            }
        )

    def _follow_clock(self, loop, links):
        """Magento counts a picture as a change of the product: one that is as it was need not be read again."""
        mapping = links._mapping(loop)
        by_number = {link.magento_id: link for link in links}
        for number, answer in loop.client.products(list(by_number), custom=mapping.codes):
            link = by_number[number]
            if isinstance(answer, MagentoError):
                continue
            agreed = link.received_values or {}
            if all(agreed.get(code) == text for code, text in mapping.received(answer).items()):
                link.changed_at = naive(answer.updated_at)


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
