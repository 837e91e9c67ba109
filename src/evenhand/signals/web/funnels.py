"""Funnels: contacts that lead people away to where nobody looks on: messenger names and numbers, and wallets.

Read in the texts of posts and in what is written in pictures (the text of a medium, which holds what a QR code says where the
platform hands it over). A wallet counts only when its checksum is right. Addresses such as `t.me` are links and are read there.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel, Query, Step
from evenhand.signals.web.wallets import WALLET, wallet

SCHEMA = pa.schema([(name, pa.string()) for name in ("account_id", "post_id", "kind", "shown")])
"""`kind` is `messenger` or `wallet`; `shown` is the contact as written."""

_MESSENGERS = (
    r"whats ?app|telegram|we ?chat|weixin|kakao ?talk|line ?id|viber|signal|微信|薇信|威信|电报|電報|加v|ライン|카카오톡|"
    r"카톡|텔레그램|телеграм|телеграмм|вотсап|ватсап|вацап|вайбер|واتساب|واتس ?اب|تلگرام|تلجرام|تيليجرام|تليجرام|व्हाट्सएप|"
    r"व्हाट्सऐप|वॉट्सऐप|टेलीग्राम|ווטסאפ|וואטסאפ|טלגרם|ไลน์|แอดไลน์|เทเลแกรม|zalo")
_NAME = r"(?:\+?[0-9][0-9 ().\x{2011}\x{2013}-]{6,18}[0-9]|@[A-Za-z0-9_.]{4,32}|[Ii][Dd] ?[:：]? ?[A-Za-z0-9_.-]{4,32})"
_MESSENGER = rf"(?i)(?:{_MESSENGERS})[^\n0-9@+]{{0,16}}?{_NAME}"
_GATE = rf"(?i)(?:{_MESSENGERS})|[0-9A-Za-z]{{26}}"
"""A text without any of these holds no contact. One pass, and nearly every post leaves here."""

MEDIA_TEXTS = Query(
    name="media_texts", inputs=("media",), sentence="what is written in a picture or coded in it, of a post",
    sql="select account_id, post_id, text from media where text is not null and post_id is not null")


def funnel_steps() -> tuple[Step, ...]:
    """The steps that leave `funnels`: one row per contact in a post or in its media."""
    return (_contacts("post_funnels", source="posts"), MEDIA_TEXTS,
            _contacts("media_funnels", source=MEDIA_TEXTS.name), FUNNELS)


FUNNELS = Query(
    name="funnels", inputs=("post_funnels", "media_funnels"), sentence="a messenger name or number, or a wallet, in a post",
    sql="""select distinct account_id, post_id, kind, shown from (
        select account_id, post_id, kind, shown from post_funnels
        union all
        select account_id, post_id, kind, shown from media_funnels) f""")


def _contacts(name: str, *, source: str) -> Kernel:
    def run(texts: pa.RecordBatch) -> pa.RecordBatch:
        return contacts(texts)

    return Kernel(name=name, source=source, columns=("account_id", "post_id", "text"), run=run, schema=SCHEMA,
                  sentence="a messenger name or number, or a wallet, in a text")


def contacts(texts: pa.RecordBatch) -> pa.RecordBatch:
    """The first messenger contact and the first wallet of each text, as `SCHEMA`.

    >>> text = "Write on WhatsApp +1 555 010 9999, or pay 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
    >>> batch = pa.record_batch({"account_id": ["a"], "post_id": ["p"], "text": [text]})
    >>> contacts(batch).column("shown").to_pylist()
    ['WhatsApp +1 555 010 9999', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa']
    """
    raw = texts.column("text")
    some = np.flatnonzero(pc.fill_null(pc.match_substring_regex(raw, _GATE), False).to_numpy(zero_copy_only=False))
    raw = raw.take(pa.array(some)).cast(pa.string())
    rows, kinds, shown = [], [], []
    for kind, pattern in (("messenger", _MESSENGER), ("wallet", WALLET)):
        found = pc.struct_field(pc.extract_regex(raw, f"(?P<shown>{pattern})"), "shown")
        kept = found.is_valid() if kind == "messenger" else _checked(found)
        rows.append(some[kept.to_numpy(zero_copy_only=False)])
        shown.append(found.filter(kept))
        kinds.append(pa.repeat(kind, len(shown[-1])))
    of = pa.array(np.concatenate(rows))
    return pa.RecordBatch.from_arrays(
        [texts.column("account_id").take(of), texts.column("post_id").take(of), pa.concat_arrays(kinds),
         pa.concat_arrays(shown)], schema=SCHEMA)


def _checked(found: pa.Array) -> pa.Array:
    """True for wallets whose checksum is right. Each distinct one is looked at once."""
    known = found.dictionary_encode()
    right = [wallet(text) not in (None, "unchecked") for text in known.dictionary.to_pylist()]
    return pc.fill_null(pa.array(right, pa.bool_()).take(known.indices), False)
