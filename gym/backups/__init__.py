"""Backups: a database as one file, and back. See docs/operations.md."""

from __future__ import annotations


class BackupRefused(Exception):
    """Why a backup or a restore is not made, in a sentence for the operator. Nothing was changed."""
