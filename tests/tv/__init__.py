"""The TV page in a real browser, with nothing but a remote, against a stand-in service."""
