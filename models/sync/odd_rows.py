from functools import partial

from odoo import api, models


class MagentoOddRows(models.AbstractModel):
    """Rows of Magento's lists that are no records: each is told once, in the table of what could not be imported."""

    _name = "magento.odd.rows"
    _description = "Magento Odd Rows"
    _odd_kind = ""  # the reason kind that such rows get

    @api.model
    def _odd_batches(self, instance, odd):
        """Write odd rows down, as batches for ``SyncLoop.drive``; nothing where they are known.

        :param odd: list of ``BadRow``, which is emptied
        """
        told = {row.id or 0: str(row) for row in odd}
        odd.clear()
        known = self._odd_rows(instance, told) if told else ()
        for row in known:
            if told.get(row.magento_id) == row.reason:
                del told[row.magento_id]
        if told:
            yield partial(self._note_odd, instance, told), len(told)

    def _note_odd(self, instance, told):
        """Write odd rows down: dict of Magento's number (0: it tells none) to the sentence."""
        self._odd_rows(instance, told).unlink()
        values = {"instance_id": instance.id, "reason_kind": self._odd_kind}
        self.create([values | {"magento_id": number, "reason": reason} for number, reason in told.items()])
        return {"seen_count": len(told), "failed_count": len(told)}

    def _odd_rows(self, instance, numbers):
        return self.search(
            [
                ("instance_id", "=", instance.id),
                ("magento_id", "in", list(numbers)),
                ("reason_kind", "=", self._odd_kind),
            ]
        )
