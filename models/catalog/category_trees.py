"""Where categories stand: in Magento's trees as they were read, and in Odoo's as Magento would have it."""

from ...magento_api import kept_text
from ...magento_api.clean import clean_text

# What is kept in step, as :func:`in_magento` gives it.
PARTS = ("name", "parent", "position", "is_active")
LONGEST_NAME = 255


class ShopTrees:
    """The category trees of a shop, read for one run: a request for the roots, and one per root that the stores have
    (two, as long as the root of a store is not known).

    ``nodes`` are entries ``(magento_api Category, number of the one above, number of the root)`` by Magento's number;
    ``chosen`` are the roots that were found out now: ``{store view id: number}``.

    :raises MagentoError: when the shop is in trouble
    """

    def __init__(self, loop):
        self.instance = loop.instance
        self.roots = loop.client.root_categories()
        self.chosen = {}
        trees = self._read(loop.client)
        self.nodes = {}
        for tree in trees.values():
            self.nodes |= {node.id: (node, above, tree.id) for node, above in _flat(tree)}
        self.nodes |= {root.id: (root, None, root.id) for root in self.roots}
        self._read_roots = set(trees)

    def _read(self, client):
        trees, by_store = {}, {}
        for view in self.instance.store_view_ids:
            number = view.root_category_id.magento_id or by_store.get(view.group_magento_id)
            if not number:  # asked for by its store, a tree has the names of that store
                number = client.category_tree(store=view.magento_id).id
            if number not in trees:
                trees[number] = client.category_tree(number)
            by_store[view.group_magento_id] = number
            if not view.root_category_id:
                self.chosen[view.id] = number
        return trees

    def lacks(self, row):
        """Whether Magento no longer has the category of a row; a tree that was not read says nothing."""
        if row.magento_id in self.nodes:
            return False
        return row.root_magento_id in self._read_roots or row.root_magento_id not in {root.id for root in self.roots}


class Places:
    """Under which category of Magento each Odoo category belongs: the nearest one above that is in Magento, else the
    root that was chosen for the shop's first store view.
    """

    def __init__(self, instance):
        rows = instance.env["magento.category"].search(
            [
                ("instance_id", "=", instance.id),
                ("category_id", "!=", False),
                ("magento_id", ">", 0),
                ("state", "!=", "gone"),
            ]
        )
        self.rows = {row.category_id.id: row for row in rows}
        self.root = instance.store_view_ids.root_category_id[:1]

    def nearest(self, category):
        """The row of a category, or of the nearest one above it that is in Magento; empty when none is."""
        for number in reversed(path_of(category)):
            if number in self.rows:
                return self.rows[number]
        return self.root.browse()

    def parent(self, category, now=None):
        """The row of the category to stand under in Magento.

        :param now: Magento's number of the one that it stands under: one root is as good as another
        """
        above = self.nearest(category.parent_id)
        if above or not now:
            return above or self.root
        return next((row for row in self._roots() if row.magento_id == now), self.root)

    def _roots(self):
        return self.root.instance_id.store_view_ids.root_category_id


def path_of(category):
    """The ids of a category and those above it, from the top."""
    return [int(number) for number in (category.parent_path or "").split("/") if number]


def in_magento(node, above):
    """What Magento says of a category, part by part."""
    return {
        "name": node.name or str(node.id),
        "parent": above,
        "position": node.position,
        "is_active": node.is_active,
    }


def name_for_magento(category):
    """The name of an Odoo category as it is sent."""
    return " ".join(clean_text(category.name).split())[:LONGEST_NAME] or str(category.id)


def same_part(part, odoo, magento):
    """Whether a part is the same on both sides; a name as Magento can keep it."""
    if part == "name":
        return kept_text(odoo)[:LONGEST_NAME] == kept_text(magento)[:LONGEST_NAME]
    return odoo == magento


def _flat(tree):
    """All nodes of a tree with the number of the one above, level by level."""
    level = [(tree, None)]
    while level:
        yield from level
        level = [(child, node.id) for node, _above in level for child in node.children]
