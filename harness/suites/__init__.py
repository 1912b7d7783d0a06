"""The suites that ship with Kibitz: one TOML file each, run by name (``kibitz run quickstart``)."""
