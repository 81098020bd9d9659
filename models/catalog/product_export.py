"""One batch of products on its way to Magento: nothing is written in Odoo, so nobody waits while the shop does."""

from odoo.tools.misc import split_every

from ...magento_api import AlreadyExists, MagentoError, NotFound, without_odd
from ..sync.clock import naive
from .product_export_plan import ExportPlan
from .product_mapping import view_key
from .product_sending import LEFT_ALONE, ProductSending

TYPES = {"consu": "simple", "service": "virtual"}
# Required by name, but filled by Magento itself, or of other types of products.
MAGENTOS_OWN = {
    "created_at",
    "updated_at",
    "links_purchased_separately",
    "links_title",
    "samples_title",
    "price_type",
    "price_view",
    "shipment_type",
    "sku_type",
    "weight_type",
}


class ProductExport:
    """Decides what becomes of products in Magento, and does it.

    :param links: ``magento.product`` model, in the company and language of the shop
    """

    def __init__(self, loop, links):
        self.loop = loop
        self.env = links.env
        self.links = links
        self.instance = loop.instance.with_env(links.env)
        self.mapping = links._mapping(loop)
        self.sending = ProductSending(self.mapping)

    def differs(self, link):
        """Whether Odoo's values are not those that Magento was seen to have; asks nobody."""
        if not link.send_product:
            return False
        seen, product, kind = link.received_values or {}, link.product_id, link.product_type or "simple"
        found, problems = self.sending.differences(product, seen, kind, link.attribute_set_id)
        if found or problems or self.sending.categories_to_make(product):
            return True
        for view, rows in self.sending.views():
            texts = self.sending.view_texts(view, rows, product, kind, link.attribute_set_id)
            if not self._shown_agree(view, rows, texts, seen):
                return True
        return False

    def _shown_agree(self, view, rows, texts, seen):
        return all(
            view_key(code, view) in seen
            and self.sending.view_agrees(view, rows, code, text, seen[view_key(code, view)])
            for code, text in texts.items()
        )

    # -- deciding -----------------------------------------------------------------------------------------------------

    def plans(self, links):
        """A plan for each link; reads what Magento has of them.

        :raises MagentoError: when the shop is in trouble
        """
        versions = {link: link._version() for link in links}  # before any value is looked at
        new = links.filtered(lambda link: not link.magento_id)
        plans = {link: self._plan_new(link) for link in new}
        matched = self._look_up([plan for plan in plans.values() if not plan.reason])
        numbers = {link.magento_id: link for link in links - new} | {number: link for link, number in matched.items()}
        for number, answer in self.loop.client.products(sorted(numbers), custom=self.mapping.codes) if numbers else ():
            link = numbers[number]
            plans[link] = self._plan_known(link, number, answer)
        for link, plan in plans.items():
            plan.version = versions[link]
        return [plans[link] for link in links]

    def _plan_new(self, link):
        """A product that Magento does not have, as far as is known."""
        product = link.product_id
        attribute_set = link.new_attribute_set_id or self.instance._default_attribute_set()
        kind = TYPES.get(product.type)
        plan = ExportPlan(0, "create", link=link, product=product, kind=kind, attribute_set=attribute_set)
        reasons = []
        if not kind:
            reasons.append(
                self.env._("Magento's API can make simple and virtual products only: this is a combo of others.")
            )
        if not attribute_set:
            reasons.append(self.env._("No attribute set is known: choose one on the instance, under Catalog."))
        values, problems = self.sending.differences(product, {}, kind or "simple", attribute_set)
        try:
            values["sku"] = self.sending.sku(product)
        except ValueError as error:
            problems = list(dict.fromkeys([*problems, str(error)]))
        plan.sendings = {code: text for code, text in values.items() if text != ""}
        plan.sendings.setdefault("name", product.name)
        plan.reason = "\n".join(reasons + problems)
        if not plan.reason:
            plan.notes = self.sending.outside_set(product, attribute_set) + self._left_empty(plan)
        return plan

    def _left_empty(self, plan):
        """A sentence on attributes that Magento's admin will insist on."""
        required = self.env["magento.attribute"].search(
            [("instance_id", "=", self.instance.id), ("required", "=", True), ("set_ids", "in", plan.attribute_set.ids)]
        )
        given = {*plan.sendings, *self._basics(plan), *MAGENTOS_OWN, *LEFT_ALONE.get(plan.kind, ())}
        left = sorted(set(required.mapped("code")) - given)
        if not left:
            return []
        return [
            self.env._(
                "Magento wants a value for %(codes)s before somebody can save the product there: map a field to it, or "
                "enter it in Magento.",
                codes=", ".join(left),
            )
        ]

    def _look_up(self, plans):
        """Products of Magento that have the SKU of new ones: these are linked instead of made.

        :returns: dict of link to the number in Magento
        """
        wanted, found = {}, {}
        for plan in plans:
            key = plan.sendings["sku"].casefold()
            if key in wanted:
                plan.reason = self._taken(plan, wanted[key].product)
            else:
                wanted[key] = plan
        skus = [plan.sendings["sku"] for plan in wanted.values()]
        rows = list(without_odd(self.loop.client.product_summaries(skus=skus))) if skus else []
        others = self.links.search(
            [("instance_id", "=", self.instance.id), ("magento_id", "in", [row.id for row in rows])]
        )
        owners = {link.magento_id: link for link in others}
        for row in rows:
            plan = wanted[row.sku.strip().casefold()]
            if row.id in owners:
                plan.reason = self._taken(plan, owners[row.id].product_id)
            else:
                found[plan.link] = row.id
        return found

    def _taken(self, plan, other):
        return self.env._(
            "Magento's product with the SKU %(sku)s stands for %(other)s: give one of the two another internal "
            "reference.",
            sku=plan.sendings["sku"],
            other=other.display_name,
        )

    def _plan_known(self, link, number, answer):
        """A product that Magento has: what of each side counts."""
        product, seen = link.product_id, link.received_values or {}
        plan = ExportPlan(number, "update" if link.magento_id else "match", link=link, product=product)
        if isinstance(answer, MagentoError):
            return self._plan_error(plan, answer)
        plan.answer, plan.kind = answer, answer.type
        plan.attribute_set = self.env["magento.attribute.set"].browse(
            self.mapping.attribute_sets.get(answer.attribute_set_id, ())
        )
        plan.values, plan.notes = self.mapping.changes(product, answer, seen)
        now = self.mapping.received(answer)
        plan.agreed = seen | now
        if link.send_product:
            self._plan_sendings(plan, now, seen)
        return plan

    def _plan_sendings(self, plan, now, seen):
        """What of Odoo's values is sent: those that Odoo owns, and those that it alone has changed, or later.

        :param now: Magento's values
        :param seen: those that were agreed on last
        """
        product, kind, attribute_set = plan.product, plan.kind, plan.attribute_set
        values, plan.problems = self.sending.differences(product, now, kind, attribute_set)
        changed, _problems = self.sending.differences(product, seen, kind, attribute_set)
        owned = {row.attribute_code for row, _field in self.sending.rows if row.direction == "to"}
        theirs = {row.attribute_code for row, _field in self.sending.rows if row.field_path in plan.values}
        theirs |= {note.partition(":")[0] for note in plan.notes}
        plan.sendings = {
            code: text
            for code, text in values.items()
            if code in owned or (code not in theirs and (code in changed or now.get(code, True) is None))
        }
        plan.notes += self.sending.outside_set(product, attribute_set)

    def _plan_error(self, plan, error):
        if error.retryable:
            raise error
        if isinstance(error, NotFound):
            plan.action = "gone"
            plan.reason = self.env._(
                "It was deleted in Magento. Odoo keeps its product; Create Again makes it anew in Magento."
            )
        else:
            plan.reason = str(error)
        return plan

    # -- showing ------------------------------------------------------------------------------------------------------

    def shown_differences(self, plans):
        """What store views would be sent: ``{number in Magento: {view: {code: (old, new)}}}``."""
        found = {}
        there = {plan.number: plan for plan in plans if plan.number and not plan.reason}
        for view, rows in self.sending.views():
            wanted = {}
            for number, plan in there.items():
                texts = self.sending.view_texts(view, rows, plan.product, plan.kind, plan.attribute_set)
                if texts:
                    wanted[number] = (plan, texts)
            for number, values in self._view_differences(view, rows, wanted).items():
                shown = wanted[number][0].agreed
                found.setdefault(number, {})[view] = {
                    code: (shown.get(view_key(code, view)), text) for code, text in values.items()
                }
        return found

    def label(self, code):
        """What a person calls an attribute: the field that it is tied to."""
        row, field = next((row, field) for row, field in self.sending.rows if row.attribute_code == code)
        return f"{field._description_string(self.env)} ({row.attribute_code})"

    def shown(self, code, text):
        """A value of Magento as a person reads it."""
        row = next((row for row, _field in self.sending.rows if row.attribute_code == code), None)
        if not text or not row:
            return text or False
        if row.conversion == "boolean":
            return self.env._("Yes") if text == row.true_value else self.env._("No")
        if row.conversion == "tax_class":
            names = {str(one.magento_id): one.name for one in self.instance.tax_class_ids}
        elif row.conversion == "category":
            names = {str(number): one.complete_name for number, one in self.mapping.categories.items()}
        elif row.conversion == "option":
            names = self.mapping.options(code)
        else:
            return self.mapping.spelled(code, text)
        return ", ".join(names.get(one, one) for one in text.split(","))

    # -- doing --------------------------------------------------------------------------------------------------------

    def send(self, plans):
        """Send what the plans say, and note on each what came of it.

        :raises MagentoError: when the shop is in trouble; what was done until then is found out by the next run
        """
        made = self._create([plan for plan in plans if plan.action == "create"])
        self._update([plan for plan in plans if plan.answer and plan.sendings])
        there = [plan for plan in plans if plan.number and not plan.reason and plan.link.send_product]
        written = [plan for view, rows in self.sending.views() for plan in self._send_view(view, rows, there)]
        self._read_back({plan.number: plan for plan in made + written})

    def _basics(self, plan):
        """What a new product needs that no mapping says."""
        websites = plan.link.website_ids or self.instance.website_ids
        kept = plan.product.is_storable
        return {
            "status": "1",
            "visibility": self.instance.export_visibility,
            "websites": websites.mapped("magento_id"),
            # what Odoo keeps the stock of is sold once its quantity has been sent
            "stock_data": {"use_config_manage_stock": 1, "qty": "0", "is_in_stock": 0}
            if kept
            else {"use_config_manage_stock": 0, "manage_stock": 0, "is_in_stock": 1},
        }

    def _create(self, plans):
        """Make products; returns the plans of those that are there now."""
        made, wanted = [], []
        for plan in plans:
            data = self._basics(plan) | self.sending.data({k: v for k, v in plan.sendings.items() if k != "sku"})
            wanted.append((plan, plan.attribute_set.magento_id, plan.sendings["sku"], data))
        client = self.loop.client if wanted else None
        for plan, attribute_set, sku, data in wanted:
            try:
                plan.number = client.create_product(plan.kind, attribute_set, sku, data)
            except AlreadyExists as error:  # made by somebody else a moment ago
                plan.reason = self.env._("%(what)s; export it again to link the two.", what=error.what)
            except MagentoError as error:
                if error.retryable:
                    raise
                plan.reason = str(error)
            else:
                plan.is_sent = True
                plan.link_values = {"magento_id": plan.number, "sku": sku}
                made.append(plan)
        return made

    def _update(self, plans):
        changes = [(plan.number, self.sending.data(plan.sendings)) for plan in plans]
        by_number = {plan.number: plan for plan in plans}
        for number, answer in self.loop.client.put_products(changes, custom=self.mapping.codes):
            plan = by_number[number]
            if isinstance(answer, MagentoError):
                self._plan_error(plan, answer)
                continue
            plan.is_sent = True
            self._note_answer(plan, answer)

    def _send_view(self, view, rows, plans):
        """Send the values of a store view that it does not show; returns the plans of the products that were sent."""
        wanted = {}
        for plan in plans:
            texts = self.sending.view_texts(view, rows, plan.product, plan.kind, plan.attribute_set)
            inherited = set(texts) & set(plan.sendings)
            if texts and (inherited or not self._shown_agree(view, rows, texts, plan.agreed)):
                wanted[plan.number] = (plan, texts)
        differing = self._view_differences(view, rows, wanted)
        for numbers in split_every(SENT_AT_ONCE, sorted(differing), list):
            for number, error in self.loop.client.update_products(
                [(number, differing[number]) for number in numbers], store=view.magento_id
            ):
                plan, texts = wanted[number]
                if error:
                    self._plan_error(plan, error)
                    continue
                plan.is_sent = True
                self._agree_view(plan, view, texts)
        return [wanted[number][0] for number in differing if not wanted[number][0].reason]

    def _view_differences(self, view, rows, wanted):
        """What a store view does not show of what it should: ``{number: {code: text}}``; what it does is agreed on.

        :param wanted: dict of the number in Magento to ``(plan, {code: text})``
        """
        found = {}
        answers = self.loop.client.products(sorted(wanted), store=view.magento_id, custom=self.mapping.codes)
        for number, answer in answers if wanted else ():
            plan, texts = wanted[number]
            if isinstance(answer, MagentoError):
                self._plan_error(plan, answer)
                continue
            shown = self.mapping.received(answer)
            differing = {
                code: text
                for code, text in texts.items()
                if not self.sending.view_agrees(view, rows, code, text, shown.get(code))
            }
            if differing:
                found[number] = differing
            else:
                self._agree_view(plan, view, texts)
        return found

    def _agree_view(self, plan, view, texts):
        for code, text in texts.items():
            plan.agreed[view_key(code, view)] = self.mapping.spelled(code, text)

    def _read_back(self, plans):
        """Read products after they were made, or written for a store view: what Magento keeps is what was agreed on.

        :param plans: dict of the number in Magento to the plan
        """
        answers = self.loop.client.products(sorted(plans), custom=self.mapping.codes) if plans else ()
        for number, answer in answers:
            if isinstance(answer, MagentoError):
                self._plan_error(plans[number], answer)
            else:
                self._note_answer(plans[number], answer)

    def _note_answer(self, plan, answer):
        """Remember what Magento has now, so that its own change is not taken for somebody else's."""
        sent = {code: self.mapping.spelled(code, text) for code, text in plan.sendings.items()}
        plan.agreed = sent | plan.agreed | self.mapping.received(answer)
        for code in plan.sendings:
            if "????" in (plan.agreed.get(code) or "") and "????" not in plan.sendings[code]:
                plan.notes.append(
                    self.env._(
                        "Magento cannot keep some characters of %(code)s, as emoji, and shows question marks for them.",
                        code=code,
                    )
                )
        plan.link_values = {
            "magento_id": answer.id,
            "sku": answer.sku,
            "changed_at": naive(answer.updated_at),
            "product_type": answer.type,
            "attribute_set_id": self.mapping.attribute_sets.get(answer.attribute_set_id, False),
            "is_gone": False,
        }


SENT_AT_ONCE = 500
