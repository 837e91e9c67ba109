"""Print what a rule by edit distance alone would find of look-alike hosts and names, and whom it would take along.

    .venv/bin/python tools/curve_lookalikes.py DATA

For the cards of look-alikes that miss their bar: at each threshold of `rapidfuzz.fuzz.ratio` between the label that was
registered and the nearest name, the share of look-alikes found, the share of genuine hosts found, and the precision. What a
detector reads beside letters (parts of hosts, punycode, words of bait, whom a name singles out) has no part in it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from rapidfuzz import fuzz, process

from evenhand.workflows.evaluation.bench import plain_hosts
from evenhand.workflows.materials import SweepSettings, load_materials

THRESHOLDS = (100, 95, 90, 85, 80, 75, 70)
AT_ONCE = 2_000
LABEL = r"^(?:[^.]+\.)*?([^.]+)\.(?:(?:com?|org|net|gov|ac)\.)?[^.]+$"
"""The label that a registrant chose, in all but the rarest hosts."""

Texts = pa.Array
Scores = npt.NDArray[np.float64]


def labels_of(hosts: Texts) -> Texts:
    """The label of each host that its registrant chose."""
    return pc.replace_substring_regex(hosts, LABEL, r"\1")


def nearest(texts: Texts, names: Texts, *, own: Texts | None = None) -> Scores:
    """How near the nearest of `names` is to each text, 0 to 100; with `own`, a name that the text itself is does not count."""
    given, known = texts.to_pylist(), names.to_pylist()
    best = np.zeros(len(given))
    for start in range(0, len(given), AT_ONCE):
        part = given[start:start + AT_ONCE]
        scores = process.cdist(part, known, scorer=fuzz.ratio, score_cutoff=THRESHOLDS[-1], dtype=np.uint8)
        if own is not None:
            place = pc.index_in(own.slice(start, AT_ONCE), value_set=names).fill_null(-1).to_numpy()
            scores[np.flatnonzero(place >= 0), place[place >= 0]] = 0
        best[start:start + len(part)] = scores.max(axis=1)
    return best


def shown(title: str, bad: Scores, good: Scores) -> str:
    """The curve as a table."""
    lines = [f"{title}: {len(bad):,} look-alikes, {len(good):,} genuine", "threshold   recall  genuine found  precision"]
    for threshold in THRESHOLDS:
        n_right, n_wrong = int((bad >= threshold).sum()), int((good >= threshold).sum())
        precision = n_right / max(1, n_right + n_wrong)
        lines.append(f"{threshold:9} {n_right / len(bad):8.1%} {n_wrong / len(good):14.2%} {precision:10.1%}")
    return "\n".join(lines)


def folded(names: Texts) -> Texts:
    """Names as labels are written: small, without spaces; shorter ones than three letters are left out."""
    plain = pc.unique(pc.replace_substring_regex(pc.utf8_lower(names), r"[\s.'’-]+", ""))
    return plain.filter(pc.greater_equal(pc.utf8_length(plain), 3))


def crypto(data: Path) -> str:
    """Phishing hosts against the brands that they imitate."""
    domains = pq.read_table(data / "lookalike_crypto/domains.parquet")
    bad = domains.filter(pc.equal(domains["label"], "brand_phishing"))
    names = folded(pc.unique(bad["impersonated_brand"].combine_chunks().cast(pa.string()).drop_null()))
    white = pq.read_table(data / "lookalike_crypto/eal_black_white.parquet")
    genuine = pa.concat_arrays([
        plain_hosts(white.filter(pc.equal(white["label"], "whitelist"))["domain"]),
        plain_hosts(pq.read_table(data / "registry_world_sites/sites.parquet")["url"])])
    honest = pc.unique(genuine)
    own = labels_of(honest)  # a genuine host that bears the brand's name is the brand's own
    return shown("crypto brands", nearest(labels_of(plain_hosts(bad["domain"])), names), nearest(own, names, own=own))


def spoofs(data: Path) -> str:
    """Spoofs of outlets and governments against everybody registered."""
    domains = pyarrow.csv.read_csv(data / "lookalike_doppelganger/meta_domains.csv")
    bad = labels_of(plain_hosts(domains.filter(pc.equal(domains["label"], "spoof_news_or_government"))["domain_defanged"]))
    registers = load_materials(SweepSettings()).registries
    registered = registers["holder_domains"]["domain"].combine_chunks()
    called = registers["holder_names"]["name"].combine_chunks()
    names = pc.unique(pa.concat_arrays([folded(labels_of(registered)), folded(called)]))
    honest = pc.unique(pa.concat_arrays([
        plain_hosts(pq.read_table(data / "registry_world_sites/sites.parquet")["url"]),
        plain_hosts(pq.read_table(data / "registry_us_gov_domains/non_dotgov.parquet")["Domain name"])]))
    strangers = honest.filter(pc.invert(pc.is_in(honest, value_set=registered)))
    return shown("spoofs of the registered", nearest(bad, names), nearest(labels_of(strangers), names))


def packages(data: Path) -> str:
    """Look-alikes of package names against the names, and each name against the others."""
    pairs = pyarrow.csv.read_csv(data / "lookalike_package_names/pairs.csv")
    names = pc.unique(pc.utf8_lower(pairs["target_package"].combine_chunks()))
    return shown("package names", nearest(pc.utf8_lower(pairs["malicious_package"].combine_chunks()), names),
                 nearest(names, names, own=names))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=Path)
    chosen = arguments.parse_args()
    for curve in (packages, crypto, spoofs):
        print(curve(chosen.data), flush=True)
