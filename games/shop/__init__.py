"""A shop: products are searched, opened, set up and bought, as an instruction asks."""
