from datetime import timedelta

from odoo import fields, models

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)


class MagentoTroubleMixin(models.AbstractModel):
    """Something that may be in trouble: what it is, since when, and until when it is left alone."""

    _name = "magento.trouble.mixin"
    _description = "What May Be in Trouble with Magento"

    error_message = fields.Text("Problem", readonly=True, copy=False)
    error_date = fields.Datetime("Since", readonly=True, copy=False)
    failures_in_a_row = fields.Integer(readonly=True, copy=False)
    paused_until = fields.Datetime("Tried Again on", readonly=True, copy=False)

    def _is_paused(self):
        return bool(self.paused_until and self.paused_until > fields.Datetime.now())

    def _note_trouble(self, sentence, retryable):
        """Say what the trouble is, and stay away for a while, longer each time.

        What will not pass by itself, such as a wrong key, is not tried again by itself unless the schedule does.

        :param sentence: what a person reads
        :param retryable: whether it may pass by itself
        """
        failures = min(self.failures_in_a_row + 1, 10) if retryable else 0
        pause = min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE) if failures else LONGEST_PAUSE
        until = fields.Datetime.now() + pause
        self.write(
            {
                "error_message": sentence,
                "error_date": fields.Datetime.now(),
                "failures_in_a_row": failures,
                "paused_until": until,
            }
        )
        self.env.ref("magento_connector.cron_synchronize").sudo()._trigger(at=until)

    def _note_success(self):
        troubled = self.filtered(lambda one: one.error_message or one.paused_until)
        troubled.write({"error_message": False, "error_date": False, "failures_in_a_row": 0, "paused_until": False})
