"""What the export would do with one product."""

from dataclasses import dataclass, field
from typing import Any

from odoo import fields

from .product_plan import Plan


@dataclass
class ExportPlan(Plan):
    """What the export would do with one product: the export does it, the preview shows it.

    ``action`` is ``create``, ``match`` (a product with the SKU that Magento has already), ``update`` or ``gone``;
    ``values`` are those of Magento that count, by field of Odoo, ``sendings`` those of Odoo that do, by attribute code;
    ``problems`` say what cannot be sent; ``reason``, why nothing is. ``agreed`` and ``link_values`` are what Magento
    has afterwards. ``version`` is that of the product when all of this was decided.
    """

    kind: str = "simple"
    attribute_set: Any = None
    sendings: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    agreed: dict[str, Any] = field(default_factory=dict)
    link_values: dict[str, Any] = field(default_factory=dict)
    is_sent: bool = False
    version: Any = None

    def outcome(self):
        """What to write on the link."""
        problem = self.reason or "\n".join(self.problems) or False
        values = self.link_values | {"export_error": problem}
        if self.notes:
            values["note"] = "\n".join(self.notes)
        if self.action == "gone":
            values["is_gone"] = True
        if self.agreed and not self.reason:
            values["received_values"] = self.agreed
        if self.is_sent:
            values["exported_at"] = fields.Datetime.now()
        return values
