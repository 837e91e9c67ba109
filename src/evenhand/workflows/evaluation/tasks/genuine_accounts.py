"""Genuine accounts: how many of them does any identity detector find?

Every entry of the shipped registers, and every entry of the card's files, becomes an account of its own with its name,
its site and an honest profile. Four profiles are tried: none, the kind of body, "official account", and the two together.
An account counts as found when it is found under any of them.

A holder with neither a handle nor an address in its register gets a made-up handle and is counted apart: nothing in such
an account tells it from an impostor's, so what is found of these says how much rests on a register being complete.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.evaluation.metric import Metric, share
from evenhand.evaluation.outcome import Breakdown, BreakdownRow, Measured
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.model.step import Query
from evenhand.policy.keys import Key, Kind
from evenhand.workflows.evaluation.bench import Bench
from evenhand.workflows.evaluation.task import Task, TaskData

SURE = 0.5
"""The least confidence that a policy of the shipped pack asks for."""
PROFILES = {
    "none": "cast(null as varchar)",
    "kind": """case kind when 'official' then 'State senator' when 'institution' then 'Government agency'
               when 'media' then 'Breaking news' when 'military' then 'Military unit' else 'Company' end""",
    "official": "'Official account'",
    "both": "'Official account of ' || coalesce(name, handle)"}
"""What the account says of itself, as SQL over `handle`, `name`, `kind`."""
SILENT = "none"
MOST_NAMED = 25

FORM = TaskForm(
    name="genuine_accounts", sentence="genuine accounts, of which identity detectors should find none",
    files=(TaskFile(
        role="accounts", sentence="genuine accounts or sites", is_repeated=True, is_required=False, columns=(
            TaskColumn(name="handle", sentence="the handle; what follows the last @ counts; without it, the site's host",
                       is_required=False),
            TaskColumn(name="name", sentence="the display name", is_required=False),
            TaskColumn(name="website", sentence="the site's address or host", is_required=False),
            TaskColumn(name="kind", sentence="official, institution, media, military or company", is_required=False),
            TaskColumn(name="platform", sentence="the platform; `web` without a handle", is_required=False))),),
    options=(Key(name="shipped_registers", kind=Kind.YES_NO, is_required=False, example="true",
                 sentence="whether the holders of the shipped registers are accounts too"),),
    metrics=(
        MetricForm(name="found", sentence="genuine accounts found by any detector with a confidence that a policy acts on, "
                   "under any of the profiles, and spared by no guard"),
        MetricForm(name="found_without_claim", sentence="the same where the account says nothing of itself"),
        MetricForm(name="found_without_handle", sentence="the same for holders of whom the register knows neither a handle "
                   "nor an address"),
        MetricForm(name="penalised", sentence="genuine accounts that the shipped pack would penalise")))

_LISTED = Query(
    name="listed_accounts", inputs=("given",), sentence="the accounts of the card's files",
    sql=r"""
    select coalesce(platform, case when handle is null then 'web' else 'twitter' end) as platform,
           coalesce(case when handle is null then null else regexp_extract(handle, '([^@/]*)/*$', 1) end,
                    regexp_replace(regexp_extract(website, '^(?:[a-z]+://)?([^/?#]*)', 1), '^www\.', '')) as handle,
           name, coalesce(kind, 'institution') as kind, true as is_own,
           case when website is null or contains(website, '://') then website else 'https://' || website end as website,
           register
    from given where handle is not null or website is not null""")

_HOLDERS = Query(
    name="shipped_accounts", inputs=("known_holders",), sentence="the accounts of the shipped registers' holders",
    sql=r"""
    select coalesce(h.platform, case when h.handle is not null or len(domains) = 0 then 'twitter' else 'web' end) as platform,
           coalesce(h.handle, domains[1], left(regexp_replace(name, '[^\p{L}\p{N}]', '', 'g'), 15)) as handle,
           name, kind, h.handle is not null or len(domains) > 0 as is_own,
           case when len(domains) > 0 then 'https://' || domains[1] end as website, source as register
    from known_holders
    left join (select holder_id as owner, unnest(handles, recursive := true) from known_holders) h
      on holder_id = h.owner""")

_ACCOUNTS = Query(
    name="genuine", inputs=("every",), sentence="one row per platform and handle",
    sql=f"""
    select lower(platform || ':' || handle) as account_id, platform, handle, name as display_name, website, register, is_own,
           {", ".join(f"{words} as {profile}" for profile, words in PROFILES.items())}
    from every where handle <> ''
    qualify row_number() over (partition by account_id order by is_own desc, register, name, website) = 1
    order by account_id""")

_FOUND = Query(
    name="found_genuine", inputs=("found", "guard_hits"), sentence="accounts found and spared by no guard",
    sql=f"""
    select distinct account_id, harm, holder_id, confidence from found
    where confidence >= {SURE}
      and account_id not in (select account_id from guard_hits where strength = 'spare')""")


def measure(data: TaskData, bench: Bench) -> Measured:
    """The share found, over all profiles and for each, and for each register."""
    accounts = _accounts(data, bench)
    ids = accounts["account_id"].combine_chunks()
    own = accounts["is_own"].combine_chunks()
    nobody = pc.not_equal(ids, ids)
    tries = _Tries(is_own=own, found=nobody, penalised=nobody)
    by_profile, mistakes, silent = [], [], share("found_without_claim", 0, n=0)
    for profile in PROFILES:
        tried = accounts.select(["account_id", "platform", "handle", "display_name", "website"]).append_column(
            "bio", accounts[profile].cast(pa.string()))
        swept = bench.swept(accounts=tried)
        found = bench.ask(_FOUND, found=swept["found"], guard_hits=swept["guard_hits"])
        this = _Tries(is_own=own, found=_in(ids, found), penalised=_in(ids, bench.decided(swept)))
        tries = _Tries(is_own=own, found=pc.or_(tries.found, this.found),
                       penalised=pc.or_(tries.penalised, this.penalised))
        by_profile.append(BreakdownRow(value=profile, metrics=this.metrics()))
        silent = replace(this.metrics()[0], name="found_without_claim") if profile == SILENT else silent
        wrong = found.filter(_in(found["account_id"].combine_chunks(), accounts.filter(own)))
        mistakes += [f"{row['account_id']} ({profile}): {row['harm']}, {row['holder_id'] or 'no holder'}, "
                     f"confidence {row['confidence']:.2f}" for row in wrong.to_pylist()]
    return Measured(
        n=len(ids), metrics=(*tries.metrics(), silent), n_mistakes=len(mistakes), mistakes=tuple(sorted(mistakes)[:MOST_NAMED]),
        breakdowns=(Breakdown(by="profile", rows=tuple(by_profile)),
                    Breakdown(by="register", rows=_by_register(accounts["register"], tries))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tries:
    """For each account: whether it stands in its register by handle or address, was found, would be penalised."""

    is_own: pa.Array
    found: pa.Array
    penalised: pa.Array

    def metrics(self) -> tuple[Metric, ...]:
        n_own = _n(self.is_own)
        return (share("found", _n(pc.and_(self.found, self.is_own)), n=n_own),
                share("penalised", _n(pc.and_(self.penalised, self.is_own)), n=n_own),
                share("found_without_handle", _n(pc.and_not(self.found, self.is_own)), n=len(self.is_own) - n_own))

    def where(self, mask: pa.Array) -> _Tries:
        return _Tries(is_own=self.is_own.filter(mask), found=self.found.filter(mask), penalised=self.penalised.filter(mask))


def _n(mask: pa.Array) -> int:
    return int(pc.sum(mask).as_py() or 0)


def _in(ids: pa.Array, table: pa.Table) -> pa.Array:
    return pc.is_in(ids, value_set=table["account_id"].combine_chunks())


def _accounts(data: TaskData, bench: Bench) -> pa.Table:
    """All accounts with the profile texts as columns."""
    parts = []
    for file, table in zip(data.card.files, data.tables["accounts"], strict=False):
        named = table.append_column("register", pa.repeat(pa.scalar(file.path), table.num_rows))
        parts.append(bench.ask(_LISTED, given=named))
    if data.card.options.get("shipped_registers"):
        parts.append(bench.ask(_HOLDERS, known_holders=bench.registers["holders"]))
    return bench.ask(_ACCOUNTS, every=pa.concat_tables(parts, promote_options="default"))


def _by_register(registers: pa.ChunkedArray, tries: _Tries) -> tuple[BreakdownRow, ...]:
    """One row for each register, by name."""
    names = pc.unique(registers).sort().to_pylist()
    masks = [pc.equal(registers, name).combine_chunks() for name in names]
    return tuple(BreakdownRow(value=name, metrics=tries.where(mask).metrics())
                 for name, mask in zip(names, masks, strict=True))


TASK = Task(form=FORM, measure=measure)
