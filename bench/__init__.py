"""The benchmark: the gateway against an endpoint written by hand and against DataLoaders.

`make bench` runs it; docs/performance.md says what it measures.
"""
