from functools import partial
from itertools import groupby

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import split_every

from ...magento_api import NotFound
from ..sync.clock import naive
from ..sync.isolate import isolate, sentence_of
from .category_trees import PARTS, Places, ShopTrees, in_magento, name_for_magento, path_of, same_part

# Categories of one transaction.
BATCH = 200


class MagentoCategory(models.Model):
    """The import: the tree of each store's root, parents before children."""

    _inherit = "magento.category"

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
        instance, shop = loop.instance, ShopTrees(loop)
        if shop.chosen:
            yield partial(self._note_roots, shop), 0
        known = self._known(instance)
        todo = [number for number, entry in shop.nodes.items() if _differs(known.get(number), entry)]
        todo.sort(key=lambda number: shop.nodes[number][0].level)
        newer = self._newer_in_odoo(loop, [(known[number], shop.nodes[number]) for number in todo if number in known])
        for numbers in split_every(BATCH, todo, list):
            yield partial(self._take_in, instance, [shop.nodes[number] for number in numbers], newer), len(numbers)
        gone = [row.id for row in self._known(instance).values() if row.state != "gone" and shop.lacks(row)]
        if gone:
            yield partial(self._report_gone, gone), len(gone)

    def _known(self, instance):
        """The rows of categories that Magento has or had, by its number."""
        rows = self.search([("instance_id", "=", instance.id), ("magento_id", ">", 0)])
        return {row.magento_id: row for row in rows}

    def _newer_in_odoo(self, loop, pairs):
        """Of rows and entries, the numbers of those that were changed on both sides, and in Odoo later.

        A request for each that was changed on both sides, for Magento's trees do not tell when.
        """
        if not pairs:
            return set()
        places, newer = Places(loop.instance), set()
        for row, entry in pairs:
            if row.category_id and row._compared(in_magento(entry[0], entry[1]), places)[2]:
                try:
                    changed = naive(loop.client.category(row.magento_id).updated_at)
                except NotFound:
                    continue
                if changed and changed < row.category_id.write_date:
                    newer.add(row.magento_id)
        return newer

    def _compared(self, magento, places):
        """Which parts were changed since the two sides agreed, and are not the same.

        :returns: ``(in Odoo alone, in Magento alone, in both)``, lists of parts
        """
        odoo, before = self._in_odoo(places), {side: self._last(side) for side in ("odoo", "magento")}
        found = ([], [], [])
        for part in PARTS:
            if same_part(part, odoo[part], magento[part]):
                continue
            here, there = odoo[part] != before["odoo"][part], magento[part] != before["magento"][part]
            if here or there:
                found[2 if here and there else 0 if here else 1].append(part)
        return found

    # -- a batch ------------------------------------------------------------------------------------------------------

    def _take_in(self, instance, entries, newer):
        """Bring categories into Odoo; the one that Odoo refuses carries the reason.

        :param entries: list of ``(magento_api Category, parent's number, root's number)``, parents first
        :param newer: numbers of those where Odoo's change is the later one
        """
        failed = []

        def fail(entry, error):
            failed.append(entry)
            self._note_failure(instance, entry, sentence_of(self.env, error, f"Category {entry[0].id}"))

        for _level, group in groupby(entries, key=lambda entry: entry[0].level):
            isolate(self.env, list(group), partial(self._take_level, instance, newer), fail)
        return {
            "seen_count": len(entries),
            "imported_count": len(entries) - len(failed),
            "failed_count": len(failed),
        }

    def _take_level(self, instance, newer, entries):
        """Categories none of which is above another."""
        rows = self._rows_of(instance, entries)
        new, known = [], []
        for entry in entries:
            row = rows.get(entry[0].id)
            linked = row and (row.category_id or row.state in ("unlinked", "gone"))
            (known if linked else new).append(entry)
        if known:
            places = Places(instance)
            for entry in known:
                rows[entry[0].id]._follow(entry, rows, places, entry[0].id in newer)
        self._link_new(instance, new, rows)

    def _link_new(self, instance, entries, rows):
        """Link entries that Odoo has no category for, or has one that nobody linked."""
        categories = self._categories_for(instance, entries, rows)
        for entry in entries:
            category, magento = categories[entry[0].id], in_magento(entry[0], entry[1])
            values = self._row_values(entry, rows) | {
                "position": magento["position"],
                "is_active": magento["is_active"],
                "category_id": category.id,
                "state": "linked",
                "error": False,
                "agreed": {"odoo": magento | {"name": name_for_magento(category)}, "magento": magento},
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
            raise UserError(
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

    # -- one that is linked -------------------------------------------------------------------------------------------

    def _follow(self, entry, rows, places, odoo_is_newer):
        """Take over what changed in Magento; what was changed in Odoo alone stays, and waits for an export."""
        self.ensure_one()
        category, magento = self.category_id, in_magento(entry[0], entry[1])
        values = self._row_values(entry, rows)
        if self.state != "unlinked":
            values |= {"state": "linked" if category else "waiting", "error": False}
        if not category:
            self.write(values | {"agreed": {"odoo": self._last("odoo"), "magento": magento}})
            return
        _here, there, both = self._compared(magento, places)
        if both:
            self._say_who_wins(both, odoo_is_newer)
        taken = there if odoo_is_newer else there + both
        values |= {part: magento[part] for part in taken if part in ("position", "is_active")}
        changes = {"name": magento["name"].strip()} if "name" in taken else {}
        if "parent" in taken:
            changes["parent_id"] = self._place_for(entry, rows)
            self._make_way(changes["parent_id"])
        if changes:
            category.write(changes)
        self.write(values)
        self._agree(self._in_odoo(places), magento, taken)

    def _agree(self, odoo, magento, settled=()):
        """Note what both sides have now. What Odoo alone has changed stays to be sent.

        :param settled: parts that were taken over or sent, and so are settled whatever they look like
        """
        last = self._last("odoo")
        settled = {part for part in PARTS if part in settled or same_part(part, odoo[part], magento[part])}
        agreed = {part: odoo[part] if part in settled else last[part] for part in PARTS}
        self.agreed = {"odoo": agreed, "magento": magento}

    def _make_way(self, place):
        """Magento put a category below one that stands below it in Odoo: that one is first put where Magento has it."""
        category = self.category_id
        target = self.env["product.category"].browse(place)
        while category.id in (path := path_of(target)):
            obstacle = target.browse(path[path.index(category.id) + 1])
            row = self.search([("instance_id", "=", self.instance_id.id), ("category_id", "=", obstacle.id)])
            if not row.parent_id.category_id:
                return
            obstacle.parent_id = row.parent_id.category_id
            row.write({"state": "linked", "error": False})
            row._say_who_wins(["parent"], odoo_is_newer=False)

    def _say_who_wins(self, parts, odoo_is_newer):
        """Leave a message on a category that was changed on both sides."""
        labels = {
            "name": self.env._("name"),
            "parent": self.env._("parent category"),
            "position": self.env._("position"),
            "is_active": self.env._("activity"),
        }
        what = ", ".join(labels[part] for part in parts)
        if odoo_is_newer:
            body = self.env._("Changed in Odoo and in Magento: %(what)s. Odoo's is newer, and stays.", what=what)
        else:
            body = self.env._("Changed in Odoo and in Magento: %(what)s. Magento's is newer, and is taken.", what=what)
        self.category_id.message_post(body=body)

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


def _differs(row, entry):
    """Whether Magento's category is not what it was when the row was written."""
    if not row or row.state in ("waiting", "gone") or (row.state == "error" and not row.category_id):
        return True
    return row._last("magento") != in_magento(entry[0], entry[1])
