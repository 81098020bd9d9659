import base64
import time
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...magento_api import ForeignHost, MagentoError
from ..sync.isolate import isolate
from ..sync.loop import SECONDS
from .product_import import QUIET

# Products whose pictures are asked for in one request, and how much is downloaded before it is written.
ASKED, DOWNLOADED = 50, 16 * 2**20
LARGEST = 16 * 2**20
# So many pictures that cannot be read one after another mean that their server is ill.
HOPELESS = 5


class MagentoProductImage(models.Model):
    """A picture that a product has in Magento. What is known by the name of its file is not downloaded again."""

    _name = "magento.product.image"
    _description = "Magento Product Picture"
    _order = "link_id, position, id"
    _rec_name = "file"

    link_id = fields.Many2one("magento.product", required=True, ondelete="cascade", index=True, readonly=True)
    file = fields.Char("File in Magento", required=True, readonly=True)
    label = fields.Char(readonly=True)
    position = fields.Integer(readonly=True)
    types = fields.Char("Roles", readonly=True, help="The one with the role image is the product's own in Odoo.")
    is_excluded = fields.Boolean("Not in the Gallery", readonly=True)
    image = fields.Image("Picture", max_width=1920, max_height=1920, readonly=True)
    image_128 = fields.Image("Small Picture", related="image", max_width=128, max_height=128, store=True)
    error = fields.Text("Problem", readonly=True)

    _file_uniq = models.Constraint("unique(link_id, file)", "The picture is there already.")

    # -- import -------------------------------------------------------------------------------------------------------

    @api.model
    def _import_batches(self, loop):
        """Pictures of the products that an import has read, as batches for ``SyncLoop.drive``.

        A request for 50 products, and one for each picture that is not known here.

        :raises MagentoError: when the shop is in trouble
        """
        row = self.env["magento.field.map"]._of_images(loop.instance, "from", "both")
        if not row:
            return
        domain = [("instance_id", "=", loop.instance.id), ("read_images", "=", True), ("is_gone", "=", False)]
        numbers = self.env["magento.product"].search(domain, order="id").ids
        links = self.env["magento.product"].browse(numbers)
        for answers in loop.read(loop.client.images_of(links.mapped("magento_id")), ASKED):
            asked = dict(answers)
            part = links.filtered(lambda link, asked=asked: link.magento_id in asked)
            for batch in self._downloads(loop.client, part, asked):
                yield partial(self._take_in, batch, row.direction == "both"), 0

    def _downloads(self, client, links, answers):
        """The pictures of products with what was downloaded of them, some megabytes or seconds at a time.

        :param answers: dict of Magento's product number to list of ``magento_api`` ProductImage, or error
        :returns: lists of ``(link id, pictures or error, {file: bytes or sentence})``
        """
        known = {(row.link_id.id, row.file) for row in links.image_ids if not row.error}
        batch, size, failures, begin = [], 0, 0, time.monotonic()
        for link in links:
            images, contents = answers[link.magento_id], {}
            if isinstance(images, MagentoError) and images.retryable:
                raise images
            for image in images if isinstance(images, list) else ():
                if (link.id, image.file) in known:
                    continue
                try:
                    contents[image.file] = client.image_content(image, LARGEST)
                    failures = 0
                except MagentoError as error:
                    failures += error.retryable
                    if failures >= HOPELESS:
                        raise
                    contents[image.file] = self._problem(image.file, error)
                size += len(contents[image.file])
            batch.append((link.id, images, contents))
            if size >= DOWNLOADED or time.monotonic() - begin > SECONDS:
                yield batch
                batch, size, begin = [], 0, time.monotonic()
        if batch:
            yield batch

    def _problem(self, file, error):
        if isinstance(error, ForeignHost):
            return self.env._(
                "The picture %(file)s could not be taken over: %(reason)s (Picture Hosts, on the instance).",
                file=file,
                reason=str(error).rstrip("."),
            )
        return self.env._(
            "The picture %(file)s could not be taken over: %(reason)s. Put another one in its place in Magento.",
            file=file,
            reason=str(error).strip().split("\n")[0].rstrip("."),
        )

    def _take_in(self, batch, newest_wins):
        """Write pictures; what is wrong with one stands on it and on its product. A batch of the sync loop."""
        found = {number: (images, contents) for number, images, contents in batch}
        links = self.env["magento.product"].browse(found).exists()
        checksums = links._image_checksums()
        for link in links:
            images, contents = found[link.id]
            if isinstance(images, MagentoError):
                link.write({"read_images": False, "image_error": str(images)})
                continue
            rows = self._mirror(link, images, contents)
            values = {"read_images": False}
            main = rows.filtered(lambda row: "image" in (row.types or "").split(", "))[:1] or rows[:1]
            overruled = main and not newest_wins and checksums[link.id][0] != link.agreed_image_checksum
            if ((main.file or False) != link.agreed_image_file or overruled) and not main.error:
                values |= self._take_main(link, main, *checksums[link.id], newest_wins)
            errors = [row.error for row in rows if row.error]
            link.write({"image_error": "\n".join(errors) or False} | values)
        return {}

    def _mirror(self, link, images, contents):
        """Make the rows of a link what Magento has; gives them in Magento's order."""
        rows = {row.file: row for row in link.image_ids}
        files = {image.file for image in images}
        (link.image_ids.filtered(lambda row: row.file not in files)).unlink()
        for image in images:
            values = {
                "label": image.label or False,
                "position": image.position,
                "types": ", ".join(image.types) or False,
                "is_excluded": image.excluded,
            }
            if image.file not in rows:
                rows[image.file] = self.create(values | {"link_id": link.id, "file": image.file})
            elif any(rows[image.file][field] != value for field, value in values.items()):
                rows[image.file].write(values)
            if image.file in contents:
                rows[image.file]._keep(contents[image.file])
        return self.concat(*(rows[image.file] for image in images)).sorted(lambda row: (row.position, row.id))

    def _keep(self, content):
        """Keep a picture, or the sentence on why there is none."""
        if isinstance(content, str):
            self.write({"error": content, "image": False})
            return

        def write(rows):
            rows.write({"image": base64.b64encode(content), "error": False})

        isolate(self.env, self, write, lambda row, error: row.write({"error": self._problem(row.file, error)}))

    def _take_main(self, link, main, checksum, written_at, newest_wins):
        """Give the product Magento's main picture, unless Odoo's was changed as well, and later.

        :param checksum: of the product's own picture
        :param written_at: when that was written
        :returns: what to write on the link
        """
        touched = checksum != (link.agreed_image_checksum or False) and checksum != main._checksum()
        values = {"agreed_image_file": main.file}
        if touched and newest_wins:
            odoo_wins = bool(written_at and link.changed_at and written_at > link.changed_at)
            values["note"] = "\n".join(filter(None, (link.note, self._conflict(odoo_wins))))
            if odoo_wins:
                return values
        product = link.product_id.with_context(**QUIET)
        product.image_1920 = main.image
        return values | {"agreed_image_checksum": link._image_checksums()[link.id][0]}

    def _conflict(self, odoo_wins):
        if odoo_wins:
            return self.env._("The picture was changed in Odoo and in Magento: Odoo's is newer, and stays.")
        return self.env._("The picture was changed in Odoo and in Magento: Magento's is newer.")

    def _checksum(self):
        """The checksum of the picture as Odoo keeps it."""
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_field", "=", "image"), ("res_id", "in", self.ids)], limit=1
        )
        return attachment.checksum


class MagentoProduct(models.Model):
    """The pictures of a linked product."""

    _inherit = "magento.product"

    image_ids = fields.One2many("magento.product.image", "link_id", string="Pictures")
    read_images = fields.Boolean(readonly=True, help="The product was read, its pictures were not yet.")
    image_error = fields.Text("Problem with Pictures", readonly=True)
    # the main picture when both sides last agreed: its file in Magento, its checksum in Odoo
    agreed_image_file = fields.Char(readonly=True)
    agreed_image_checksum = fields.Char(readonly=True)
    refused_image_checksum = fields.Char(readonly=True, help="Of the picture that Magento did not take.")

    _read_images_idx = models.Index("(instance_id) WHERE read_images")

    def _image_checksums(self):
        """The checksums of the products' own pictures, and when they were written, by the links' ids."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, checksum, written_at FROM (%s) AS own WHERE id IN %s", OWN_PICTURES, tuple(self.ids) or (0,)
            )
        )
        return {number: (checksum or False, written_at) for number, checksum, written_at in rows}


class MagentoFieldMap(models.Model):
    """The row of pictures. Magento's list of attributes has none for them."""

    _inherit = "magento.field.map"

    @api.model
    def _of_images(self, instance, *directions):
        """The row of pictures, if it has one of the directions."""
        domain = [("instance_id", "=", instance.id), ("conversion", "=", "image"), ("direction", "in", directions)]
        return self.search(domain, limit=1)

    @api.constrains("field_path", "conversion")
    def _check_image(self):
        for row in self.filtered(lambda row: row.conversion == "image"):
            if row.field_path != "image_1920":
                raise UserError(row.env._("Only the product's own picture, image_1920, can be a picture in Magento."))

    def write(self, vals):
        """When pictures are switched on, those of all products are read by the next import."""
        off = self.filtered(lambda row: row.conversion == "image" and row.direction not in ("from", "both"))
        result = super().write(vals)
        on = off.filtered(lambda row: row.direction in ("from", "both"))
        # sudo: whoever may change the mapping may have the pictures read
        self.env["magento.product"].sudo().search([("instance_id", "in", on.instance_id.ids)]).read_images = True
        return result


# A variant has a picture of its own, or that of its template.
OWN_PICTURES = SQL(
    """
    SELECT link.id, COALESCE(variant.checksum, template.checksum) AS checksum,
           CASE WHEN variant.id IS NULL THEN template.write_date ELSE variant.write_date END AS written_at
      FROM magento_product link
      JOIN product_product product ON product.id = link.product_id
 LEFT JOIN ir_attachment variant ON variant.res_model = 'product.product'
           AND variant.res_field = 'image_variant_1920' AND variant.res_id = product.id
 LEFT JOIN ir_attachment template ON template.res_model = 'product.template'
           AND template.res_field = 'image_1920' AND template.res_id = product.product_tmpl_id
    """
)
