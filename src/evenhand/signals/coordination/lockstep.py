"""Following in lockstep: accounts that follow the same accounts at the same times, again and again.

The notion is CopyCatch's (Beutel, Xu, Guruswami, Palow and Faloutsos, *CopyCatch: Stopping Group Attacks by Spotting Lockstep
Behavior in Social Networks*, WWW 2013): a group is suspicious when at least n accounts follow at least m others so that, for
each of these, all follows fall within one window of time. CopyCatch searches for such groups from seeds, in rounds. Here a
*burst* (the followers of one account within one slot of time) takes the place of a seed, two bursts are tied when they
are to a large part the same accounts, and tied bursts make a group: pairs of bursts are compared, never pairs of accounts.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel, Query, Scope, Step
from evenhand.signals.coordination.components import connected

WINDOW_SECONDS = 3600
"""A slot of time; CopyCatch's authors use hours for page likes."""
MIN_FOLLOWED = 3
"""m: accounts that must be followed in lockstep."""
MIN_LOCKSTEP = 8
"""n: accounts that must follow in lockstep."""
MIN_OVERLAP = 0.5
"""Share of the smaller of two bursts that must be in the other."""
MAX_BURSTS = 40
"""Bursts of one account that are compared, the smallest first: who follows thousands would otherwise make millions of pairs."""
SETTLED_SECONDS = 24 * 3600
"""Follows on an account's first day do not count: new people follow what is suggested to them, and many at once."""

FOLLOW_TIMES = pa.schema([("account_id", pa.string()), ("followed_id", pa.string()), ("at_second", pa.int64())])


def follow_times() -> Kernel:
    """The kernel `follow_times` over follows: the time of each follow that has one, in seconds since 1970."""
    return Kernel(name="follow_times", source="follows", columns=("account_id", "followed_id", "created_at"), run=_run,
                  schema=FOLLOW_TIMES, sentence="when an account began to follow another")


def _run(follows: pa.RecordBatch) -> pa.RecordBatch:
    timed = follows.filter(pc.is_valid(follows.column("created_at")))
    seconds = timed.column("created_at").cast(pa.timestamp("us")).cast(pa.timestamp("s"), safe=False).cast(pa.int64())
    return pa.RecordBatch.from_arrays([timed.column("account_id"), timed.column("followed_id"), seconds],
                                      schema=FOLLOW_TIMES)


FOLLOWED = Query(
    name="followed", inputs=("follow_times", "account_traits"),
    sentence="whom an account that follows several began to follow after its first day, in which slot of time",
    sql=f"""
    with settled as (
        select f.account_id, f.followed_id, f.at_second, cast(floor(f.at_second / {WINDOW_SECONDS}) as bigint) as slot
        from follow_times f join account_traits t on f.account_id = t.account_id
        where t.created_hour is null or f.at_second - t.created_hour * 3600 >= {SETTLED_SECONDS})
    select s.account_id, s.followed_id, s.at_second, s.slot
    from settled s join (select account_id from settled group by account_id having count(*) >= {MIN_FOLLOWED}) b
      on s.account_id = b.account_id""")

FOLLOW_BURSTS = Query(
    name="follow_bursts", inputs=("followed",), scope=Scope.PLATFORM,
    sentence="an account's part in a burst: several that began to follow the same account in one slot of time",
    sql=f"""
    with bursts as (select followed_id, slot, count(*) as n from followed group by followed_id, slot
                    having count(*) >= {MIN_LOCKSTEP}),
    parts as (
        select f.account_id, f.followed_id, f.slot, f.at_second, b.n, f.followed_id || '@' || cast(f.slot as varchar) as burst,
               row_number() over (partition by f.account_id order by b.n, f.followed_id, f.slot) as nth
        from followed f join bursts b on f.followed_id = b.followed_id and f.slot = b.slot)
    select account_id, followed_id, slot, at_second, n, burst from parts where nth <= {MAX_BURSTS}""")

BURST_TIES = Query(
    name="burst_ties", inputs=("follow_bursts",), scope=Scope.PLATFORM,
    sentence="two bursts of follows that are to a large part the same accounts",
    sql=f"""
    select a.burst as account_id, b.burst as other_id, count(*) as n_same
    from follow_bursts a join follow_bursts b on a.account_id = b.account_id
    where a.followed_id < b.followed_id
    group by a.burst, b.burst
    having count(*) >= {MIN_LOCKSTEP} and count(*) >= {MIN_OVERLAP} * least(max(a.n), max(b.n))""")

_COMPONENTS: tuple[Step, ...] = connected("tied_bursts", ties="burst_ties",
                                          sentence="a burst of follows tied to others that are largely the same accounts")

LOCKSTEP_FOLLOWS = Query(
    name="lockstep_follows", inputs=("follow_bursts", "tied_bursts"), scope=Scope.PLATFORM,
    sentence="a follow made in lockstep with others: what is set aside, and restored, when follows stop counting",
    sql=f"""
    with parts as (
        select f.account_id, f.followed_id, f.at_second, f.n, t.group_id
        from follow_bursts f join tied_bursts t on f.burst = t.account_id),
    enough as (
        select account_id, group_id, count(distinct followed_id) as n_followed from parts group by account_id, group_id
        having count(distinct followed_id) >= {MIN_FOLLOWED})
    select distinct p.account_id, p.followed_id, p.at_second, p.n, p.group_id, e.n_followed
    from parts p join enough e on p.account_id = e.account_id and p.group_id = e.group_id""")

LOCKSTEP_MEMBERS = Query(
    name="followers", inputs=(LOCKSTEP_FOLLOWS.name,), scope=Scope.PLATFORM,
    sentence="an account in a group that follows in lockstep",
    sql=f"""
    with members as (
        select group_id, account_id, max(n_followed) as n_followed, min(at_second) as first_second
        from {LOCKSTEP_FOLLOWS.name} group by group_id, account_id)
    select m.group_id, m.account_id, m.n_followed, m.first_second, z.n_members
    from members m
    join (select group_id, cast(count(*) as double) as n_members from members group by group_id
          having count(*) >= {MIN_LOCKSTEP}) z on m.group_id = z.group_id""")

STEPS: tuple[Step, ...] = (follow_times(), FOLLOWED, FOLLOW_BURSTS, BURST_TIES, *_COMPONENTS, LOCKSTEP_FOLLOWS,
                           LOCKSTEP_MEMBERS)
