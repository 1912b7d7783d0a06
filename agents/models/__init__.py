"""Model clients: one protocol, several back ends."""
