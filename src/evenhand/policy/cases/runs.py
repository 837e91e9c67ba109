"""A pack's cases as a small snapshot to sweep, and what the outcome of that sweep says about the pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import pyarrow as pa

from evenhand.errors import Problem
from evenhand.model.policy import PolicyPack, SwapPair
from evenhand.model.policy_case import CaseAccount, CaseFactCheck, CaseOthers, CaseOutcome, CasePost, PolicyCase
from evenhand.model.snapshot import ACCOUNTS, FOLLOWS, MEDIA, POSTS, REDIRECTS
from evenhand.policy.swap import exchange, swapped


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRun:
    """One case as an account of its own."""

    account_id: str
    policy_id: str
    case: PolicyCase
    original: str | None = None
    """The account of the case it was made from by swapping sides; None for a case as written."""


def case_runs(pack: PolicyPack, sides: tuple[SwapPair, ...]) -> tuple[CaseRun, ...]:
    """Every case of every policy, each followed by its swapped versions. The ids are the same in every run."""
    runs: list[CaseRun] = []
    for policy in pack.policies:
        for number, case in enumerate(policy.cases, start=1):
            original = f"{policy.policy_id}/{number}"
            runs.append(CaseRun(account_id=original, policy_id=policy.policy_id, case=case))
            runs.extend(CaseRun(account_id=f"{original}/{swap}", policy_id=policy.policy_id, case=other, original=original)
                        for swap, other in enumerate(swapped(case, sides), start=1))
    return tuple(runs)


def case_tables(runs: tuple[CaseRun, ...]) -> tuple[pa.Table, pa.Table]:
    """The accounts and the posts of `runs`, in the columns of the snapshot contract; a case's own first, then the others'."""
    accounts = [asdict(one.account) | {"account_id": one.account_id, "avatar_media_id": one.avatar}
                for run in runs for one in _cast(run)]
    posts = [asdict(post) | {"account_id": one.account_id, "post_id": f"{one.account_id}#{number}"}
             for run in runs for one in _cast(run) for number, post in enumerate(one.posts, start=1)]
    return (pa.Table.from_pylist(accounts, schema=ACCOUNTS.schema), pa.Table.from_pylist(posts, schema=POSTS.schema))


def case_media(runs: tuple[CaseRun, ...]) -> pa.Table:
    """The media files of `runs`, in the columns of the snapshot contract."""
    media = [asdict(one) | {"account_id": run.account_id, "media_id": f"{run.account_id}~{number}",
                            "post_id": f"{run.account_id}#{one.post}" if one.post is not None else None}
             for run in runs for number, one in enumerate(run.case.media, start=1)]
    return pa.Table.from_pylist(media, schema=MEDIA.schema)


def case_topics(runs: tuple[CaseRun, ...]) -> list[dict[str, object]]:
    """What is taken up by many in any of `runs`, each once, in the columns of the register without their provenance."""
    return [asdict(topic) for topic in dict.fromkeys(topic for run in runs for topic in run.case.topics)]


def case_redirects(runs: tuple[CaseRun, ...]) -> pa.Table:
    """Where the links and codes of the posts of `runs` lead, in the columns of the snapshot contract."""
    rows = [{"account_id": one.account_id, "post_id": f"{one.account_id}#{number}", "start": (*post.links, "a picture")[0],
             "addresses": list(post.leads_to)}
            for run in runs for one in _cast(run) for number, post in enumerate(one.posts, start=1) if post.leads_to]
    return pa.Table.from_pylist(rows, schema=REDIRECTS.schema)


def case_credentials(runs: tuple[CaseRun, ...]) -> list[dict[str, object]]:
    """The credentials of the accounts of `runs`, in the columns of the register without their provenance."""
    return [asdict(one) | {"account_id": run.account_id, "credential_id": f"{run.account_id}^{number}", "issuer": "the case"}
            for run in runs for number, one in enumerate(run.case.credentials, start=1)]


def _avatar(run: CaseRun) -> str | None:
    """The id of the case's profile picture: its first media file that belongs to no post."""
    own = (number for number, one in enumerate(run.case.media, start=1) if one.post is None)
    return next((f"{run.account_id}~{number}" for number in own), None)


def case_fact_checks(pack: PolicyPack, sides: tuple[SwapPair, ...]) -> tuple[CaseFactCheck, ...]:
    """Every fact-check that the pack's cases are about, each followed by its versions with sides exchanged, without doubles.

    A case whose sides are exchanged is about the claim with its sides exchanged.
    """
    written = [checked for policy in pack.policies for checked in policy.fact_checks]
    return tuple(dict.fromkeys(version for checked in written for version in (checked, *(
        replace(checked, claim=exchange(checked.claim, pair)) for pair in sides))))


def case_follows(runs: tuple[CaseRun, ...]) -> pa.Table:
    """Who follows whom in `runs`, in the columns of the snapshot contract. A handle outside its case is an id as it stands."""
    rows = []
    for run in runs:
        cast = _cast(run)
        ids = {one.account.handle: one.account_id for one in cast}
        rows += [{"account_id": one.account_id, "followed_id": ids.get(handle, f"{run.account_id}@{handle}"),
                  "created_at": _after(one.followed_at, timedelta(days=nth))} for one in cast
                 for nth, handle in enumerate(one.follows)]
    return pa.Table.from_pylist(rows, schema=FOLLOWS.schema)


def case_accounts(run: CaseRun) -> tuple[str, ...]:
    """The ids of the accounts of one case: its own first, then the others'."""
    return tuple(one.account_id for one in _cast(run))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Role:
    """One account of a case with what it posts and whom it follows."""

    account_id: str
    account: CaseAccount
    posts: tuple[CasePost, ...]
    follows: tuple[str, ...] = ()
    followed_at: datetime | None = None
    avatar: str | None = None
    """The id of its profile picture."""


def _cast(run: CaseRun) -> tuple[_Role, ...]:
    """Everybody in a case."""
    roles = [_Role(account_id=run.account_id, account=run.case.account, posts=run.case.posts,
                   follows=run.case.follows, followed_at=run.case.followed_at, avatar=_avatar(run))]
    for others in run.case.others:
        before = len(roles) - 1
        roles.extend(_other(others, n, account_id=f"{run.account_id}+{before + n}", posts=run.case.posts)
                     for n in range(1, others.copies + 1))
    return tuple(roles)


def _other(others: CaseOthers, n: int, *, account_id: str, posts: tuple[CasePost, ...]) -> _Role:
    """The `n`th account of a kind, with the posts of the case's account when it repeats them."""
    later = timedelta(seconds=(others.seconds_apart or 0) * n)
    account = others.account
    repeated = tuple(replace(post, created_at=_after(post.created_at, later)) for post in posts
                     ) if others.seconds_apart is not None else ()
    own = tuple(replace(post, text=_numbered(post.text, n), links=tuple(_numbered(link, n) for link in post.links))
                for post in others.posts)
    return _Role(
        account_id=account_id, posts=repeated + own, followed_at=_after(others.followed_at, later),
        follows=tuple(_numbered(handle, n) for handle in others.follows),
        account=replace(account, handle=_numbered(account.handle, n), display_name=_numbered_or_none(account.display_name, n),
                        bio=_numbered_or_none(account.bio, n),
                        created_at=_after(account.created_at, timedelta(hours=others.hours_apart * (n - 1)))))


def _after(moment: datetime | None, later: timedelta) -> datetime | None:
    return None if moment is None else moment + later


def _numbered(text: str, n: int) -> str:
    return text.replace("{n}", str(n))


def _numbered_or_none(text: str | None, n: int) -> str | None:
    return None if text is None else _numbered(text, n)


def case_failures(runs: tuple[CaseRun, ...], outcomes: Mapping[str, CaseOutcome]) -> tuple[Problem, ...]:
    """The cases as written whose outcome is not the expected one. A case without an outcome came to nothing."""
    return tuple(
        _problem(run, f"the case `{run.case.name}` expects {run.case.expect}, and the outcome is {outcome}",
                 "change the policy, or the case if it is wrong")
        for run in runs if run.original is None and not (outcome := _outcome(run.account_id, outcomes)).meets(run.case.expect))


def swap_failures(runs: tuple[CaseRun, ...], outcomes: Mapping[str, CaseOutcome]) -> tuple[Problem, ...]:
    """The swapped cases that did not end like the case they were made from: the pack does not treat both sides alike."""
    return tuple(
        _problem(run, f"the outcome changes with the side: `{run.case.name}` gives {other} in place of {outcome}",
                 "find the rule, word list or registry entry that knows only one side")
        for run in runs if run.original is not None
        and (other := _outcome(run.account_id, outcomes)) != (outcome := _outcome(run.original, outcomes)))


def _outcome(account_id: str, outcomes: Mapping[str, CaseOutcome]) -> CaseOutcome:
    return outcomes.get(account_id, CaseOutcome(is_finding=False))


def _problem(run: CaseRun, what: str, hint: str) -> Problem:
    place = run.case.place
    return Problem(what=what, hint=hint) if place is None else place.problem(what, hint=hint)
