"""Making up a store: its catalogue, its customers, its orders; the same from the same seed."""
