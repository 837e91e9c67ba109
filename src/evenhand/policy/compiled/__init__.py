"""Conditions compiled away from SQL: to one Python function for single events, and to array arithmetic for batches.

Both hold for exactly the rows for which `Condition.sql` holds; `tests/promises/test_compiled_conditions.py` says so.
"""
