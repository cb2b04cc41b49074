"""The demo: two made-up gyms, their people, and weeks of classes told through the same taps as on a board."""

from programming.demo.gyms import bring_up_to_today, fill_empty_database
from programming.demo.people import DEMO_SIGN_INS

__all__ = ["DEMO_SIGN_INS", "bring_up_to_today", "fill_empty_database"]
