"""A class whose network fails and whose servers are killed: docs/decisions/0025-what-the-soak-proves.md."""
