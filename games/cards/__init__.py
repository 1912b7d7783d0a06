"""Number and card games."""
