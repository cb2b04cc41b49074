"""The house: gyms, users, who a person is in a gym, the tablets that its coaches share, and letters."""

from gym.models.addresses import AddressChange
from gym.models.audit import Change
from gym.models.guarded import PleaseWait, WrongPin
from gym.models.gyms import LATEST_LOCK, SOONEST_LOCK, Gym, validate_time_zone
from gym.models.imports import BroughtFile, BroughtRow, Import, ImportRow
from gym.models.invitations import Invitation, NotClaimed, NotInvited
from gym.models.letters import Letter
from gym.models.people import TURNING, Membership, User, fold, short_name
from gym.models.tablets import Overtaken, Pin, Tablet, Unlock, coaches_no_more
from gym.models.tags import LONGEST_TAG, Tag

__all__ = [
    "LATEST_LOCK",
    "LONGEST_TAG",
    "SOONEST_LOCK",
    "TURNING",
    "AddressChange",
    "BroughtFile",
    "BroughtRow",
    "Change",
    "Gym",
    "Import",
    "ImportRow",
    "Letter",
    "Invitation",
    "Membership",
    "NotClaimed",
    "NotInvited",
    "Overtaken",
    "Pin",
    "PleaseWait",
    "Tablet",
    "Tag",
    "Unlock",
    "User",
    "WrongPin",
    "coaches_no_more",
    "fold",
    "short_name",
    "validate_time_zone",
]
