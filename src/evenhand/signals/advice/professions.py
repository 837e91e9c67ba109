"""Professions of the credential register, each with the field that it belongs to."""

from __future__ import annotations

import pyarrow as pa

from evenhand.model.step import Kernel, Query
from evenhand.signals.advice.gate import FIELDS
from evenhand.signals.words.folded import fold
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import WordList, first_of_each

SCHEMA = pa.schema([("credential_id", pa.string()), ("field", pa.string())])

PLACED_CREDENTIALS = Query(
    name="placed_credentials", inputs=("credentials", "profession_fields"),
    sentence="a registered credential with a field of its profession, none when the word list does not know it",
    sql="""select c.account_id, c.profession, c.issuer, c.expires_at, c.status, f.field
    from credentials c left join profession_fields f on c.credential_id = f.credential_id""")


def professions(claimed: Lexicon) -> Kernel:
    """The kernel `profession_fields` over `credentials`: the field of each whose profession the word list knows.

    >>> words = Lexicon.from_toml('[[group]]\\nname = "legal"\\n[group.phrases]\\nen = ["notary"]')
    >>> rows = pa.record_batch({"credential_id": ["c1", "c2"], "profession": ["Notary", "falconer"]})
    >>> professions(words).run(rows).to_pylist()
    [{'credential_id': 'c1', 'field': 'legal'}]
    """
    words = WordList(claimed, "bio")

    def run(credentials: pa.RecordBatch) -> pa.RecordBatch:
        found = words.find(fold(credentials.column("profession")))
        groups = words.groups
        found = found.keep(pa.array([groups[group] in FIELDS for group in words.group_of[found.entry]], pa.bool_()).to_numpy(
            zero_copy_only=False))
        found = found.keep(first_of_each(found, words.group_of[found.entry]))
        fields = pa.array(groups, pa.string()).take(pa.array(words.group_of[found.entry]))
        ids = credentials.column("credential_id").take(pa.array(found.row))
        return pa.RecordBatch.from_arrays([ids, fields], schema=SCHEMA)

    return Kernel(name="profession_fields", source="credentials", columns=("credential_id", "profession"), run=run,
                  schema=SCHEMA, sentence="a registered credential with the field of its profession", digest=claimed.digest)
