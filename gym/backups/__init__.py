"""Backups: a database as one file, and back. See docs/operations.md."""

from __future__ import annotations

LETTERS = "gym_letter"
# A letter that was under way when the backup was taken has been sent since, or is out of date: a restored database,
# also a copy to look at, sends nothing for a second time. SQL, as the tables may be of an earlier release; both
# databases understand it. What a letter of no gym says opens somebody's sign-in, and is forgotten.
SETTLE = """
UPDATE {table} SET
    about = CASE WHEN state = 'handed' AND gym_id IS NOT NULL THEN about ELSE '{{}}' END,
    problem = CASE WHEN state = 'handed' THEN 'in_doubt' ELSE '' END,
    state = CASE WHEN state = 'handed' THEN 'dead' ELSE 'dropped' END,
    holder = NULL, settled_at = CURRENT_TIMESTAMP
WHERE state IN ('waiting', 'taken', 'handed')
"""


class BackupRefused(Exception):
    """Why a backup or a restore is not made, in a sentence for the operator. Nothing was changed."""
