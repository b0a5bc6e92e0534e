"""The three servers that answer the same queries."""
