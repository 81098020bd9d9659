from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize
from odoo.tools.misc import split_every

from ...magento_api import AlreadyExists
from .customer_sending import CUSTOMER_ERRORS, CustomerSending, Regions
from .customer_values import customer_values

# Customers of one transaction.
BATCH = 25


class MagentoCustomer(models.Model):
    """The export of customers: those that are linked follow what changes in Odoo, those that are marked are made.

    What was sent last is remembered. Of a customer that came from Magento, what Odoo had when the export began counts
    as sent: nothing is overwritten there that nobody has changed here.
    """

    _inherit = "magento.customer"

    is_made = fields.Boolean("Made from Odoo", readonly=True, help="The customer was made in Magento by the export.")
    export_due = fields.Boolean(readonly=True, help="The contact was changed since it was last sent.")
    export_version = fields.Integer(
        readonly=True, help="How often the contact was changed: what is changed while it is sent stays to be sent."
    )
    make_tried = fields.Boolean(readonly=True, help="The customer was about to be made in Magento.")
    sent_values = fields.Json(readonly=True)
    export_error = fields.Text("Not Sent", readonly=True, help="What kept the customer from being sent to Magento.")
    forget_address_ids = fields.Json(readonly=True, help="Addresses to delete in Magento, by their numbers there.")

    _due_idx = models.Index("(instance_id) WHERE export_due")

    def action_export_again(self):
        """Send these again, whatever kept them from it; opens the run."""
        self.check_access("write")
        self._changed()
        return self.env["magento.run"]._start(self.instance_id[:1], "customers_export")._open()

    def _changed(self):
        """These have news for Magento. Each call writes, so that an export that is under way notices."""
        if self:
            self.flush_recordset(["export_due", "export_version"])
            query = SQL(
                "UPDATE magento_customer SET export_due = TRUE, export_version = COALESCE(export_version, 0) + 1"
                " WHERE id IN %s",
                tuple(self.ids),
            )
            self.env.cr.execute(query)
            self.invalidate_recordset(["export_due", "export_version"], flush=False)

    # -- a run --------------------------------------------------------------------------------------------------------

    @api.model
    def _export_batches(self, loop):
        """Who is marked, and who was changed since he was last sent, as batches for ``SyncLoop.drive``."""
        instance = loop.instance
        marked = self._marked(instance)
        for ids in split_every(BATCH, marked.ids):
            yield partial(self._link_marked, instance, marked.browse(ids)), 0
        due = self.search(
            [("instance_id", "=", instance.id), ("export_due", "=", True), ("is_gone", "=", False)], order="id"
        )
        for part in split_every(BATCH, due.filtered(lambda link: link._is_new()).ids, self.browse):
            claimed = []
            yield partial(part._claim, claimed), 0
            for link in self.browse(claimed):
                yield from link._make_batches(loop)
        regions = Regions(loop)
        for ids in split_every(BATCH, [link.id for link in due if link.magento_id]):
            sending = CustomerSending(loop, regions, ids)
            sending.send()
            yield sending.note, len(ids)
            if sending.trouble:
                raise sending.trouble

    @api.model
    def _marked(self, instance):
        """Contacts that are marked for the shop and not linked to it."""
        self.env.flush_all()
        query = SQL(
            """
            SELECT mark.partner_id FROM magento_export_partner_rel mark
             WHERE mark.instance_id = %s
               AND NOT EXISTS (SELECT FROM magento_customer link
                                WHERE link.instance_id = mark.instance_id AND link.partner_id = mark.partner_id)
             ORDER BY mark.partner_id
            """,
            instance.id,
        )
        return self.env["res.partner"].browse([number for (number,) in self.env.execute_query(query)])

    def _link_marked(self, instance, partners):
        """Rows for contacts that Magento does not have yet, so that they are due."""
        website = instance._export_website()
        emails = {email_normalize(partner.email or "") for partner in partners} - {False}
        known = self.search([("instance_id", "=", instance.id), ("email", "in", list(emails))])
        taken = {link.email for link in known if link.website_id == website}
        rows = []
        for partner in partners:
            email = email_normalize(partner.email or "")
            rows.append(
                {
                    "instance_id": instance.id,
                    "website_id": website.id,
                    "partner_id": partner.id,
                    "email": email if email not in taken else False,
                    "export_due": True,
                }
            )
            taken.add(email)
        self.create(rows)
        return {}

    # -- what is to be sent -------------------------------------------------------------------------------------------

    def _is_new(self):
        """Whether Magento does not have the customer: a guest is made only if the contact is marked."""
        return not self.magento_id and self.instance_id in self.partner_id.magento_export_ids

    def _address_rows(self):
        """The addresses that are known of the customers, by the customer's contact; in one query."""
        rows = self.env["magento.address"].search(
            [("instance_id", "in", self.instance_id.ids), ("customer_partner_id", "in", self.partner_id.ids)]
        )
        found = rows.grouped("customer_partner_id")
        return {partner: found.get(partner, rows.browse()) for partner in self.partner_id}

    # -- sending ------------------------------------------------------------------------------------------------------

    def _claim(self, claimed):
        """Find out which of these may be made, and note that they are about to be: should this process die, what
        Magento has then was made by it. A batch of the sync loop.

        :param claimed: list that gets their ids
        """
        claimed.clear()
        failed = 0
        for link in self:
            email, error = link.partner_id.email_normalized or link.partner_id.email, None
            if not (email or "").strip():
                error = self.env._("The contact has no e-mail address: without one Magento keeps no customer.")
            elif not (link.email or link._free_email(email)):
                error = link._taken()
            if error:
                failed += 1
                link.write({"export_due": False, "export_error": error})
                continue
            claimed.append(link.id)
            link.write({"email": link.email or link._free_email(email), "make_tried": True})
        return {"seen_count": failed, "failed_count": failed}

    def _make_batches(self, loop):
        """Make one customer in Magento, or take the one that has the e-mail address; then write which it is."""
        data, website = customer_values(self.partner_id), self.website_id
        where = {"website_id": website.magento_id, "group_id": 1}
        if view := website.store_view_ids[:1]:
            where["store_id"] = view.magento_id
        number, made, error, version = 0, True, None, self.export_version
        try:
            number = loop.client.create_customer(data | where)
        except AlreadyExists as found:
            number, made = found.id, self.make_tried
        except CUSTOMER_ERRORS as refused:
            error = str(refused)
        yield (
            partial(self._note_made, number, made, data, error, version),
            1,
        )  # committed as soon as Magento gave a number

    def _note_made(self, number, made, data, error, version):
        """Write what came of making a customer. A batch of the sync loop."""
        if not error:
            here = [("instance_id", "=", self.instance_id.id), ("magento_id", "=", number), ("id", "!=", self.id)]
            other = self.search(here)
            if other and not (other.is_gone or made):
                error = self._taken()
            else:
                other.unlink()  # of a customer that is deleted: Magento has given the number again
        if error:
            self.invalidate_recordset(["export_version"])
            still_due = self.export_version != version
            self.write({"export_due": still_due, "export_error": error, "make_tried": False})
            return {"seen_count": 1, "failed_count": 1}
        values = {"magento_id": number, "sent_values": data, "received_at": fields.Datetime.now(), "is_made": made}
        self.write(values | {"make_tried": False})
        return {"seen_count": 1, "sent_count": 1}

    def _taken(self):
        return self.env._("Another contact is the customer with this e-mail address.")

    def _free_email(self, email):
        """The address, normalised, unless another contact has it in the shop; False then."""
        normalized = email_normalize(email)
        same = [
            ("instance_id", "=", self.instance_id.id),
            ("website_id", "=", self.website_id.id),
            ("email", "=", normalized),
            ("id", "!=", self.id),
        ]
        return normalized and not self.search_count(same, limit=1) and normalized
