"""Lists of people as files: reading what other gym software wrote, comparing it with the gym's people, and writing one.

Everything here works on plain values; what becomes of it is decided in programming.models.importing.
"""
