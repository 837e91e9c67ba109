"""What accounts have in common beyond their posts: how a handle is built, when an account was opened, its own address."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel, Query

TRAITS = pa.schema([("account_id", pa.string()), ("stem", pa.string()), ("shape", pa.string()),
                    ("tail", pa.string()), ("has_digits", pa.bool_()), ("created_hour", pa.int64())])
"""`stem`: the handle's letters up to its first digit, in lower case, null when fewer than four. `shape`: the handle with
each run of letters as one letter and each digit as 9. `tail`: its digits at the end as 9s, null when fewer than four.
`has_digits`: at least three digits in the shape. `created_hour`: hours since 1970."""

_MARKS = r"[\p{M}]"
_TAIL = r"(?P<tail>9{4,})$"
_STEM = r"^[@]?(?P<stem>[\p{L}._-]{4,})\d"


def account_traits() -> Kernel:
    """The kernel `account_traits` over accounts, as `TRAITS`.

    >>> accounts = pa.record_batch({"account_id": ["1", "2"], "handle": ["Nora_Field2041", "вести_77"],
    ...                             "created_at": pa.array([3_600_000_000, None], pa.timestamp("us", tz="UTC"))})
    >>> account_traits().run(accounts).select(["stem", "shape", "created_hour"]).to_pylist()
    [{'stem': 'nora_field', 'shape': 'Aa_Aa9999', 'created_hour': 1}, {'stem': 'вести_', 'shape': 'a_99', 'created_hour': None}]
    """
    return Kernel(name="account_traits", source="accounts", columns=("account_id", "handle", "created_at"), run=_run,
                  schema=TRAITS, sentence="how an account's handle is built and when it was opened",
                  digest=f"{_STEM}{_TAIL}{_MARKS}")


def _run(accounts: pa.RecordBatch) -> pa.RecordBatch:
    handle = pc.replace_substring_regex(pc.utf8_ltrim(accounts.column("handle"), characters="@"), _MARKS, "")
    shape = handle
    for pattern, sign in ((r"\p{Nd}", "9"), (r"\p{Lu}", "A"), (r"A{2,}", "A"), (r"[^\P{L}A]+", "a")):
        shape = pc.replace_substring_regex(shape, pattern, sign)
    stem = pc.struct_field(pc.extract_regex(pc.utf8_lower(handle), _STEM), "stem")
    hours = accounts.column("created_at").cast(pa.timestamp("us")).cast(pa.int64())
    hours = pc.cast(pc.floor(pc.divide(hours.cast(pa.float64()), 3_600e6)), pa.int64())
    tail = pc.struct_field(pc.extract_regex(shape, _TAIL), "tail")
    return pa.RecordBatch.from_arrays(
        [accounts.column("account_id"), stem, shape, tail, pc.greater_equal(pc.count_substring(shape, "9"), 3), hours],
        schema=TRAITS)


REGISTRATIONS = Query(
    name="registrations", inputs=("account_traits", "accounts"),
    sentence="when an account was opened and how its handle is built",
    sql="""select t.account_id, coalesce(a.platform, '') as platform, t.stem, t.shape, t.tail, t.has_digits, t.created_hour
           from account_traits t join accounts a on t.account_id = a.account_id""")

OWN_DOMAINS = Query(
    name="own_domains", inputs=("addresses",), sentence="a web address that an account gives as its own in its profile",
    sql="""select distinct account_id, domain from addresses where "where" in ('website', 'bio') and not is_defanged""")

POSTED_DOMAINS = Query(
    name="posted_domains", inputs=("links", "shares"),
    sentence="an address to which an account's posts lead, for accounts whose posts are compared with those of others",
    sql="""select distinct l.account_id, l.domain
           from links l join (select distinct account_id from shares) s on l.account_id = s.account_id
           where not l.is_defanged""")

STEPS = (REGISTRATIONS, OWN_DOMAINS, POSTED_DOMAINS)
