"""Random documents, answered by the gateway and by a plain evaluation in Python over the same rows.

    python -m tests.differential --documents 20000 --seed 7 --setup mixed

`documents.py` writes a document, `plain.py` answers it from `tables.py`, `compare.py` holds both answers
against each other, `minimise.py` makes a counterexample small, `campaign.py` does this many times.
"""
