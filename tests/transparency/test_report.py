"""The report is one safe, accessible, reconciled file, whatever the accounts call themselves."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_campaign import LOOKED_FOR, SampleCampaign, english, sample_campaign

from evenhand.errors import PlanError
from evenhand.model.plan import DECISIONS, EFFECTS, SPARED
from evenhand.transparency import ReportSources, report_html, report_view
from evenhand.transparency.pages import percent, shipped_templates

VOID = {"meta", "br"}
HOSTILE = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "{{ 7 * 7 }}",
           "</style><script>alert(1)</script>", "' onmouseover='alert(1)", "&lt;b&gt;", "\u202egnp.exe", "javascript:alert(1)")


class Reader(HTMLParser):
    """Reads a page strictly: every opened element must be closed, in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def sources(sample: SampleCampaign) -> ReportSources:
    return ReportSources(plan=sample.plan, decisions=sample.decisions, spared=sample.spared, effects=sample.effects,
                         previous=sample.previous, previous_name="41aa" * 16, looked_for=LOOKED_FOR, truth=sample.truth,
                         holder_names=sample.holder_names)


def page_of(made_from: ReportSources) -> str:
    return report_html(report_view(made_from, messages=english()))


SAMPLE = sample_campaign()
PAGE = page_of(sources(SAMPLE))
READ = read(PAGE)


def test_the_report_of_a_small_campaign(golden: Callable[[str, str], None]) -> None:
    golden("report/report.html", page_of(sources(sample_campaign(24))))


def test_it_holds_no_script_and_loads_nothing() -> None:
    tags = {tag for tag, _ in READ.elements}
    assert tags & {"script", "img", "link", "iframe", "object", "embed", "video", "audio", "form", "input", "base"} == set()
    attributes = [(name, value) for _, attrs in READ.elements for name, value in attrs.items()]
    assert [name for name, _ in attributes if name.startswith("on") or name in ("src", "srcset", "background")] == []
    assert not re.search(r"url\(|@import|@font-face", PAGE)
    policy = next(attrs["content"] for tag, attrs in READ.elements if attrs.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")


def test_its_only_addresses_are_those_of_rules_and_of_its_own_sections() -> None:
    links = {attrs["href"] for tag, attrs in READ.elements if tag == "a"}
    ids = {attrs["id"] for _, attrs in READ.elements if "id" in attrs}
    assert {link[1:] for link in links if link and link.startswith("#")} <= ids
    assert all(link and link.startswith(("#", "https://platform.example/rules")) for link in links)


def test_no_id_is_used_twice() -> None:
    ids = [attrs["id"] for _, attrs in READ.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_it_can_be_read_by_a_screen_reader() -> None:
    tags = [tag for tag, _ in READ.elements]
    assert tags.count("main") == tags.count("h1") == 1
    assert "nav" in tags
    assert next(attrs for tag, attrs in READ.elements if tag == "html")["lang"] == "en"
    assert all("scope" in attrs for tag, attrs in READ.elements if tag == "th")
    ids = {attrs["id"] for _, attrs in READ.elements if "id" in attrs}
    assert all(attrs["aria-labelledby"] in ids for _, attrs in READ.elements if "aria-labelledby" in attrs)
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_bar_is_hidden_from_screen_readers_because_its_number_stands_beside_it() -> None:
    bars = [attrs for _, attrs in READ.elements if attrs.get("class") == "bar"]
    assert bars
    assert all(attrs.get("aria-hidden") == "true" for attrs in bars)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_the_paper(theme: str) -> None:
    css = shipped_templates()["style.css.j2"]
    blocks = re.findall(r":root \{(.*?)\}", css, flags=re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})\b", blocks[["light", "dark"].index(theme)]))
    for name in ("ink", "muted", "zero", "accent"):
        assert _contrast(colours[name], colours["paper"]) >= 4.5, f"{name} on paper in {theme}"


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    def luminance(colour: str) -> float:
        channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_text(name: str) -> None:
    rows = SAMPLE.decisions.slice(0, 3).to_pylist()
    for row in rows:
        row |= {"handle": name, "display_name": name, "platform": name, "language": name, "holder_id": name}
        row["reasons"] = [reason | {"fact": name, "shown": name} for reason in row["reasons"]]
        row["steps"] = row["would_change"] = [name]
        row["statement"] |= {"what": name, "rule": name, "facts": [name], "automation": name}
    spared = [row | {"handle": name, "display_name": name, "why": name} for row in SAMPLE.spared.to_pylist()[:3]]
    truth = pa.Table.from_pylist([{"account_id": row["account_id"], "is_violator": i == 0, "harm": name, "group": name}
                                  for i, row in enumerate(rows + spared)])
    plan = dataclasses.replace(SAMPLE.plan, pack=name, counts=_counts(rows))
    page = page_of(ReportSources(
        plan=plan, decisions=pa.Table.from_pylist(rows, DECISIONS), spared=pa.Table.from_pylist(spared, SPARED),
        effects=EFFECTS.empty_table(), previous=SAMPLE.previous, previous_name=name, truth=truth,
        holder_names={name: name}))
    reader = read(page)
    assert {tag for tag, _ in reader.elements} <= {tag for tag, _ in READ.elements}
    assert not [key for _, attrs in reader.elements for key in attrs if key.startswith("on")]
    assert "alert(1)" not in "".join(value or "" for _, attrs in reader.elements for value in attrs.values())
    assert "\u202e" not in page
    assert "49" not in [text.strip() for text in reader.text]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_name_breaks_the_page(name: str) -> None:
    row = SAMPLE.decisions.slice(0, 1).to_pylist()[0] | {"handle": name, "display_name": name}
    plan = dataclasses.replace(SAMPLE.plan, counts=_counts([row]))
    page = page_of(ReportSources(plan=plan, decisions=pa.Table.from_pylist([row], DECISIONS),
                                 spared=SPARED.empty_table(), effects=EFFECTS.empty_table()))
    assert {tag for tag, _ in read(page).elements} <= {tag for tag, _ in READ.elements}


def _counts(rows: list[dict[str, object]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        of_harm = counts.setdefault(str(row["harm"]), {})
        of_harm[str(row["penalty"])] = of_harm.get(str(row["penalty"]), 0) + 1
    return counts


def test_every_number_of_the_campaign_table_stands_in_the_page() -> None:
    view = report_view(sources(SAMPLE), messages=english())
    text = " ".join(" ".join(READ.text).split())
    total = view.campaign.total
    assert f"Of {SAMPLE.plan.n_accounts:,} accounts, {total.n_accounts:,} would be penalised" in text
    assert f"= {total.n_accounts:,} accounts = {total.n_accounts:,} decisions" in text


def test_a_plan_whose_counts_are_not_those_of_its_rows_has_no_report() -> None:
    broken = dataclasses.replace(SAMPLE.plan, counts={"scam": {"close": 1}})
    with pytest.raises(PlanError, match="do not reconcile"):
        report_view(dataclasses.replace(sources(SAMPLE), plan=broken), messages=english())


def test_an_empty_plan_has_a_report_too() -> None:
    plan = dataclasses.replace(SAMPLE.plan, counts={})
    page = page_of(ReportSources(plan=plan, decisions=DECISIONS.empty_table(), spared=SPARED.empty_table(),
                                 effects=EFFECTS.empty_table()))
    text = " ".join(" ".join(read(page).text).split())
    assert "0 would be penalised; 0 suspicions ended without a penalty." in text
    assert "There is no decision in this plan." in text


def test_the_same_plan_gives_the_same_page_whatever_the_order_of_rows() -> None:
    turned = dataclasses.replace(sources(SAMPLE), decisions=SAMPLE.decisions.sort_by([("decision_id", "descending")]),
                                 spared=SAMPLE.spared.sort_by([("account_id", "descending")]))
    assert page_of(turned) == PAGE


def test_long_lists_are_cut_and_still_add_up() -> None:
    rows = [row | {"holder_id": f"media:{i}", "language": f"x{i}"} for i, row in
            enumerate(SAMPLE.decisions.slice(0, 50).to_pylist())]
    plan = dataclasses.replace(SAMPLE.plan, counts=_counts(rows))
    text = " ".join(" ".join(read(page_of(ReportSources(
        plan=plan, decisions=pa.Table.from_pylist(rows, DECISIONS), spared=SPARED.empty_table(),
        effects=EFFECTS.empty_table()))).text).split())
    assert "30 further names" in text
    assert "30 further languages" in text


@pytest.mark.parametrize(("share", "text"), [
    (0.0, "0 %"), (1.0, "100 %"), (0.0004, "< 0.1 %"), (0.001, "0.1 %"),
    (0.9995, "> 99.9 %"), (0.999, "99.9 %"), (0.5, "50.0 %"),
])
def test_a_share_is_never_rounded_to_nothing_or_to_all(share: float, text: str) -> None:
    assert percent(share) == text.replace(" %", "\u202f%")
