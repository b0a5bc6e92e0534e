"""The scale cases: questions across databases of a million orders, beside the same question in one database.

`make bench-scale` runs them; docs/scale.md says how to read the table.
"""
