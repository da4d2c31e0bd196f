"""The search engine protocol and the engines behind it."""
