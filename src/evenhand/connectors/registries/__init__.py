"""Registries as files: folders of registers, read, checked and written; foreign lists, read record by record."""

from __future__ import annotations

from evenhand.connectors.registries.folder import (
    Registries,
    load_registries,
    read_registries,
    save_register,
    shipped_registries,
)

__all__ = ["Registries", "load_registries", "read_registries", "save_register", "shipped_registries"]
