from datetime import timedelta

from odoo import fields, models

# However often a shop calls, the synchronisation is not woken more often than this.
REST = timedelta(seconds=3)


class MagentoWake(models.Model):
    """When a shop called last: what keeps repeated messages and floods of them from doing anything.

    It has a table of its own because calls must neither wait for, nor disturb, a synchronisation that writes the
    instance.
    """

    _name = "magento.wake"
    _description = "Call of a Magento Shop"
    _rec_name = "instance_id"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    sent_at = fields.Float(digits=(16, 3), readonly=True, help="The time in the latest message, in seconds since 1970.")
    woken_at = fields.Datetime(readonly=True)

    _instance_uniq = models.Constraint("unique(instance_id)", "An instance has one such row.")

    def _take(self, sent_at):
        """Wake the scheduled action, unless this message came before, or one came a moment ago.

        ``self`` is the row, locked, or empty while another call has it.

        :param sent_at: the time in the message, in seconds since 1970
        """
        now = fields.Datetime.now()
        if not self or sent_at <= self.sent_at or (self.woken_at and now - self.woken_at < REST):
            return
        self.write({"sent_at": sent_at, "woken_at": now})
        self.env.ref("magento_connector.cron_synchronize")._trigger()
