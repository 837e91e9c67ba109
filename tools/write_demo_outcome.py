"""Write docs/reference/demo-outcome.md: what the demo finds, every wrong find and every miss, each with its reason.

It also writes the demo's table into README.md and the picture of the report into docs/pictures (where there is a browser).

Run it after anything changed what the demo finds: .venv/bin/python tools/write_demo_outcome.py
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections import defaultdict
from functools import cache
from importlib import resources
from pathlib import Path

import pyarrow.parquet as pq

from evenhand.cli.views.screen import Screen
from evenhand.cli.views.sweep import NextCommands, SweepView
from evenhand.connectors.plan_folder import read_plan_table
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.model.harm import Harm
from evenhand.model.snapshot import TABLES
from evenhand.transparency import ReportView
from evenhand.workflows.demo import DemoPlaces, ingest_demo, plan_demo
from evenhand.workflows.materials import SweepSettings, load_materials, open_engine
from evenhand.workflows.packs import shipped_pack

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "demo-outcome.md"
README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "pictures" / "report.png"
HEAD = """# What the demo finds, and what it misses

Written by `tools/write_demo_outcome.py`; a test runs it again and compares. The known truth is never in the input: it
says where an account comes from (a published network, a spoofed outlet, a register of officials), see
[the demo's data](demo-data.md). Precision is the share of accounts found that are violators by that truth.

The detectors were adjusted while looking at this snapshot and its truth: a list entry for a whole platform, lure words inside
a listed address, and which endings count were changed after wrong or doubtful finds in it. Its precision is therefore no
measure on unseen accounts; that is what the audit of a campaign measures.
"""


def demo_texts() -> tuple[str, str, str]:
    """The page, the demo's table as the terminal shows it, and the report, for the demo as it comes out now."""
    truth_file = resources.files("evenhand") / "data" / "demo" / "truth.parquet"
    with tempfile.TemporaryDirectory() as folder, resources.as_file(truth_file) as path:
        places = DemoPlaces(folder=Path(folder))
        ingest_demo(places)
        report = plan_demo(places)
        truth = pq.read_table(path).to_pylist()
        found = {row["account_id"]: row for row in read_plan_table(places.plan, "decisions").to_pylist()}
        spared = {row["account_id"]: row["why"] for row in read_plan_table(places.plan, "spared").to_pylist()}
        seen = measured(SnapshotFolder(places.snapshot))
        html = (places.plan / "report.html").read_text(encoding="utf-8")
    lines = [HEAD, "## Found", "", *found_lines(report)]
    wrong = [row for row in truth if row["account_id"] in found and not row["is_violator"]]
    lines += ["", "## Wrong finds", ""]
    lines += [f"- `{row['account_id']}`: {found[row['account_id']]['reasons'][0]['fact']}" for row in wrong] or ["None."]
    missed: defaultdict[str, list[str]] = defaultdict(list)
    for row in truth:
        if row["is_violator"] and row["account_id"] not in found:
            missed[why_missed(row, seen, spared)].append(row["account_id"])
    lines += ["", "## Misses", ""]
    for reason, ids in sorted(missed.items(), key=lambda item: (-len(item[1]), item[0])):
        lines += [f"### {reason} ({len(ids):,})", "", "<details><summary>accounts</summary>", "",
                  " ".join(f"`{account_id}`" for account_id in sorted(ids)), "", "</details>", ""]
    return "\n".join(lines).rstrip() + "\n", terminal_table(report), html


def found_lines(report: ReportView) -> list[str]:
    """How many of the accounts found are violators, and the groups they come from."""
    known = report.truth
    if known is None:
        raise ValueError("the demo comes with a known truth")
    precision = known.precision
    share, low, high = (f"{100 * (value or 0):.1f}" for value in (precision.share, precision.low, precision.high))
    rows = [f"| {g.group} | {g.harm or 'none'} | {g.n_accounts:,} | {g.n_violators:,} | {g.n_found_right:,} "
            f"| {g.n_missed:,} | {g.n_wrongly_found:,} |" for g in known.groups]
    sentence = (f"{precision.hits} of {precision.n} accounts found are violators: {share} %, exact 95 % interval {low} to "
                f"{high} %. Of {known.genuine_found.n:,} genuine accounts, {known.genuine_found.hits} are found.")
    return [sentence, "",
            "| group | known harm | accounts | violators | found | missed | wrongly found |",
            "|---|---|---:|---:|---:|---:|---:|", *rows]


def terminal_table(report: ReportView) -> str:
    """What the demo prints, from its headline to the known truth."""
    out = io.StringIO()
    Screen(out=out, err=out).show(SweepView(report=report, next_commands=NextCommands(commands=())))
    shown = out.getvalue()
    return shown[shown.index("\nOf ") + 1:shown.index("\nNext")].rstrip()


def with_table(readme: str, table: str) -> str:
    """The README with the table between its two marks."""
    before, mark, rest = readme.partition("tools/write_demo_outcome.py -->\n")
    _, end, after = rest.partition("<!-- end of the demo's table -->")
    return f"{before}{mark}```\n{table}\n```\n{end}{after}"


def take_picture(html: str) -> bool:
    """Take the picture of the report's first screen with a headless browser; False where there is none."""
    browser = next((found for name in ("chromium", "google-chrome", "chrome") if (found := shutil.which(name))), None)
    if browser is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        page.write_text(html, encoding="utf-8")
        PICTURE.parent.mkdir(exist_ok=True)
        subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync",
                        f"--user-data-dir={folder}/profile", f"--screenshot={PICTURE}", "--window-size=1180,900",
                        page.as_uri()], check=True, capture_output=True, timeout=120)
    return True


def measured(snapshot: SnapshotFolder) -> dict[str, set[str]]:
    """The accounts with each kind of evidence, whether or not it led to a finding."""
    settings = SweepSettings()
    materials = load_materials(settings)
    relations = ("identity_evidence", "address_imitations", "listed_content", "claim_evidence")
    seen: defaultdict[str, set[str]] = defaultdict(set)
    with open_engine(settings) as engine:
        engine.bind(materials.registries)
        for bucket in range(snapshot.manifest.n_buckets):
            tables = {name: snapshot.files(name, bucket) or TABLES[name].schema.empty_table()
                      for name in materials.pipeline.tables}
            kept = engine.run(materials.pipeline.account_steps, tables=tables, keep=relations).relations
            for name, table in kept.items():
                seen[name] |= set(table["account_id"].to_pylist())
    return seen


@cache
def harms_looked_for() -> frozenset[Harm]:
    """The harms that the reference pack has a policy on."""
    return frozenset(policy.harm for policy in shipped_pack().policies)


def why_missed(row: dict[str, str | None], seen: dict[str, set[str]], spared: dict[str, str]) -> str:
    """Why a known violator was not found."""
    account_id, harm = str(row["account_id"]), str(row["harm"])
    if account_id in spared:
        return f"Spared: {spared[account_id].split(':')[0]}"
    if harm not in harms_looked_for():
        return f"The reference pack does not look for `{harm}`"
    if harm == "scam":
        if account_id in seen["listed_content"]:
            return "Its address is on a shipped scam list, but nothing else agrees: one family of evidence is no finding"
        return "Its address is on no shipped scam list"
    if harm == "deceptive_monetisation":
        return "One comment of it is known: a single post is never a finding"
    if account_id in seen["address_imitations"] or account_id in seen["identity_evidence"]:
        return ("Its name or address reads as a registered holder's, but it says nothing, links nowhere else and is not "
                "one of several: one family of evidence is no finding")
    if not row["imitates"]:
        return "Whom it imitates stands in no shipped register"
    return "Its address is too short or too far from the registered one to single the holder out"


if __name__ == "__main__":
    outcome, shown, report_html = demo_texts()
    PAGE.write_text(outcome, encoding="utf-8")
    README.write_text(with_table(README.read_text(encoding="utf-8"), shown), encoding="utf-8")
    pictured = take_picture(report_html)
    print(f"written: {PAGE.name}, {README.name}{', ' + PICTURE.name if pictured else '; no browser for the picture'}")
