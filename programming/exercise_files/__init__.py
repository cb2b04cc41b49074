"""Open exercise data as files: reading the JSON shape of free-exercise-db, and comparing it with the gym's drills.

Everything here works on plain values; what becomes of it is decided in programming.models.exercises.
"""
