"""Registries as files: folders of registers, read, checked and written; foreign lists, read record by record."""

from __future__ import annotations

from evenhand.connectors.registries.folder import load_registries, save_register, shipped_registries

__all__ = ["load_registries", "save_register", "shipped_registries"]
