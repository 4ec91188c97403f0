"""Other people's suites, run against a server of our own."""
