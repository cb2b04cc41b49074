"""What Rung says, in which languages: collected from the code, translated in locale/, checked by the tests."""
