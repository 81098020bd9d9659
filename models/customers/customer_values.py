"""What a contact of Odoo is in Magento's terms."""


def split_name(name):
    """First and last name, which Magento keeps apart: the last word is the last name."""
    words = (name or "").split()
    if len(words) < 2:
        return name or "-", "-"
    return " ".join(words[:-1]), words[-1]


def customer_values(partner):
    """What Magento is told of a customer."""
    first, last = split_name(partner.name)
    return {
        "firstname": first,
        "lastname": last,
        "email": (partner.email_normalized or partner.email or "").strip(),
        "taxvat": partner.vat or "",
    }


def address_values(entry, customer, billing, shipping):
    """What Magento is told of an address, but for the number of its region.

    :param entry: the contact that is the address
    :param customer: the customer's contact, whose name and telephone stand in where the address has none
    :param billing: whether it is the default for invoices
    :param shipping: whether it is the default for deliveries
    """
    name = customer.name if entry.is_company or not entry.name else entry.name
    first, last = split_name(name)
    return {
        "firstname": first,
        "lastname": last,
        "company": customer.parent_id.name or "" if customer.parent_id.is_company else "",
        "street": [line for line in (entry.street, entry.street2) if line],
        "city": entry.city or "",
        "postcode": entry.zip or "",
        "country_id": entry.country_id.code or "",
        "region": entry.state_id.name or "",
        "telephone": entry.phone or customer.phone or "",
        "is_default_billing": billing,
        "is_default_shipping": shipping,
    }


def address_book(customer):
    """The contacts that are addresses of a customer, each with whether it is the default for invoices and deliveries:
    list of ``(contact, billing, shipping)``.
    """
    children = customer.child_ids.filtered(
        lambda child: child.type in ("invoice", "delivery", "other") and child.street
    )
    entries = (customer if customer.street else customer.browse()) | children
    billing = children.filtered(lambda child: child.type == "invoice")[:1] or entries[:1]
    shipping = children.filtered(lambda child: child.type == "delivery")[:1] or entries[:1]
    return [(entry, entry == billing, entry == shipping) for entry in entries]
