"""One module per group of the demo snapshot; `tools/build_demo.py` joins and writes them."""
