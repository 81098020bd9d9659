from functools import partial

from odoo import api, fields, models
from odoo.tools.misc import split_every

from ...magento_api import kept_text
from ..sync.clock import naive
from .category_export import BATCH, CATEGORY_ERRORS
from .category_trees import LONGEST_NAME


class MagentoCategoryName(models.Model):
    """The name that a category has in a store view; without one, the store view shows the category's own.

    Odoo's categories have one name in all languages, so these are kept here.
    """

    _name = "magento.category.name"
    _description = "Magento Category Name"
    _order = "row_id, store_view_id, id"

    row_id = fields.Many2one("magento.category", "Linked Category", required=True, ondelete="cascade", index=True)
    instance_id = fields.Many2one(related="row_id.instance_id")
    store_view_id = fields.Many2one(
        "magento.store.view", required=True, ondelete="cascade", domain="[('instance_id', '=', instance_id)]"
    )
    name = fields.Char(required=True)
    magento_name = fields.Char(readonly=True, help="What Magento had when both sides last agreed.")
    sent_name = fields.Char(readonly=True, help="What Odoo had when both sides last agreed, or when it was refused.")

    _view_uniq = models.Constraint(
        "unique(row_id, store_view_id)", "The category has a name in this store view already."
    )

    def _is_changed(self):
        """Whether Odoo's name is another one than when both sides agreed."""
        return self.name != (self.sent_name or "")

    # -- import -------------------------------------------------------------------------------------------------------

    @api.model
    def _import_batches(self, loop):
        """Names that store views have of their own, as batches for ``SyncLoop.drive``; a request per store view."""
        for view, names in self._read(loop, loop.instance.store_view_ids):
            known = {one.row_id.magento_id: one for one in self.search([("store_view_id", "=", view.id)])}
            changed = {
                number: name
                for number, (name, default) in names.items()
                if (known[number].magento_name if number in known else default) != name
            }
            newer = {number for number in changed if number in known and self._is_newer(loop, known[number])}
            for numbers in split_every(200, changed, list):
                yield partial(self._take_in, view, {number: changed[number] for number in numbers}, newer), 0

    def _read(self, loop, views):
        """What store views call the linked categories below their root.

        :returns: tuples of store view and ``{number: (its name there, its own name)}``
        """
        own = {number: row.name for number, row in self.env["magento.category"]._known(loop.instance).items()}
        for view in views.filtered("root_category_id"):
            tree, names = loop.client.category_tree(view.root_category_id.magento_id, store=view.magento_id), {}
            waiting = list(tree.children)
            while waiting:
                node = waiting.pop()
                waiting += node.children
                if node.id in own:
                    names[node.id] = (node.name, own[node.id])
            yield view, names

    def _is_newer(self, loop, one):
        """Whether a name that Magento has changed was changed in Odoo as well, and later."""
        if not one._is_changed():
            return False
        changed = naive(loop.client.category(one.row_id.magento_id).updated_at)
        return bool(changed) and changed < one.write_date

    def _take_in(self, view, changed, newer):
        """Take over names. A batch of the sync loop.

        :param newer: the numbers of categories whose name Odoo has changed later
        """
        domain = [("instance_id", "=", view.instance_id.id), ("magento_id", "in", list(changed))]
        rows = self.env["magento.category"].search(domain)
        known = {one.row_id: one for one in self.search([("store_view_id", "=", view.id), ("row_id", "in", rows.ids)])}
        for row in rows:
            name = changed[row.magento_id]
            values = {"magento_name": name}
            if row.magento_id not in newer:
                values |= {"name": name, "sent_name": name}
            if row in known:
                known[row].write(values)
            else:
                self.create(values | {"row_id": row.id, "store_view_id": view.id})
        return {"imported_count": len(rows)}

    # -- export -------------------------------------------------------------------------------------------------------

    @api.model
    def _to_send(self, instance):
        """The names that were changed in Odoo."""
        names = self.search([("row_id.instance_id", "=", instance.id), ("row_id.magento_id", ">", 0)])
        return names.filtered(lambda one: one._is_changed() and one.row_id.state != "gone")

    @api.model
    def _export_batches(self, loop, again):
        """Names that were changed in Odoo, as batches for ``SyncLoop.drive``; what Magento has changed later stays.

        :param again: whether what Magento refused is sent again with nothing changed
        """
        names = self._to_send(loop.instance)
        if again:
            refused = self.search([("row_id.instance_id", "=", loop.instance.id), ("magento_name", "=", False)])
            names |= refused.filtered(lambda one: one.row_id.magento_id and one.row_id.state != "gone")
        for view, there in self._read(loop, names.store_view_id):
            mine = names.filtered(lambda one, view=view: one.store_view_id == view)
            sent = mine.filtered(lambda one, there=there: one._may_send(loop, there.get(one.row_id.magento_id)))
            for part in split_every(BATCH, sent.ids, sent.browse):
                names = [one.name for one in part]
                yield partial(self._note_sent, part, names, self._send(loop, view, part, names)), len(part)

    def _may_send(self, loop, there):
        """Whether Magento still has what it had when both agreed, or changed it before Odoo did.

        :param there: the name in the store view, and the category's own
        """
        if not there:
            return False
        name, default = there
        return name in (self.magento_name or default, kept_text(self.name)) or self._is_newer(loop, self)

    def _send(self, loop, view, part, names):
        """Send names; the error of each, or None."""
        changes = [(one.row_id.magento_id, {"name": _for_magento(name)}) for one, name in zip(part, names, strict=True)]
        errors = [error for _number, error in loop.client.update_categories(changes, store=view.magento_id)]
        for error in errors:
            if error and not isinstance(error, CATEGORY_ERRORS):
                raise error
        return errors

    def _note_sent(self, part, names, errors):
        """Write what came of sending names. A batch of the sync loop."""
        for one, name, error in zip(part, names, errors, strict=True):
            if not one.exists():
                continue
            if error:
                one.row_id.write({"state": "error", "error": one.row_id._refusal(error)})
            one.write({"sent_name": name, **({} if error else {"magento_name": kept_text(_for_magento(name))})})
        failed = sum(bool(error) for error in errors)
        return {"seen_count": len(part), "sent_count": len(part) - failed, "failed_count": failed}


def _for_magento(name):
    return " ".join(name.split())[:LONGEST_NAME]


class MagentoCategory(models.Model):
    """The names that store views have of a category."""

    _inherit = "magento.category"

    name_ids = fields.One2many("magento.category.name", "row_id", string="Names in Store Views")

    @api.model
    def _batches(self, loop, _poll=True):
        yield from super()._batches(loop, _poll)
        yield from self.env["magento.category.name"]._import_batches(loop)

    @api.model
    def _export_batches(self, loop, poll=True):
        yield from super()._export_batches(loop, poll)
        yield from self.env["magento.category.name"]._export_batches(loop, again=poll)
