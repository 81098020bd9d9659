from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from odoo import Command, api, fields, models
from odoo.tools.misc import split_every

from ...magento_api import MagentoError, NotFound, NotUnderstood, Refused, kept_text
from .category_trees import LONGEST_NAME, PARTS, Places, ShopTrees, in_magento, name_for_magento, path_of

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
        yield from self._make_batches(loop, shop, self._missing(instance, refused=poll))
        news, late = self._news(loop, shop, refused=poll)
        if late:
            yield partial(self._leave, late), len(late)
        moved = [one for one in news if "parent" in one.parts]
        for part in split_every(BATCH, moved, list):
            yield partial(self._note_sent, part, {"parent"}, self._move(loop, part)), len(part)
        for part in split_every(BATCH, [one for one in news if one.parts - {"parent"}], list):
            yield partial(self._note_sent, part, set(PARTS) - {"parent"}, self._change(loop, part)), len(part)
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
                found.append(News(row, row.magento_id, odoo, set(here), set(both)))
        newer = self._newer_in_odoo(loop, contested)
        late = [one for one in found if one.contested and one.number not in newer]
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
        """Put categories under others, behind what stands there; the error of each, or None."""
        client, errors = loop.client, []
        for one in news:
            try:
                client.move_category(one.number, one.odoo["parent"])
            except CATEGORY_ERRORS as error:
                errors.append(error)
            else:
                errors.append(None)
        return errors

    def _change(self, loop, news):
        """Send names, positions and activity; the error of each, or None."""
        changes = [(one.number, {part: one.odoo[part] for part in one.parts - {"parent"}}) for one in news]
        errors = [error for _number, error in loop.client.update_categories(changes)]
        for error in errors:
            if error and not isinstance(error, CATEGORY_ERRORS):
                raise error
        return errors

    def _note_sent(self, news, parts, errors):
        """Write what came of sending some parts. A batch of the sync loop."""
        for one, error in zip(news, errors, strict=True):
            if error:
                one.refused(error)
            else:
                one.sent(one.parts & parts)
        failed = sum(bool(error) for error in errors)
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
    def _bring_batches(self, loop, categories):
        """Make sure that the categories of products are in Magento, as batches for ``SyncLoop.drive``: those to be
        exported, after those above them that are to be exported as well.

        :param categories: ``product.category``
        :raises MagentoError: when the shop is in trouble
        """
        if missing := self._missing(loop.instance, categories):
            shop = ShopTrees(loop)
            yield partial(self._note_roots, shop), 0
            yield from self._make_batches(loop, shop, missing)

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

    def _make_batches(self, loop, shop, categories):
        """Make categories in Magento, or link those that are there already: of the same name at the same place.

        :param shop: ``ShopTrees``
        :param categories: ``product.category``, parents first
        :raises MagentoError: when the shop is in trouble
        """
        maker = CategoryMaker(shop)
        levels = groupby(categories, lambda category: len(path_of(category)))
        for ids in [[category.id for category in level] for _depth, level in levels]:  # what is above is there already
            for part in split_every(BATCH, ids, categories.browse):
                places = Places(loop.instance)
                wanted = [(one, name_for_magento(one), places.parent(one)) for one in part.exists()]
                sent, client = [(name, above.magento_id) for _category, name, above in wanted], loop.client
                nodes = [maker.find_or_make(client, *one) for one in sent]
                yield partial(self._note_making, loop.instance, wanted, nodes), len(part)

    def _note_making(self, instance, wanted, nodes):
        """Write what came of making categories. A batch of the sync loop.

        :param wanted: list of the category, the name it was sent with, and the row of the one to stand under
        :param nodes: what ``find_or_make`` gave for each
        """
        categories = [category.id for category, *_more in wanted]
        here = [("instance_id", "=", instance.id), ("magento_id", "=", 0), ("category_id", "in", categories)]
        rows = {row.category_id: row for row in self.search(here)}
        failed = 0
        for (category, name, above), node in zip(wanted, nodes, strict=True):
            if not category.exists():
                continue
            row = rows.get(category, self.browse())
            if isinstance(node, MagentoError):
                failed += 1
                row._note_refusal(instance, category, name, above, node)
            else:
                row._note_made(instance, category, name, above, node)
        return {"seen_count": len(nodes), "sent_count": len(nodes) - failed, "failed_count": failed}

    def _note_made(self, instance, category, name, above, node):
        """Link a category to what stands for it in Magento now.

        :param name: the one it was sent with
        :param node: its number, name, position and activity in Magento
        """
        number, magento = node["number"], {key: node[key] for key in ("name", "position", "is_active")}
        odoo = magento | {"name": name, "parent": above.magento_id}
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
        if row := known or self:
            row.write(values)
        else:
            self.create(values)

    def _note_refusal(self, instance, category, name, above, error):
        """Write why Magento did not take a category."""
        values = {
            "instance_id": instance.id,
            "magento_id": 0,
            "name": name,
            "category_id": category.id,
            "parent_id": above.id,
            "state": "error",
            "error": self._refusal(error),
            "agreed": {"left": {"name": name, "parent": above.magento_id}},
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
    number: int
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
    """What is free in Magento's trees to stand for an Odoo category, and what was made during this export."""

    def __init__(self, shop):
        taken = shop.instance.env["magento.category"].search(
            [("instance_id", "=", shop.instance.id), ("category_id", "!=", False)]
        )
        taken = set(taken.mapped("magento_id"))
        self._free, self._last = {}, {}
        for number, (node, above, _root) in shop.nodes.items():
            if above:
                self._last[above] = max(self._last.get(above, 0), node.position)
                if number not in taken:
                    self._free.setdefault((above, kept_text(node.name)), []).append(node)

    def find_or_make(self, client, name, above):
        """What stands for an Odoo category in Magento, made where there is nothing.

        :param name: the category's, as it is sent
        :param above: Magento's number of the one to stand under
        :returns: dict of number, name, position and is_active in Magento, or the error with which it was refused
        :raises MagentoError: when Magento is in trouble
        """
        try:
            return self._take(name, above) or self._create(client, name, above)
        except CATEGORY_ERRORS as error:
            return error

    def _take(self, name, above):
        free = self._free.get((above, kept_text(name)))
        if not free:
            return None
        node = min(free, key=lambda one: (one.position, one.id))
        free.remove(node)
        return {"number": node.id, "name": node.name, "position": node.position, "is_active": node.is_active}

    def _create(self, client, name, above):
        number = client.create_category(above, {"name": name, "is_active": True})
        # Magento puts a new one behind all others
        position = self._last[above] = self._last.get(above, 0) + 1
        return {"number": number, "name": kept_text(name)[:LONGEST_NAME], "position": position, "is_active": True}
