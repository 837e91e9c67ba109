"""The registers of the world: fact-checks of the claims that go round in it, and credentials of the professionals in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.registry import CREDENTIALS, FACT_CHECKS
from evenhand.world.accounts import bio_draws
from evenhand.world.chance import below, below_too
from evenhand.world.identities import Stage, languages_of
from evenhand.world.times import DAY, END

PUBLISHERS = ("Northport Fact Desk", "Checkpoint", "Claim Review Network", "The Sober Eye", "Plain Proof", "Source Please")
VERDICTS = {"claim": (("false", 3), ("false", 2)), "unchecked": (("true", 2), ("false", 1), ("unproven", 2))}
"""What was found about claims of each list, in turn, and by how many publishers."""
SOURCE = "evenhand-world"
AS_OF = date(2026, 10, 31)


def fact_checks(stage: Stage) -> pa.Table:
    """Rows of `fact_checks`.

    Every false claim was checked by two or three publishers; of the others some by one, and some were found true.
    """
    book, rows = stage.book, []
    for name, verdicts in VERDICTS.items():
        first, n = book.lists[name]
        for code, language in enumerate(book.languages):
            for place in range(int(n[code])):
                text = book.pool[int(book.phrases[first[code] + place, 0])].as_py()
                verdict, n_checks = verdicts[place % len(verdicts)]
                rows += [_check(text, language=language, verdict=verdict, of=f"{name}-{language}-{place}", nth=nth)
                         for nth in range(n_checks)]
    return pa.Table.from_pylist(rows, schema=FACT_CHECKS)


def _check(text: str, *, language: str, verdict: str, of: str, nth: int) -> dict[str, object]:
    publisher = PUBLISHERS[(len(text) + nth) % len(PUBLISHERS)]
    return {"fact_check_id": f"world:{of}-{nth}", "claim": text, "verdict": verdict, "publisher": publisher,
            "url": f"https://facts.example/{of}/{nth}", "language": language,
            "published_at": END - (100 + 3 * nth) * DAY, "source": SOURCE, "source_url": None, "as_of": AS_OF}


def credentials(stage: Stage, professions: Mapping[str, Sequence[str]]) -> pa.Table:
    """Rows of `credentials`: of professionals who have one, and of those who had one until it was revoked."""
    tables = [_of_group(stage, code, professions) for code, group in enumerate(stage.population.groups)
              if group.role.credential]
    return pa.concat_tables(tables).combine_chunks()


def _of_group(stage: Stage, code: int, professions: Mapping[str, Sequence[str]]) -> pa.Table:
    group, book = stage.population.groups[code], stage.book
    numbers = group.first + np.arange(group.n_accounts)
    languages = languages_of(stage, numbers, groups=np.full(len(numbers), code))
    fields = list(group.role.bio)
    field = below(stage.chance.draw("option", numbers), len(fields))
    flat = [profession for name in fields for profession in professions[name.removeprefix("credential_")]]
    starts = np.cumsum([0] + [len(professions[name.removeprefix("credential_")]) for name in fields])[:-1]
    n = np.stack([book.lists[name][1] for name in fields])[field, languages]
    phrase = below_too(bio_draws(stage, numbers)[0], n)
    ids = pc.cast(pa.array(stage.chance.ids("account", numbers)), pa.string())
    return _rows(ids, profession=pa.array(flat).take(pa.array(starts[field] + phrase)), status=group.role.credential)


def _rows(ids: pa.StringArray, *, profession: pa.StringArray, status: str) -> pa.Table:
    n = len(ids)

    def every(value: object, kind: pa.DataType) -> pa.Array:
        return pa.repeat(pa.scalar(value, kind), n)

    columns: dict[str, pa.Array] = {
        "credential_id": pc.binary_join_element_wise("world:", ids, ""), "account_id": ids, "profession": profession,
        "jurisdiction": pa.nulls(n, pa.string()), "issuer": every("Chamber of Professions", pa.string()),
        "status": every(status, pa.string()), "expires_at": every(END + 400 * DAY, pa.int64()),
        "source": every(SOURCE, pa.string()),
        "source_url": pa.nulls(n, pa.string()), "as_of": every(AS_OF, pa.date32())}
    return pa.table([columns[field.name].cast(field.type) for field in CREDENTIALS], schema=CREDENTIALS)


