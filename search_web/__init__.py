"""Search over an index: the query language, the service, the pages and the command line."""
