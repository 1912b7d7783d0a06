"""A catalogue that nobody has scraped: invented products in the schema and with the statistics of WebShop's."""
