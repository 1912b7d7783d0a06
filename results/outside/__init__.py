"""Results that Kibitz did not run: tables, logs of other tools, test reports. Each becomes trials like any other."""
