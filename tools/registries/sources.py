"""Every source of the shipped registries and of the demo snapshot, with its licence and the day it was true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One published data set. `commit` is the version of `repository` that was read."""

    slug: str
    """What the `source` column of a register says."""
    title: str
    repository: str
    commit: str
    path: str
    licence: str
    """SPDX expression; only licences that allow redistribution with at most a notice."""
    copyright: str
    as_of: date
    note: str

    @property
    def url(self) -> str:
        """The address of the version that was read."""
        return f"https://github.com/{self.repository}/tree/{self.commit}"


_ALL = (
    Source(
        slug="us-congress", title="Serving members of the US Congress with their official accounts",
        repository="unitedstates/congress-legislators", commit="dfa9622263dd",
        path="legislators-current.yaml, legislators-social-media.yaml", licence="CC0-1.0", copyright="none claimed",
        as_of=date(2026, 6, 15), note="official accounts only; campaign and private accounts are not in it"),
    Source(
        slug="us-state-officials", title="US state legislators, executives and mayors",
        repository="openstates/people", commit="934bf09a94a3",
        path="data/*/{legislature,executive,municipalities}/*.yml", licence="CC0-1.0", copyright="none claimed",
        as_of=date(2026, 8, 5), note="an end date in it belongs to one of several roles and is not read"),
    Source(
        slug="us-governors-2021", title="US governors of March 2021",
        repository="CivilServiceUSA/us-governors", commit="a40d49614c18",
        path="us-governors/data/us-governors.csv", licence="MIT", copyright="the CivilServiceUSA contributors",
        as_of=date(2021, 3, 7), note="historic: shows what was true then, not who holds the office now"),
    Source(
        slug="wikidata-agencies", title="Government agencies with names in all languages and official accounts",
        repository="integrateddatasvc/agency-registry", commit="053e7047751d",
        path="_data/*/*/external/wikidata.json", licence="CC0-1.0", copyright="none claimed (Wikidata content)",
        as_of=date(2022, 11, 18), note="US federal bodies, national statistics offices, UN bodies"),
    Source(
        slug="dotgov", title="Registered .gov domains with their organisations",
        repository="cisagov/dotgov-data", commit="4ee64196503d", path="current-full.csv", licence="CC0-1.0",
        copyright="none claimed", as_of=date(2026, 8, 22),
        note="domains of one organisation in one state are one holder"),
    Source(
        slug="github-government", title="GitHub organisations of governments",
        repository="github/government.github.com", commit="1d5af7e6db60", path="_data/governments.yml",
        licence="CC0-1.0", copyright="none claimed", as_of=date(2024, 3, 2), note="the name is the handle"),
    Source(
        slug="jp-municipalities", title="Japanese municipalities with reading and website",
        repository="code4fukui/localgovjp", commit="232edc3ae7b6", path="localgovjp-utf8.csv", licence="CC0-1.0",
        copyright="none claimed", as_of=date(2026, 7, 9), note="names in Kanji and Kana"),
    Source(
        slug="jp-councillors", title="Members of Japan's House of Councillors",
        repository="smartnews-smri/house-of-councillors", commit="2a62cf15ce51", path="data/giin.csv", licence="MIT",
        copyright="the SmartNews Media Research Institute", as_of=date(2026, 7, 24), note="names in Kanji and Kana"),
    Source(
        slug="kr-assembly-2018", title="Members of the 20th National Assembly of Korea",
        repository="teampopong/data-assembly", commit="8cf7f357d765", path="assembly.csv", licence="CC-BY-3.0",
        copyright="Team Popong", as_of=date(2018, 12, 11), note="historic; names in Hangul, Hanja and Latin"),
    Source(
        slug="media-sources", title="Media outlets of any quality, with domain and accounts",
        repository="drmikecrowe/mbfcext", commit="bbb763770fba", path="docs/v5/data/sources.json", licence="MIT",
        copyright="the mbfcext contributors; the list is curated by mediabiasfactcheck.com",
        as_of=date(2026, 8, 19),
        note="a list of names that can be impersonated, not a list of trustworthy media; ratings were not taken over"),
    Source(
        slug="fundus", title="Publishers that a crawler of news knows, with name, site and country",
        repository="flairNLP/fundus", commit="v0.5.7", path="src/fundus/publishers/*/__init__.py", licence="MIT",
        copyright="(c) 2023 Max Dallabetta, Conrad Dobberstein, Aaron Wey", as_of=date(2026, 8, 3),
        note="read from the published package 0.5.7; names, sites and countries only"),
    Source(
        slug="newscatcher", title="News sites whose feeds a reader of news knows",
        repository="kotartemiy/newscatcher", commit="625c578797e5", path="newscatcher/data/package_rss.db", licence="MIT",
        copyright="(c) 2020 newscatcherapi.com", as_of=date(2020, 5, 1),
        note="read from the published package 0.2.0; sites with a feed of news, politics or the world; the domain is the name"),
    Source(
        slug="eal-allowed", title="Crypto projects whose names look like scams and are not",
        repository="409H/EtherAddressLookup", commit="3ade2ea889ad", path="whitelists/domains.json", licence="MIT",
        copyright="(c) 2017 Harry Denley", as_of=date(2022, 9, 1), note="domains only; the domain is the name"),
    Source(
        slug="polkadot-phishing", title="Phishing hosts found by the Polkadot community, and hosts never to be listed",
        repository="polkadot-js/phishing", commit="f35b682cca80", path="all.json", licence="Apache-2.0",
        copyright="the polkadot-js contributors", as_of=date(2026, 2, 3), note="deny and allow"),
    Source(
        slug="discord-phishing", title="Phishing hosts seen on Discord",
        repository="nikolaischunk/discord-phishing-links", commit="0eb32a6c50d3",
        path="domain-list.json, suspicious-list.json", licence="MIT", copyright="(c) 2021 nikolaischunk",
        as_of=date(2024, 3, 24), note="entries of the suspicious list keep the label `suspicious`"),
    Source(
        slug="global-anti-scam", title="Hosts of fake investment and romance scams",
        repository="elliotwutingfeng/GlobalAntiScamOrg-blocklist", commit="2013916df519",
        path="global-anti-scam-org-scam-urls-pihole.txt", licence="BSD-3-Clause",
        copyright="the GlobalAntiScamOrg-blocklist contributors; collected by the Global Anti-Scam Organization",
        as_of=date(2026, 3, 9), note="label `investment_scam`"),
    Source(
        slug="meta-cib", title="Indicators of coordinated inauthentic behaviour published by Meta, 2023 to 2026",
        repository="facebook/threat-research", commit="a1b05bff1c29", path="indicators/csv/**", licence="MIT",
        copyright="(c) Meta Platforms, Inc. and affiliates", as_of=date(2026, 5, 19),
        note="handles, pages and domains"),
    Source(
        slug="reddit-ira", title="Accounts that Reddit published as suspected Internet Research Agency accounts",
        repository="ALCC01/reddit-suspicious-accounts", commit="2bd20e438e6f",
        path="data/users.csv, data/comments.csv", licence="CC0-1.0", copyright="none claimed",
        as_of=date(2018, 4, 12), note="accounts and their public comments"),
    Source(
        slug="eal-blocked", title="Crypto scam sites", repository="409H/EtherAddressLookup", commit="3ade2ea889ad",
        path="blacklists/domains.json", licence="MIT", copyright="(c) 2017 Harry Denley", as_of=date(2022, 9, 1),
        note="published defanged"),
    Source(
        slug="youtube-spam", title="YouTube Spam Collection (Alberto and Lochter, UCI Machine Learning Repository)",
        repository="arshikachauhan/youtube-spam-comment-detector", commit="a53277236d9d", path="data/Youtube0*.csv",
        licence="CC-BY-4.0", copyright="Tulio C. Alberto and Johannes V. Lochter", as_of=date(2024, 1, 17),
        note="comments on five videos; author names pseudonymised"),
    Source(
        slug="partisan-local-news", title="Networks of partisan sites that look like local newspapers",
        repository="TowCenter/partisan-local-news", commit="61240fa07297", path="datasets/domains/all_domains.csv",
        licence="MIT", copyright="(c) 2022 Tow Center for Digital Journalism", as_of=date(2024, 8, 22),
        note="titles and domains"),
    Source(
        slug="bluesky-jetstream", title="A moment of the public Bluesky firehose",
        repository="bluesky-social/jetstream", commit="9a30defd224e",
        path="internal/corpus/testdata/expected_v1.jsonl", licence="MIT OR Apache-2.0",
        copyright="the Bluesky contributors", as_of=date(2026, 8, 14), note="account ids pseudonymised"),
    Source(
        slug="counsel-chat", title="Public answers of counsellors", repository="nbertagnolli/counsel-chat",
        commit="e202e19c5002", path="data/20200325_counsel_chat.csv", licence="MIT",
        copyright="(c) 2020 nbertagnolli", as_of=date(2023, 6, 17), note="authors pseudonymised"),
)

SOURCES: dict[str, Source] = {source.slug: source for source in _ALL}
REGISTRY_SLUGS: tuple[str, ...] = tuple(source.slug for source in _ALL[:16])
"""The sources of the registries; the others are only in the demo snapshot."""
