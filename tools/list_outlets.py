"""Write tools/registries/outlets.csv, the outlets that two published lists name, from the packages that carry them.

    python tools/list_outlets.py --fundus fundus-0.5.7-py3-none-any.whl --newscatcher newscatcher-0.2.0-py3-none-any.whl

Only facts are taken: a name where the list has one, the site, the country. `tools/build_registries.py` makes holders of them.
"""

from __future__ import annotations

import argparse
import ast
import csv
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "src")]

from registries.fields import host  # noqa: E402 - the folders must be on the path first
from registries.news_lists import LISTED, ListedOutlet  # noqa: E402

COUNTRIES_OF_FUNDUS = {"uk": "GB"}
"""Folders of its publishers that are not called after their country's ISO code."""
