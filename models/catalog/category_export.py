from dataclasses import dataclass
from functools import partial
from typing import Any

from odoo import Command, api, fields, models
from odoo.tools.misc import split_every

from ...magento_api import NotFound, NotUnderstood, Refused, kept_text
from .category_trees import LONGEST_NAME, Places, ShopTrees, in_magento, name_for_magento, path_of

# Categories of one transaction: a request each where they are made or moved, one for all where they are changed.
BATCH = 25
# What concerns one category; every other error concerns the shop.
CATEGORY_ERRORS = (NotFound, Refused, NotUnderstood)


class MagentoCategory(models.Model):
    """The export: Odoo's categories under the root that was chosen for the shop."""

    _inherit = "magento.category"

    def action_export_again(self):
        """Make these in Magento again, where they were deleted or refused; opens the run."""
        self.check_access("write")
        rows = self.filtered(lambda row: row.category_id and (row.state == "gone" or not row.magento_id))
        rows.write({"magento_id": 0, "state": "waiting", "error": False, "agreed": False})
        for instance in rows.instance_id:
            rows.filtered(lambda row, instance=instance: row.instance_id == instance).category_id.write(
                {"magento_instance_ids": [Command.link(instance.id)]}
            )
        return self.env["magento.run"]._start(self.instance_id[:1], "categories_export")._open()

    # -- a run --------------------------------------------------------------------------------------------------------

    @api.model
    def _export_batches(self, loop, poll=True):
        """What Odoo's categories have and Magento's have not, as batches for ``SyncLoop.drive``.

        What only Magento has changed is left to the import. Nothing that differs: a request for the roots and one per
        root, and nothing is written.

        :param poll: whether a person wants it; otherwise only what is new in Odoo counts, not what was refused before
        :raises MagentoError: when the shop is in trouble
        """
        instance = loop.instance
        if not poll and not self._has_news(instance):
            return
        shop = ShopTrees(loop)
        yield partial(self._note_roots, shop), 0
        gone = [row.id for row in self._known(instance).values() if row.state != "gone" and shop.lacks(row)]
        if gone:
            yield partial(self._report_gone, gone), len(gone)
        maker, missing = CategoryMaker(shop), self._missing(instance, refused=poll)
        for part in split_every(BATCH, missing.ids, missing.browse):
            yield partial(self._make, loop, maker, part), len(part)
        news, late = self._news(loop, shop, refused=poll)
        if late:
            yield partial(self._leave, late), len(late)
        moved = [one for one in news if "parent" in one.parts]
        for part in split_every(BATCH, moved, list):
            yield partial(self._move, loop, part), len(part)
        for part in split_every(BATCH, [one for one in news if one.parts - {"parent"}], list):
            yield partial(self._change, loop, part), len(part)
        if moved:
            yield partial(self._settle, ShopTrees(loop)), 0

    def _has_news(self, instance):
        """Whether anything was changed in Odoo since it was last sent or refused; asks nobody."""
        if self._missing(instance, refused=False) or self.env["magento.category.name"]._to_send(instance):
            return True
        places = Places(instance)
        return any(
            row._in_odoo(places) not in (row._last("odoo"), row._left())
            for row in places.rows.values()
            if row.level > 1
        )

    def _news(self, loop, shop, refused):
        """What is to be sent of categories that are linked, parents first, and what Magento has changed later.

        :param refused: whether what was refused is tried again with nothing changed
        :returns: two lists of ``News``
        """
        places, found, contested = Places(loop.instance), [], []
        for row in places.rows.values():
            entry = shop.nodes.get(row.magento_id)
            if not entry or row.level <= 1:
                continue
            odoo, (here, _there, both) = row._in_odoo(places), row._compared(in_magento(*entry[:2]), places)
            if both:
                contested.append((row, entry))
            if (here or both) and (refused or odoo != row._left()):
                found.append(News(row, odoo, set(here), set(both)))
        newer = self._newer_in_odoo(loop, contested)
        late = [one for one in found if one.contested and one.row.magento_id not in newer]
        for one in found:
            if one not in late:
                one.parts |= one.contested
        found.sort(key=lambda one: (len(path_of(one.row.category_id)), one.row.position, one.row.id))
        return [one for one in found if one.parts], late

    def _leave(self, late):
        """What Magento has changed later is left to the import. A batch of the sync loop."""
        for one in late:
            one.row.agreed = (one.row.agreed or {}) | {"left": one.odoo}
            one.row.error = self.env._("It was changed in Magento later than in Odoo: import categories to take that.")
        return {"skipped_count": len(late)}

    def _move(self, loop, news):
        """Put categories under others, behind what stands there. A batch of the sync loop."""
        failed = 0
        for one in news:
            try:
                loop.client.move_category(one.row.magento_id, one.odoo["parent"])
            except CATEGORY_ERRORS as error:
                failed += 1
                one.refused(error)
            else:
                one.sent({"parent"})
        return {"seen_count": len(news), "sent_count": len(news) - failed, "failed_count": failed}

    def _change(self, loop, news):
        """Send names, positions and activity. A batch of the sync loop."""
        failed = 0
        changes = [(one.row.magento_id, {part: one.odoo[part] for part in one.parts - {"parent"}}) for one in news]
        for one, (_number, error) in zip(news, loop.client.update_categories(changes), strict=True):
            if error and not isinstance(error, CATEGORY_ERRORS):
                raise error
            if error:
                failed += 1
                one.refused(error)
            else:
                one.sent(one.parts - {"parent"})
        return {"seen_count": len(news), "sent_count": len(news) - failed, "failed_count": failed}

    def _settle(self, shop):
        """Magento renumbers what stands beside a category that is moved: that is nobody's change."""
        for number, row in self._known(shop.instance).items():
            if number not in shop.nodes or row.state == "gone":
                continue
            node, _above, root = shop.nodes[number]
            odoo, magento = row._last("odoo"), row._last("magento")
            values = {"level": node.level, "root_magento_id": root}
            if node.position != magento["position"] and row.position == odoo["position"]:
                place = {"position": node.position}
                values |= place | {"agreed": {"odoo": odoo | place, "magento": magento | place}}
            if any(row[field] != value for field, value in values.items()):
                row.write(values)
        return {}

    # -- categories that products need --------------------------------------------------------------------------------

    @api.model
    def _bring_along(self, loop, categories):
        """Make sure that the categories of products are in Magento. Part of a batch of the sync loop.

        Those to be exported are made there, after those above them that are to be exported as well. For one that is
        not, the nearest one above it that is in Magento counts, else the shop's default category.

        :param categories: ``product.category``
        :returns: dict of a category's id to Magento's number; absent where there is no default either
        :raises MagentoError: when the shop is in trouble
        """
        instance, places = loop.instance, Places(loop.instance)
        missing = self._missing(instance, categories)
        if missing:
            shop = ShopTrees(loop)
            self._note_roots(shop)
            self._make(loop, CategoryMaker(shop), missing)
            places = Places(instance)
        default = instance.default_category_id
        rows = {category.id: places.nearest(category) or default for category in categories}
        return {number: row.magento_id for number, row in rows.items() if row}

    def _missing(self, instance, categories=None, refused=True):
        """What is to be exported and is not in Magento, parents first.

        :param categories: only these, and those above them; None for all
        :param refused: whether those count that Magento refused, with nothing changed since
        """
        domain = [("magento_instance_ids", "in", instance.ids)]
        if categories is not None:
            domain.append(("id", "parent_of", categories.ids))
        wanted = self.env["product.category"].search(domain)
        rows = self.search([("instance_id", "=", instance.id), ("category_id", "in", wanted.ids)])
        there = rows.filtered("magento_id").category_id
        if not refused:
            places = Places(instance)
            left = rows.filtered(lambda row: not row.magento_id and row._left() == row._to_make(places))
            there |= left.category_id
        return (wanted - there).sorted(lambda category: (len(path_of(category)), category.complete_name, category.id))

    def _left(self):
        """What Odoo had when it was last refused by Magento, or left to an import."""
        return (self.agreed or {}).get("left")

    def _to_make(self, places):
        return {"name": name_for_magento(self.category_id), "parent": places.parent(self.category_id).magento_id}

    # -- making -------------------------------------------------------------------------------------------------------

    def _make(self, loop, maker, categories):
        """Make categories in Magento, or link those that are there already: of the same name at the same place.

        :param maker: ``CategoryMaker``
        :param categories: ``product.category``, parents first
        :returns: what to add to the run's counts
        :raises MagentoError: when the shop is in trouble
        """
        places, failed = Places(loop.instance), 0
        rows = {
            row.category_id.id: row
            for row in self.search(
                [("instance_id", "=", loop.instance.id), ("category_id", "in", categories.ids), ("magento_id", "=", 0)]
            )
        }
        for category in categories:
            above, row = places.parent(category), rows.get(category.id, self.browse())
            try:
                node = maker.find_or_make(loop.client, category, above)
            except CATEGORY_ERRORS as error:
                failed += 1
                row._note_refusal(loop.instance, category, above, error)
                continue
            places.rows[category.id] = row._note_made(loop.instance, category, above, node)
        return {"seen_count": len(categories), "sent_count": len(categories) - failed, "failed_count": failed}

    def _note_made(self, instance, category, above, node):
        """Link a category to what stands for it in Magento now; returns its row.

        :param node: its number, name, position and activity in Magento
        """
        number, magento = node["number"], {key: node[key] for key in ("name", "position", "is_active")}
        odoo = magento | {"name": name_for_magento(category), "parent": above.magento_id}
        values = magento | {
            "instance_id": instance.id,
            "magento_id": number,
            "category_id": category.id,
            "parent_id": above.id,
            "root_magento_id": above.root_magento_id,
            "level": above.level + 1,
            "state": "linked",
            "error": False,
            "sent_at": fields.Datetime.now(),
            "agreed": {"odoo": odoo, "magento": magento | {"parent": above.magento_id}},
        }
        known = self.search([("instance_id", "=", instance.id), ("magento_id", "=", number)])
        if known:  # it had lost its Odoo category
            self.unlink()
        row = known or self
        if not row:
            return self.create(values)
        row.write(values)
        return row

    def _note_refusal(self, instance, category, above, error):
        """Write why Magento did not take a category."""
        values = {
            "instance_id": instance.id,
            "magento_id": 0,
            "name": name_for_magento(category),
            "category_id": category.id,
            "parent_id": above.id,
            "state": "error",
            "error": self._refusal(error),
            "agreed": {"left": {"name": name_for_magento(category), "parent": above.magento_id}},
        }
        if self:
            self.write(values)
        else:
            self.create(values)

    def _refusal(self, error):
        return self.env._(
            "Magento did not take it: %(reason)s. Correct that, and export again.", reason=str(error).rstrip(".")
        )


@dataclass
class News:
    """What is to be sent of one category: the ``parts`` that Odoo changed, among them those that were ``contested``."""

    row: Any
    odoo: dict[str, Any]
    parts: set[str]
    contested: set[str]
    failed: bool = False

    def sent(self, parts):
        """Note what Magento has taken."""
        row, last = self.row, self.row.agreed or {}
        now = {part: self.odoo[part] for part in parts}
        there = now | ({"name": kept_text(now["name"])} if "name" in now else {})
        last |= {"odoo": row._last("odoo") | now, "magento": row._last("magento") | there}
        values = {"sent_at": fields.Datetime.now()}
        if not self.failed:
            last.pop("left", None)
            values |= {"state": "linked", "error": False}
        if "name" in there:
            values["name"] = there["name"]
        if "parent" in now:
            above = row.search([("instance_id", "=", row.instance_id.id), ("magento_id", "=", now["parent"])])
            values["parent_id"] = above.id
        row.write(values | {"agreed": last})
        if self.contested & parts:
            row._say_who_wins(sorted(self.contested & parts), odoo_is_newer=True)

    def refused(self, error):
        """Note that Magento did not take it, and why."""
        self.failed = True
        agreed = (self.row.agreed or {}) | {"left": self.odoo}
        self.row.write({"state": "error", "error": self.row._refusal(error), "agreed": agreed})


class CategoryMaker:
    """What is free in Magento's trees to stand for an Odoo category, and what was made during this export.

    It outlives the transaction of a batch: what is begun again makes no second category.
    """

    def __init__(self, shop):
        taken = shop.instance.env["magento.category"].search(
            [("instance_id", "=", shop.instance.id), ("category_id", "!=", False)]
        )
        taken = set(taken.mapped("magento_id"))
        self._free, self._last, self._found = {}, {}, {}
        for number, (node, above, _root) in shop.nodes.items():
            if above:
                self._last[above] = max(self._last.get(above, 0), node.position)
                if number not in taken:
                    self._free.setdefault((above, kept_text(node.name)), []).append(node)

    def find_or_make(self, client, category, above):
        """What stands for an Odoo category in Magento, made where there is nothing.

        :param above: the row of the one to stand under
        :returns: dict of number, name, position and is_active in Magento
        :raises MagentoError: when Magento refuses it, or is in trouble
        """
        if category.id not in self._found:
            self._found[category.id] = self._take(category, above) or self._create(client, category, above)
        return self._found[category.id]

    def _take(self, category, above):
        free = self._free.get((above.magento_id, kept_text(name_for_magento(category))))
        if not free:
            return None
        node = min(free, key=lambda one: (one.position, one.id))
        free.remove(node)
        return {"number": node.id, "name": node.name, "position": node.position, "is_active": node.is_active}

    def _create(self, client, category, above):
        name = name_for_magento(category)
        number = client.create_category(above.magento_id, {"name": name, "is_active": True})
        # Magento puts a new one behind all others
        position = self._last[above.magento_id] = self._last.get(above.magento_id, 0) + 1
        return {"number": number, "name": kept_text(name)[:LONGEST_NAME], "position": position, "is_active": True}
