"""Kills the gateway and its databases while they write, and counts what is torn, lost or in doubt."""
