"""The command line: parses, calls one workflow, shows one view. Nothing prints but the views."""
