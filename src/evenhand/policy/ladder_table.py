"""Reads the dated `[[ladder]]` tables: which penalty follows the first, the second, the third finding."""

from __future__ import annotations

from datetime import timedelta

from evenhand.model.penalty import MEANINGS, Penalty
from evenhand.model.policy import Ladder, Rung
from evenhand.policy.keys import LADDER_KEYS, RUNG_KEYS, RUNG_NAMES
from evenhand.policy.nearest import suggestion
from evenhand.policy.table_reader import TableReader

LASTING = (Penalty.LABEL, Penalty.LIMIT_REACH, Penalty.DEMONETISE, Penalty.SUSPEND)
"""Penalties that can have an end."""


def read_ladders(reader: TableReader) -> tuple[Ladder, ...]:
    """The ladders of the file, oldest first. Mistakes go to the reader's problems; such a ladder is left out."""
    ladders: list[Ladder] = []
    for table in reader.tables("ladder", LADDER_KEYS):
        ladder = _ladder(table)
        if ladder is None:
            continue
        if ladders and ladder.since <= ladders[-1].since:
            table.wrong("from", f"this ladder starts on {ladder.since}, not after the one before it "
                        f"({ladders[-1].since})", "write ladders in the order of their days, oldest first")
        ladders.append(ladder)
    return tuple(ladders)


def _ladder(table: TableReader) -> Ladder | None:
    rungs: list[Rung] = []
    for i, name in enumerate(RUNG_NAMES):
        if not table.has(name):
            continue
        if i > 0 and not table.has(RUNG_NAMES[i - 1]) and table.is_right:
            table.wrong(name, f"`{RUNG_NAMES[i - 1]}` is missing before `{name}`", "rungs have no gaps", at_key=True)
        rung = _rung(table, name)
        if rung is None:
            continue
        if rungs and not _is_heavier(rung, rungs[-1]):
            table.wrong(name, f"`{name}` ({_words(rung)}) is not heavier than the rung before it ({_words(rungs[-1])})",
                        "lightest first: " + ", ".join(str(p) for p in Penalty if p is not Penalty.NONE))
        rungs.append(rung)
    since = table.day("from")
    if not table.is_right or since is None or not rungs:
        return None
    return Ladder(since=since, rungs=tuple(rungs), reference=table.text("reference"))


def _rung(table: TableReader, name: str) -> Rung | None:
    where, key, written, days = table, name, table.text(name), None
    inner = None if written else table.table(name, RUNG_KEYS)
    if inner is not None:
        where, key, written, days = inner, "penalty", inner.text("penalty"), inner.number_or_none("duration_days")
    if not written:
        return None
    choices = [str(penalty) for penalty in Penalty if penalty is not Penalty.NONE]
    if written not in choices:
        where.wrong(key, f"unknown penalty `{written}`", suggestion(written, choices, kind="penalties"))
        return None
    penalty = Penalty(written)
    if penalty is Penalty.SUSPEND and days is None and where.is_right:
        where.wrong(key, "a suspension always has an end",
                    f'write {name} = {{ penalty = "suspend", duration_days = 30 }}')
        return None
    if days is not None and penalty not in LASTING:
        where.wrong("duration_days", f"`{penalty}` takes no duration", "leave `duration_days` out; it goes with "
                    + ", ".join(str(one) for one in LASTING))
        return None
    return Rung(penalty=penalty, lasts=timedelta(days=days) if days is not None else None)


def _is_heavier(rung: Rung, before: Rung) -> bool:
    """Heavier penalty, or the same one for longer."""
    if rung.penalty is not before.penalty:
        return rung.penalty > before.penalty
    return before.lasts is not None and (rung.lasts is None or rung.lasts > before.lasts)


def _words(rung: Rung) -> str:
    return str(rung.penalty) if rung.lasts is None else f"{rung.penalty} for {rung.lasts.days} days"


def check_first_rungs(reader: TableReader, ladders: tuple[Ladder, ...], severity: int) -> None:
    """Note every ladder whose first rung is not educational without a reason that counts."""
    reason = reader.text("first_rung_reason")
    hard = [ladder for ladder in ladders if not MEANINGS[ladder.rungs[0].penalty].is_educational]
    educational = " or ".join(str(penalty) for penalty, meaning in MEANINGS.items() if meaning.is_educational)
    for ladder in hard:
        index = ladders.index(ladder)
        is_own = reader.has("ladder")
        place = reader.file.places.value((*reader.path, "ladder", index, "first")) if is_own else reader.place("severity")
        what = f"the first rung is `{ladder.rungs[0].penalty}`, which restricts before it explains"
        if severity > 1:
            reader.problems.append(place.problem(what, hint=f"start with {educational}; only severity 1 may start higher, "
                                                 "with a `first_rung_reason`"))
        elif not reason:
            reader.problems.append(place.problem(what, hint=f"start with {educational}, or add a `first_rung_reason`"))
    if reason and not hard:
        reader.wrong("first_rung_reason", "a reason is given, but the first rung is educational", "leave the reason out",
                     at_key=True)
