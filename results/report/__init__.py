"""The report: one HTML page about one or more runs, complete in itself."""
