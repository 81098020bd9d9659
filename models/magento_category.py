from functools import partial
from itertools import groupby

from odoo import api, fields, models
from odoo.tools.misc import split_every

from .isolate import isolate

# Categories of one transaction.
BATCH = 200
STATES = [
    ("linked", "In Both"),
    ("waiting", "Waiting"),
    ("gone", "Deleted in Magento"),
    ("unlinked", "Deleted in Odoo"),
    ("error", "Failed"),
]


class MagentoCategory(models.Model):
    """Which Odoo category stands for which category of a Magento shop, and where that stands in Magento's tree.

    The tree of each store's root is imported, parents before children. A category that is deleted on one side is
    reported here and stays on the other.
    """

    _name = "magento.category"
    _description = "Magento Category"
    _order = "instance_id, complete_name, id"
    _rec_name = "complete_name"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    magento_id = fields.Integer("Category ID in Magento", required=True, readonly=True)
    name = fields.Char("Name in Magento", required=True, readonly=True)
    complete_name = fields.Char(
        "Place in Magento", compute="_compute_complete_name", recursive=True, store=True, readonly=True
    )
    parent_id = fields.Many2one("magento.category", ondelete="set null", index=True, readonly=True)
    root_magento_id = fields.Integer("Root in Magento", readonly=True)
    level = fields.Integer(readonly=True)
    position = fields.Integer(readonly=True)
    is_active = fields.Boolean("Active in Magento", readonly=True)
    category_id = fields.Many2one("product.category", string="Category", ondelete="set null", index=True)
    state = fields.Selection(STATES, default="linked", required=True, readonly=True)
    error = fields.Text("Reason", readonly=True)
    received_at = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(readonly=True)

    _magento_id_uniq = models.Constraint("unique(instance_id, magento_id)", "This Magento category is linked already.")
    _category_uniq = models.Constraint(
        "unique(instance_id, category_id)", "This category is linked to the shop already."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for row in self:
            above = row.parent_id.complete_name
            row.complete_name = f"{above} / {row.name}" if above else row.name

    def write(self, vals):
        """Whoever chooses the Odoo category by hand has linked the two."""
        if vals.get("category_id") and "state" not in vals:
            vals = vals | {"state": "linked", "error": False}
        return super().write(vals)

    def action_import_again(self):
        """Import these again, also those that were deleted in Odoo; opens the run."""
        self.check_access("write")
        self.filtered(lambda row: row.state in ("unlinked", "error")).state = "waiting"
        return self.env["magento.run"]._start(self.instance_id[:1], "categories")._open()

    # -- import -------------------------------------------------------------------------------------------------------

    @api.model
    def _batches(self, loop, _poll=True):
        """The category trees, and what else products refer to, as batches for ``SyncLoop.drive``."""
        yield from self.env["magento.product"]._read_structure(loop)
        yield from self._tree_batches(loop)

    def _tree_batches(self, loop):
        """What differs between Magento's trees and the rows here, as batches for ``SyncLoop.drive``.

        Nothing that differs: a request for the roots and one per root, and nothing is written.

        :raises MagentoError: when the shop is in trouble
        """
        instance = loop.instance
        roots = loop.client.root_categories()
        trees, chosen = self._read_trees(loop)
        nodes = {}
        for tree in trees:
            nodes |= {node.id: (node, above, tree.id) for node, above in _flat(tree)}
        nodes |= {root.id: (root, None, root.id) for root in roots}
        known = {row.magento_id: row for row in self.search([("instance_id", "=", instance.id)])}
        todo = [number for number, entry in nodes.items() if _differs(known.get(number), entry)]
        todo.sort(key=lambda number: nodes[number][0].level)
        for numbers in split_every(BATCH, todo, list):
            yield partial(self._take_in, instance, [nodes[number] for number in numbers]), len(numbers)
        if chosen:
            yield partial(self._choose_roots, instance, chosen), 0
        read = {tree.id for tree in trees}
        there = {root.id for root in roots}
        gone = [
            row.id
            for number, row in known.items()
            if number not in nodes
            and row.state != "gone"
            and (row.root_magento_id in read or row.root_magento_id not in there)
        ]
        if gone:
            yield partial(self._report_gone, gone), len(gone)

    def _read_trees(self, loop):
        """The trees of the roots that the store views have.

        :returns: the trees, and ``{store view id: root's number}`` for the store views whose root was found out now
        """
        client, trees, chosen, by_store = loop.client, {}, {}, {}
        for view in loop.instance.store_view_ids:
            number = view.root_category_id.magento_id or by_store.get(view.group_magento_id)
            if not number:
                tree = client.category_tree(store=view.magento_id)
                number = tree.id
                trees[number] = tree
            elif number not in trees:
                trees[number] = client.category_tree(number)
            by_store[view.group_magento_id] = number
            if not view.root_category_id:
                chosen[view.id] = number
        return list(trees.values()), chosen

    def _choose_roots(self, instance, chosen):
        rows = self.search([("instance_id", "=", instance.id), ("magento_id", "in", list(chosen.values()))])
        by_number = {row.magento_id: row.id for row in rows}
        for view_id, number in chosen.items():
            self.env["magento.store.view"].browse(view_id).root_category_id = by_number.get(number, False)
        return {}

    def _report_gone(self, ids):
        """Categories that Magento no longer has: said here, and left in Odoo."""
        self.browse(ids).exists().write(
            {
                "state": "gone",
                "error": self.env._("It was deleted in Magento. Odoo keeps its category, and the products in it."),
            }
        )
        return {"skipped_count": len(ids)}

    def _take_in(self, instance, entries):
        """Bring categories into Odoo; the one that Odoo refuses carries the reason.

        :param entries: list of ``(magento_api Category, parent's number, root's number)``, parents first
        """
        failed = []

        def fail(entry, error):
            failed.append(entry)
            self._note_failure(instance, entry, str(error))

        for _level, group in groupby(entries, key=lambda entry: entry[0].level):
            isolate(self.env, list(group), partial(self._take_level, instance), fail)
        return {
            "seen_count": len(entries),
            "imported_count": len(entries) - len(failed),
            "failed_count": len(failed),
        }

    def _take_level(self, instance, entries):
        """Categories none of which is above another."""
        rows = self._rows_of(instance, entries)
        new = []
        for entry in entries:
            row = rows.get(entry[0].id)
            if row and (row.category_id or row.state in ("unlinked", "gone")):
                row._follow(entry, rows)
            else:
                new.append(entry)
        categories = self._categories_for(instance, new, rows)
        for entry in new:
            values = self._row_values(entry, rows) | {
                "category_id": categories[entry[0].id].id,
                "state": "linked",
                "error": False,
            }
            if row := rows.get(entry[0].id):
                row.write(values)
            else:
                self.create(values | {"instance_id": instance.id, "magento_id": entry[0].id})

    def _rows_of(self, instance, entries):
        """The rows of the entries and of what is above them, by Magento's number."""
        numbers = {number for node, above, _root in entries for number in (node.id, above) if number}
        rows = self.search([("instance_id", "=", instance.id), ("magento_id", "in", list(numbers))])
        return {row.magento_id: row for row in rows}

    def _row_values(self, entry, rows):
        node, above, root = entry
        return {
            "name": node.name or str(node.id),
            "parent_id": rows[above].id if above in rows else False,
            "root_magento_id": root,
            "level": node.level,
            "position": node.position,
            "is_active": node.is_active,
            "received_at": fields.Datetime.now(),
        }

    def _categories_for(self, instance, entries, rows):
        """The Odoo categories of entries that have none: of the same name at the same place, else new ones.

        :returns: dict of Magento's number to ``product.category``
        :raises UserError: when what is above was deleted in Odoo
        """
        found, missing = {}, []
        places = {entry[0].id: self._place_for(entry, rows) for entry in entries}
        free = self._free_categories(instance, entries, places)
        for entry in entries:
            number, name = entry[0].id, entry[0].name.strip() or str(entry[0].id)
            match = free.pop((name, places[number]), None)
            if match:
                found[number] = match
            else:
                missing.append((number, {"name": name, "parent_id": places[number]}))
        # no mail of "category created" into two thousand chatters
        created = (
            self.env["product.category"]
            .with_context(tracking_disable=True, mail_create_nolog=True)
            .create([values for _number, values in missing])
        )
        return found | {number: category for (number, _values), category in zip(missing, created, strict=True)}

    def _place_for(self, entry, rows):
        """The id of the Odoo category to put an entry under; False for a root."""
        above = entry[1]
        if not above:
            return False
        if above not in rows or not rows[above].category_id:
            raise ValueError(
                self.env._("The category above it is not in Odoo (it failed, or was deleted there): import that first.")
            )
        return rows[above].category_id.id

    def _free_categories(self, instance, entries, places):
        """Odoo categories that may stand for the entries, by name and place; those linked to the shop are not free."""
        if not entries:
            return {}
        categories = self.env["product.category"].search(
            [
                ("name", "in", [entry[0].name.strip() for entry in entries]),
                ("parent_id", "in", list(set(places.values()))),
            ],
            order="id desc",
        )
        taken = self.search([("instance_id", "=", instance.id), ("category_id", "in", categories.ids)]).category_id
        return {(category.name, category.parent_id.id): category for category in categories - taken}

    def _follow(self, entry, rows):
        """Take over what changed in Magento; what was changed in Odoo alone stays."""
        self.ensure_one()
        values = self._row_values(entry, rows)
        category = self.category_id
        if self.state != "unlinked":
            values |= {"state": "linked" if category else "waiting", "error": False}
        changes = {}
        if values["name"] != self.name and category.name != values["name"]:
            changes["name"] = values["name"]
            if category.name != self.name:
                category.message_post(
                    body=self.env._("Renamed in Odoo and in Magento (%(name)s): Magento's name is taken.", **changes)
                )
        if values["parent_id"] != self.parent_id.id:
            changes["parent_id"] = self._place_for(entry, rows)
        if category and changes:
            category.write(changes)
        self.write(values)

    def _note_failure(self, instance, entry, reason):
        """Write why a category could not be imported onto its row."""
        rows = self._rows_of(instance, [entry])
        values = {"state": "error", "error": reason}
        if row := rows.get(entry[0].id):
            row.write(values)
        else:
            self.create(
                self._row_values(entry, rows) | values | {"instance_id": instance.id, "magento_id": entry[0].id}
            )


def _flat(tree):
    """All nodes of a tree with the number of the one above, level by level."""
    level = [(tree, None)]
    while level:
        yield from level
        level = [(child, node.id) for node, _above in level for child in node.children]


def _differs(row, entry):
    """Whether Magento's category is not what the row says."""
    if not row:
        return True
    node, above, _root = entry
    return row.state in ("waiting", "error", "gone") or (
        row.name,
        row.parent_id.magento_id or None,
        row.position,
        row.is_active,
    ) != (node.name or str(node.id), above, node.position, node.is_active)
