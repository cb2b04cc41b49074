"""The teaching that Rung ships: ladders, drills and faults as TOML, and the reader that checks them."""
