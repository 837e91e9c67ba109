"""The policy language: conditions as yes/no expressions in SQL, over a closed list of columns and functions."""
