from functools import partial

from odoo import api, models
from odoo.tools.misc import split_every

from .product_export import ProductExport
from .product_export_run import SENT


class MagentoProduct(models.Model):
    """The preview of an export: the same plans, shown instead of done."""

    _inherit = "magento.product"

    @api.model
    def _export_preview_batches(self, loop):
        """The plans for the products that somebody chose, or for what is new and changed, as lines of a preview."""
        yield from self._structure_batches(loop)
        chosen = (loop.run.scope or {}).get("products")
        ids = chosen or self.browse(self._export_due(loop.instance, again=True)).product_id.ids
        ids = [number for number in ids if number > (loop.run.scope or {}).get("after_id", 0)]
        for part in split_every(SENT, sorted(ids), list):
            yield partial(self._preview_export, loop, part), len(part)

    def _preview_export(self, loop, product_ids):
        """Write the lines of some products. A batch of the sync loop."""
        instance = loop.instance.with_env(self.env)
        products = self.env["product.product"].browse(product_ids).exists()
        links = self.search([("instance_id", "=", instance.id), ("product_id", "in", products.ids)])
        for product in products - links.product_id:  # it is offered to the shop by the export, not by its preview
            links |= self.new({"instance_id": instance.id, "product_id": product.id, "send_product": True})
        export = ProductExport(loop, self)
        plans = export.plans(links)
        shown = export.shown_differences(plans)
        lines = [line for plan in plans for line in self._export_lines(export, plan, shown.get(plan.number, {}))]
        lines += self._picture_lines(instance, [plan for plan in plans if not plan.reason])
        self.env["magento.product.change"].create([line | {"run_id": loop.run.id} for line in lines])
        loop.run.scope = (loop.run.scope or {}) | {"after_id": product_ids[-1]}
        problems = sum(bool(plan.reason or plan.problems) for plan in plans)
        numbers = {line["product_id"] for line in lines}
        return {
            "seen_count": len(plans),
            "sent_count": len(numbers) - problems,
            "failed_count": problems,
            "skipped_count": len(plans) - len(numbers),
        }

    def _picture_lines(self, instance, plans):
        """A line per picture that would be sent."""
        row = self.env["magento.field.map"]._of_images(instance, "to", "both")
        if not row:
            return []
        known = [plan.link.id for plan in plans if plan.link.id]
        changed = set(self.env["magento.product.image"]._changed(instance, True, known))
        return [
            self._export_head(plan)
            | {"note": False, "field_name": row.field_label, "new_value": self.env._("(the picture in Odoo)")}
            for plan in plans
            if plan.link.id in changed or (not plan.number and plan.product.image_128)
        ]

    def _export_head(self, plan):
        """What all lines of a product say."""
        problem = plan.reason or "\n".join(plan.problems)
        return {
            "direction": "to",
            "outcome": "problem" if plan.reason and plan.action != "gone" else plan.action,
            "magento_id": plan.number,
            "sku": plan.answer.sku if plan.answer else plan.sendings.get("sku") or plan.product.default_code,
            "name": plan.product.name,
            "product_id": plan.product.id,
            "note": "\n".join(filter(None, [problem, *plan.notes])) or False,
        }

    def _export_lines(self, export, plan, views):
        """A line per value that would be written on either side; one line for a product that is only linked or fails.

        :param views: dict of store view to ``{code: (old, new)}``
        """
        head, problem = self._export_head(plan), "\n".join(plan.problems)
        if plan.reason:
            return [head]
        lines = [line | {"direction": "from"} for line in (self._preview_lines(plan) if plan.values else ())]
        before = export.mapping.received(plan.answer) if plan.answer else {}
        for code, text in plan.sendings.items():
            values = {"old_value": export.shown(code, before.get(code)), "new_value": export.shown(code, text)}
            lines.append(head | values | {"field_name": export.label(code)})
        for view, values in views.items():
            for code, (old, new) in values.items():
                name = f"{export.label(code)} ({view.name})"
                lines.append(head | {"field_name": name, "old_value": old, "new_value": new})
        if not lines and (plan.action == "match" or problem):
            return [head | {"outcome": "problem" if problem else plan.action}]
        return [line | ({"note": False} if place else {}) for place, line in enumerate(lines)]
