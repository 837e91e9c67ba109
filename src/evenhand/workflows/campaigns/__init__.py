"""Carrying a campaign through: draft, audit, approval, stages, halt, rollback, and the record of all of it."""
