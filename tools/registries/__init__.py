"""One module per source of the shipped registries; `tools/build_registries.py` joins and writes them."""
