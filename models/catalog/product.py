from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from odoo import api, fields, models

from ...magento_api import MagentoError, NotFound
from ..sync.clock import naive
from ..sync.isolate import isolate, sentence_of
from ..sync.problem import Problem
from .product_mapping import COMPOSITE_TYPES, SERVICE_TYPES, ProductMapping

# How far the clocks of Odoo and of Magento may be apart.
CLOCKS = timedelta(minutes=10)


@dataclass
class Asked:
    """What Magento said of products that order items need: ``keys`` were asked for, ``answers`` are by number,
    ``values`` (of a product to create) by key, ``gone`` are the numbers of those that are deleted there.
    """

    keys: set
    answers: dict[int, Any] = field(default_factory=dict)
    values: dict[Any, dict] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)

    def lack(self, wanted, found):
        """Whether an order wants products that are neither known nor were asked for."""
        return any(key not in found and key not in self.keys for key in wanted)


class MagentoProduct(models.Model):
    """Which Odoo product stands for which product of a Magento shop."""

    _name = "magento.product"
    _description = "Magento Product"
    _order = "instance_id, sku, id"
    _rec_name = "sku"
    _check_company_auto = True

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    magento_id = fields.Integer(
        "Product ID in Magento", default=0, help="0 while the product is still to be made there."
    )
    sku = fields.Char("SKU")
    product_id = fields.Many2one("product.product", required=True, ondelete="cascade", index=True, check_company=True)
    received_at = fields.Datetime(default=fields.Datetime.now, readonly=True)
    changed_at = fields.Datetime(
        "Changed in Magento", readonly=True, help="When Magento changed what was received last, on Magento's clock."
    )
    product_type = fields.Char("Type in Magento", readonly=True)
    attribute_set_id = fields.Many2one("magento.attribute.set", ondelete="set null", readonly=True)
    received_values = fields.Json(
        readonly=True,
        help="Magento's values of the mapped attributes, as received or sent last: what both sides agree on. The key "
        "code@7 is what store view 7 shows.",
    )
    is_gone = fields.Boolean("Deleted in Magento", readonly=True)
    note = fields.Text("Remarks", readonly=True, help="What was decided last, or could not be taken over.")

    _magento_number_uniq = models.UniqueIndex(
        "(instance_id, magento_id) WHERE magento_id > 0", "This Magento product is linked already."
    )
    _product_uniq = models.Constraint("unique(instance_id, product_id)", "This product is linked to the shop already.")

    def _is_of_another(self, answer):
        """Whether Magento has given the number to another product, as it may after the newest was deleted or a backup
        restored: one with another SKU, that was made after this one was heard of last, or deleted.

        :param answer: the ``magento_api`` product
        """
        heard = max(filter(None, (self.received_at, self.exported_at)), default=None)
        born = naive(answer.created_at)
        is_later = bool(heard and born and born > heard + CLOCKS)
        return (self.is_gone or is_later) and (self.sku or "").casefold() != answer.sku.casefold()

    def _release(self):
        """Let go of numbers that Magento has given to other products."""
        for link in self:
            link._mark_gone()
            link.write({"magento_id": 0, "note": self.env._("It was deleted in Magento, and its ID given again.")})
        self.flush_recordset(["magento_id"])  # what is created next has the numbers

    @api.model
    def _unknown(self, instance, wanted):
        """Those of ``wanted`` that neither a link nor an internal reference tells; see ``_resolve``."""
        linked = self._by_link(instance, wanted)
        open_keys = [key for key in wanted if key not in linked]
        by_sku = self._products_by_sku(instance, {sku for _number, sku in open_keys})
        return {key for key in open_keys if key[1] not in by_sku}

    @api.model
    def _ask(self, loop, wanted):
        """What Magento says of products that Odoo does not know. Nothing is written: this comes before the transaction
        that imports the orders.

        :param wanted: as for ``_resolve``
        :returns: :class:`Asked`
        :raises MagentoError: when the shop is in trouble
        """
        asked = Asked(set(wanted))
        if not wanted:
            return asked
        mapping = self._mapping(loop)
        numbers = sorted({number for number, _sku in wanted if number})
        for number, answer in loop.client.products(numbers, custom=mapping.codes) if numbers else ():
            if isinstance(answer, NotFound):
                asked.gone.append(number)
            elif not isinstance(answer, MagentoError):
                asked.answers[number] = answer
            elif answer.retryable:
                raise answer
        for key, (view, item) in wanted.items():
            if view.unknown_product == "import":
                answer = asked.answers.get(key[0])
                asked.values[key] = self._product_values(mapping, answer, item, view.website_id)
        return asked

    @api.model
    def _resolve(self, instance, wanted, asked):
        """The products that stand for order items, in a few queries for the whole batch.

        Known by a link with the item's SKU, else by that SKU among Odoo's products (internal reference), else by a link
        whose number Magento has not given to another product since, else by the SKU that Magento gives the product: an
        item's own SKU may be one of earlier, or of the chosen options. What nobody knows is treated as the store view
        says.

        :param wanted: dict of ``product_key(item)`` to ``(store view, item)``
        :param asked: what ``_ask`` found out
        :returns: dict of the same keys to ``product.product``, or to the ``Problem`` that keeps it from being
            known; keys without a product are absent
        """
        found = self._by_link(instance, wanted)
        found |= self._by_sku(instance, {key: key[1] for key in wanted if key not in found})
        found |= self._by_number(instance, [key for key in wanted if key not in found], asked.answers)
        skus = {key: asked.answers[key[0]].sku for key in wanted if key not in found and key[0] in asked.answers}
        found |= self._by_sku(instance, skus)
        to_create = {}
        for key, (view, _item) in wanted.items():
            if key in found:
                continue
            if view.unknown_product == "replace":
                found[key] = view.replacement_product_id
            elif key in asked.values:
                to_create[key] = asked.values[key]
        found |= self._create_products(instance, to_create)
        if asked.gone:
            self.search([("instance_id", "=", instance.id), ("magento_id", "in", asked.gone)])._mark_gone()
        return found

    def _mapping(self, loop):
        """What Magento's products mean in Odoo, for one batch of ``loop``."""

        def labels(code):
            return {option.value: option.label for option in loop.client.attribute_options(code)}

        return ProductMapping(loop.instance, labels)

    def _by_link(self, instance, wanted):
        """Products that are linked, and have the SKU of the order item."""
        links = self._links_of(instance, wanted)
        return {key: links[key[0]].product_id for key in wanted if key[0] in links and links[key[0]]._has_sku(key[1])}

    def _by_number(self, instance, wanted, answers):
        """Products that are linked under another SKU; links whose number Magento has given to others are let go.

        :param answers: what Magento says of products now, by number
        """
        links = self._links_of(instance, wanted)
        others = [number for number in links.keys() & answers if links[number]._is_of_another(answers[number])]
        self.union(*(links.pop(number) for number in others))._release()
        return {key: links[key[0]].product_id for key in wanted if key[0] in links}

    def _links_of(self, instance, wanted):
        numbers = [number for number, _sku in wanted if number]
        links = self.search([("instance_id", "=", instance.id), ("magento_id", "in", numbers)])
        return {link.magento_id: link for link in links}

    def _has_sku(self, sku):
        """Whether an order item's SKU is that of the product; Magento appends those of the chosen options."""
        own, sku = (self.sku or "").strip().casefold(), sku.strip().casefold()
        return not own or sku == own or sku.startswith(f"{own}-")

    def _by_sku(self, instance, skus):
        """Products by internal reference, which are linked from now on.

        :param skus: dict of product key to the SKU to look for
        :returns: dict of product key to the product, or to the ``Problem`` where nobody can tell which it is
        """
        by_sku = self._products_by_sku(instance, set(skus.values()))
        found = {key: by_sku[sku] for key, sku in skus.items() if sku in by_sku}
        told = {key: products for key, products in found.items() if len(products) == 1}
        self._link(instance, told)
        return {
            key: products
            if key in told
            else Problem("product", self._ambiguous(skus[key], products), f"ambiguous:{skus[key]}")
            for key, products in found.items()
        }

    def _products_by_sku(self, instance, skus):
        """The products that an SKU may stand for, by internal reference: the active ones, or the archived where there
        is no active one. Where it is more than one, a person has to choose.
        """
        skus = [sku for sku in skus if sku.strip()]
        if not skus:
            return {}
        products = (
            self.env["product.product"]
            .with_context(active_test=False)
            .search(
                [("default_code", "in", skus), ("company_id", "in", [False, instance.company_id.id])],
                order="id",
            )
        )
        by_sku = products.grouped("default_code")
        return {sku: found.filtered("active") or found for sku, found in by_sku.items()}

    def _ambiguous(self, sku, products):
        return self.env._(
            "%(count)s products have the internal reference %(sku)s. Give the others another reference, or choose the "
            "one that stands for it under Links > Products; then import it again.",
            count=len(products),
            sku=sku,
        )

    def _link(self, instance, found):
        """Remember which product stands for which; what is linked already, on either side, keeps its link."""
        products = [product.id for product in found.values()]
        numbers = [number for number, _sku in found]
        linked = self.search(
            [("instance_id", "=", instance.id), "|", ("product_id", "in", products), ("magento_id", "in", numbers)]
        )
        taken, known = set(linked.product_id.ids), set(linked.mapped("magento_id"))
        values = {}
        for (number, _sku), product in found.items():
            if number and number not in known and number not in values and product.id not in taken:
                taken.add(product.id)
                values[number] = {
                    "instance_id": instance.id,
                    "magento_id": number,
                    "sku": product.default_code,
                    "product_id": product.id,
                }
        self.create(list(values.values()))

    def _product_values(self, mapping, answer, item=None, website=None):
        """Values of a product that is new to Odoo: what the mappings say, and what no product can do without.

        :param mapping: :class:`ProductMapping`
        :param answer: the ``magento_api`` product, None when it is deleted in Magento
        :param item: the order item that needs it, if one does
        :param website: the ``magento.website`` of that order
        """
        service = (answer.type if answer else item.product_type) in SERVICE_TYPES or bool(item and item.is_virtual)
        composite = bool(answer) and answer.type in COMPOSITE_TYPES
        sku = answer.sku if answer else item.sku
        values = {
            "name": (answer and answer.name) or (item and item.name) or sku,
            "default_code": sku,
            "type": "service" if service else "consu",
            "is_storable": not service and not composite,
            "invoice_policy": "order",
            "list_price": float(_first(answer and answer.price, item and item.price)),
            "weight": float(_first(answer.weight if answer else item.weight)),
        }
        category = website.product_categ_id if website else None
        if answer:
            mapped, _notes = mapping.new_values(answer)
            values |= {field: value for field, value in mapped.items() if field != "categ_id"}
            category = self.env["product.category"].browse(mapped.get("categ_id")) or mapping.category_for(answer)
        return values | ({"categ_id": category.id} if category else {})

    def _create_products(self, instance, to_create):
        """Create the products.

        :param to_create: dict of product key to values; keys of one SKU share a product
        :returns: dict of product key to the product, or to the ``Problem`` where Odoo refused it
        """
        by_sku = {values["default_code"]: values for values in to_create.values()}
        made = {}

        def create(batch):
            created = self.env["product.product"].create([values for _sku, values in batch])
            made.update({sku: product for (sku, _values), product in zip(batch, created, strict=True)})

        def fail(item, error):
            sentence = self.env._(
                "Odoo did not take the product %(sku)s: %(reason)s",
                sku=item[0],
                reason=sentence_of(self.env, error, f"Product {item[0]}"),
            )
            made[item[0]] = Problem("odoo", sentence)

        isolate(self.env, list(by_sku.items()), create, fail)
        found = {key: made[values["default_code"]] for key, values in to_create.items()}
        self._link(instance, {key: one for key, one in found.items() if not isinstance(one, Problem)})
        return found


def product_key(item):
    """Magento's number (0 when it is gone) and the SKU of an order item."""
    return item.product_id or 0, item.sku


def _first(*numbers):
    """The first number that there is, else 0."""
    return next((number for number in numbers if number is not None), 0)
