"""Class templates as files that another gym can take in: what is in one, and how it stands beside what a gym has.

Everything here works on plain values; what becomes of a file is decided in programming.models.taking_in.
"""
