from collections import defaultdict
from functools import partial

from odoo import Command, api, fields, models
from odoo.tools.misc import split_every

BATCH = 500
NOTHING = {"tags": [], "pricelist": False, "position": False}


class MagentoCustomer(models.Model):
    """What customers get from their group in Magento, and lose with it.

    The link remembers what the group gave, so that only this is taken away: what a person chose stays.
    """

    _inherit = "magento.customer"

    group_id = fields.Many2one(
        "magento.customer.group", "Customer Group", readonly=True, ondelete="set null", index="btree_not_null"
    )
    group_at = fields.Datetime(readonly=True, help="When Magento said so, on its clock.")
    group_given = fields.Json(readonly=True)
    group_stale = fields.Boolean(readonly=True, help="The group gives something else since.")

    _stale_idx = models.Index("(instance_id) WHERE group_stale")

    @api.model
    def _stale_batches(self, loop):
        """Customers whose group gives something else than they have, as batches for ``SyncLoop.drive``."""
        stale = self.search([("instance_id", "=", loop.instance.id), ("group_stale", "=", True)])
        for ids in split_every(BATCH, stale.ids):
            yield partial(self.browse(ids)._give_batch), len(ids)

    def _give_batch(self):
        self._give()
        self.group_stale = False
        return {"seen_count": len(self), "imported_count": len(self)}

    @api.model
    def _follow_groups(self, parties):
        """Put the customers into the groups that Magento shows, unless it has shown others later.

        :param parties: list of ``Party``, each with its ``link``, if any
        """
        links = self.browse()
        for party in parties:
            link = party.link
            if not link or not party.group:
                continue
            if link.group_id != party.group and not (link.group_at and link.group_at > party.told_at):
                link.write({"group_id": party.group.id, "group_at": party.told_at})
            links |= link
        links._give()

    def _give(self):
        """Give the contacts what their groups give now, and take away what groups gave before."""
        changes = defaultdict(list)
        for link in self:
            had, gets = link.group_given or NOTHING, link.group_id._gives()
            if had != gets:
                changes[_key(had), _key(gets)].append(link.id)
        for ids in changes.values():
            links = self.browse(ids)
            had, gets = links[0].group_given or NOTHING, links[0].group_id._gives()
            links._change_tags(set(had["tags"]), set(gets["tags"]))
            links._change_property("specific_property_product_pricelist", had["pricelist"], gets["pricelist"])
            links._change_property("property_account_position_id", had["position"], gets["position"])
            links.group_given = gets

    def _change_tags(self, had, gets):
        commands = [Command.unlink(tag) for tag in sorted(had - gets)] + [Command.link(tag) for tag in sorted(gets)]
        if commands:
            self.partner_id._magento_quietly().write({"category_id": commands})

    def _change_property(self, field, had, gets):
        """Set a property of the contacts' commercial entity, which Odoo keeps it on, in the shop's company; take away
        only what a group had given.
        """
        if had == gets:
            return
        company = self.instance_id.company_id
        partners = self.partner_id.commercial_partner_id._magento_quietly().with_company(company)
        if not gets:
            partners = partners.filtered(lambda partner: partner[field].id == had)
        partners.filtered(lambda partner: partner[field].id != gets).write({field: gets})


def _key(given):
    return tuple(given["tags"]), given["pricelist"], given["position"]
