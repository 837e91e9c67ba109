"""Look-alike domains among genuine ones: which are found by their name, and which with the network view?

Each host is an account of its own. *By name* asks for identity evidence: the host reads as a registered holder's name or
address. *With the network view* also counts hosts that any detector finds, or that belong to a pattern of look-alikes. Genuine
hosts should not be found; a holder's own address is not. Identity evidence is no finding: it only says who is resembled, and
thousands of genuine sites resemble somebody. *Detected* counts what a detector makes of the host alone.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.evaluation.metric import Metric, count, f1, share
from evenhand.evaluation.outcome import Breakdown, BreakdownRow, Measured
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.model.step import Query
from evenhand.policy.keys import Key, Kind
from evenhand.workflows.evaluation.bench import Bench, accounts_on_the_web, holders_named, plain_hosts
from evenhand.workflows.evaluation.task import Task, TaskData

MOST_NAMED = 25
MOST_GROUPS = 200
_LABEL = r"^(?:[^.]+\.)*?([^.]+)\.(?:(?:com?|org|net|gov|ac)\.)?[^.]+$"
"""The label that a registrant chose, in all but the rarest hosts."""

FORM = TaskForm(
    name="lookalike_domains", sentence="look-alike hosts among genuine ones",
    files=(
        TaskFile(role="domains", sentence="the look-alikes", labels=("lookalike", "other"), columns=(
            TaskColumn(name="host", sentence="the host or address, defanged or not"),
            TaskColumn(name="victim", sentence="the name that is imitated", is_required=False),
            TaskColumn(name="language", sentence="a language or country, for the breakdown", is_required=False))),
        TaskFile(role="genuine", sentence="genuine hosts", is_repeated=True, is_required=False, labels=("genuine",), columns=(
            TaskColumn(name="host", sentence="the host or address"),))),
    options=(Key(name="victims", kind=Kind.TEXT, choices=("registered", "named"), noun="choice", example='"registered"',
                 sentence="`registered`: look-alikes of anybody in the shipped registers; `named`: of the victims in the "
                 "file, who become a register of their own"),),
    metrics=(
        MetricForm(name="recall", sentence="look-alikes found by name or address"),
        MetricForm(name="recall_with_network", sentence="look-alikes found by name, address or the network around them"),
        MetricForm(name="precision", sentence="of the hosts found by name or address, look-alikes"),
        MetricForm(name="f1", sentence="of look-alikes against genuine hosts, by name or address"),
        MetricForm(name="genuine_found", sentence="genuine hosts found by name or address"),
        MetricForm(name="detected", sentence="look-alikes that a detector finds, from the host alone"),
        MetricForm(name="genuine_detected", sentence="genuine hosts that a detector finds and no guard spares"),
        MetricForm(name="right_victim", sentence="look-alikes that read as the victim they are known to imitate"),
        MetricForm(name="missed", sentence="look-alikes found in no way", is_share=False)))

_JUDGED = Query(
    name="judged", inputs=("tried", "identity_evidence", "network_evidence", "every_found", "proofs", "holder_names",
                           "guard_hits"),
    sentence="how each host was read",
    sql="""
    with own as (select distinct account_id from proofs where proof = 'domain_handle'),
    named as (select i.account_id, lower(n.name) as name from identity_evidence i
              left join own o on i.account_id = o.account_id
              left join holder_names n on i.holder_id = n.holder_id where o.account_id is null),
    detected as (select account_id from every_found
                 except select account_id from guard_hits where strength = 'spare'),
    around as (select account_id from network_evidence union select account_id from detected)
    select t.host, t.label, t.victim, t.language,
           t.host in (select account_id from named) as is_named,
           t.host in (select account_id from detected) as is_detected,
           t.host in (select account_id from named) or t.host in (select account_id from around) as is_seen,
           t.victim is not null and exists (select 1 from named n where n.account_id = t.host and n.name = lower(t.victim))
               as is_right
    from tried t order by t.host, t.victim""")


def measure(data: TaskData, bench: Bench) -> Measured:
    """Recall by name and with the network, precision against the genuine hosts, per language and victim."""
    domains = data.table("domains")
    tried = pa.table({"host": plain_hosts(domains["host"]), "label": domains["label"], "victim": domains["victim"],
                      "language": domains["language"]})
    honest = pc.unique(plain_hosts(data.table("genuine")["host"]))
    bad = tried.filter(pc.equal(tried["label"], "lookalike"))
    honest = honest.filter(pc.invert(pc.is_in(honest, value_set=tried["host"].combine_chunks())))
    if data.card.text("victims") == "named":
        bench = bench.knowing({"holders": _victims(bad, honest)})
    hosts = pa.concat_arrays([tried["host"].combine_chunks(), honest])
    swept = bench.swept(accounts=_accounts(hosts, is_named=data.card.text("victims") == "named"),
                        also=("identity_evidence", "network_evidence", "proofs"))
    every = pa.concat_tables([tried, pa.table({"host": honest, "label": pa.repeat(pa.scalar("genuine"), len(honest))})],
                             promote_options="default")
    judged = bench.ask(_JUDGED, tried=every, identity_evidence=swept["identity_evidence"],
                       network_evidence=swept["network_evidence"], every_found=swept["found"], proofs=swept["proofs"],
                       guard_hits=swept["guard_hits"],
                       holder_names=bench.materials.registries["holder_names"])
    return _measured(judged, seed=data.seed)


def _accounts(hosts: pa.Array, *, is_named: bool) -> pa.Table:
    """Accounts with the host as handle; for victims without an address, its registrable label as display name as well."""
    accounts = accounts_on_the_web(hosts)
    if not is_named:
        return accounts
    return accounts.append_column("display_name", pc.replace_substring_regex(accounts["handle"], _LABEL, r"\1"))


def _victims(bad: pa.Table, honest: pa.Array) -> pa.Table:
    """The victims as holders; a genuine host whose label is the victim's name is the victim's own."""
    names = pc.unique(bad["victim"].drop_null())
    parts = pc.split_pattern(honest, ".")
    is_bare = pc.equal(pc.list_value_length(parts), 2)
    labels, hosts = pc.list_element(parts, 0).filter(is_bare), honest.filter(is_bare)
    place = pc.index_in(pc.replace_substring(pc.utf8_lower(names), " ", ""), value_set=labels)
    own = hosts.take(place)
    return holders_named(names, domains=own)


def _measured(judged: pa.Table, *, seed: int) -> Measured:
    bad = judged.filter(pc.equal(judged["label"], "lookalike"))
    good = judged.filter(pc.equal(judged["label"], "genuine"))
    n_right, n_wrong = _n(bad["is_named"]), _n(good["is_named"])
    known = bad.filter(pc.is_valid(bad["victim"]))
    metrics: list[Metric] = [*_shares(bad), count("missed", bad.num_rows - _n(bad["is_seen"]), n=bad.num_rows),
                             share("detected", _n(bad["is_detected"]), n=bad.num_rows)]
    if good.num_rows:
        metrics += [share("precision", n_right, n=n_right + n_wrong),
                    f1(n_right, n_wrong=n_wrong, n_missed=bad.num_rows - n_right, n_left=good.num_rows - n_wrong, seed=seed),
                    share("genuine_found", n_wrong, n=good.num_rows),
                    share("genuine_detected", _n(good["is_detected"]), n=good.num_rows)]
    if known.num_rows:
        metrics.append(share("right_victim", _n(known["is_right"]), n=known.num_rows))
    wrong = good.filter(good["is_named"])
    missed = bad.filter(pc.invert(bad["is_seen"]))
    lines = ([f"genuine, found: {host}" for host in wrong["host"].slice(0, MOST_NAMED).to_pylist()]
             + [f"missed: {row['host']}" + (f" (of {row['victim']})" if row["victim"] else "")
                for row in missed.slice(0, MOST_NAMED).to_pylist()])
    return Measured(n=bad.num_rows + good.num_rows, metrics=tuple(metrics), mistakes=tuple(lines[:MOST_NAMED]),
                    n_mistakes=wrong.num_rows + missed.num_rows,
                    breakdowns=tuple(one for one in (_by(bad, "language"), _by(bad, "victim")) if one.rows))


def _by(bad: pa.Table, column: str) -> Breakdown:
    """Recall for each value of a column, the most frequent first."""
    counted = pc.value_counts(bad[column].drop_null().combine_chunks()).to_pylist()
    values = [one["values"] for one in sorted(counted, key=lambda one: (-one["counts"], one["values"]))][:MOST_GROUPS]
    return Breakdown(by=column, rows=tuple(
        BreakdownRow(value=value, metrics=_shares(bad.filter(pc.equal(bad[column], value)))) for value in values))


def _shares(bad: pa.Table) -> tuple[Metric, ...]:
    return (share("recall", _n(bad["is_named"]), n=bad.num_rows),
            share("recall_with_network", _n(bad["is_seen"]), n=bad.num_rows))


def _n(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(mask).as_py() or 0)


TASK = Task(form=FORM, measure=measure)
