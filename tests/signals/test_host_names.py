"""Names inside hosts: below a domain, between hyphens, at the ends of a label; registered domains match nobody."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

from evenhand.signals.names.index import HolderIndex
from evenhand.signals.names.unicode_tables import UnicodeTables
from evenhand.signals.web.host_names import AS_CUT, AS_LABEL, AS_PART, HOST_NAMES, host_names
from evenhand.signals.web.hosts import PublicSuffixes

SUFFIXES = PublicSuffixes.bundled()
HOMOGRAPH = "xn--" + "spi\u0435gelsaal".encode("punycode").decode("ascii") + ".example"
"""With a Cyrillic letter."""
type_of_read = Callable[..., pa.RecordBatch]


@pytest.fixture(scope="module")
def read(index: HolderIndex, tables: UnicodeTables) -> type_of_read:
    kernel = host_names(index, tables, registered=pa.array(["spiegelsaal.de"]))

    def run(*hosts: str, where: str = "website") -> pa.RecordBatch:
        split = [SUFFIXES.host(host) for host in hosts]
        columns = {name: pa.array([getattr(host, name) if host else None for host in split], pa.string())
                   for name in ("host", "domain", "suffix", "label")}
        ids = pa.array([str(number) for number in range(len(hosts))], pa.string())
        return kernel.run(pa.record_batch({"account_id": ids, "where": pa.repeat(where, len(hosts)), **columns}))

    return run


@pytest.mark.parametrize(("host", "part", "factor"), [
    ("spiegelsaal.verify-account.example", "spiegelsaal", AS_LABEL),
    (HOMOGRAPH, "spi\u0435gelsaal", AS_LABEL),
    ("spiegelsaal-refund.example", "spiegelsaal", AS_PART),
    ("spiegelsaalsupporters.example", "spiegelsaal", AS_CUT),
    ("wwwspiegelsaal.example", "spiegelsaal", AS_CUT),
])
def test_a_name_is_read_in_a_part_of_the_host(read: type_of_read, host: str, part: str, factor: float) -> None:
    [row] = [row for row in read(host).to_pylist() if row["holder_id"] == "mirror"]
    assert row["part"] == part
    assert row["similarity"] == pytest.approx(factor)


@pytest.mark.parametrize("host", ["spiegelsaal.de", "shop.spiegelsaal.de", "garden.example", "www.example"])
def test_registered_domains_and_strangers_match_nobody(read: type_of_read, host: str) -> None:
    assert read(host).num_rows == 0


def test_only_the_accounts_own_addresses_are_read(read: type_of_read) -> None:
    assert read("spiegelsaal-refund.example", where="bio").num_rows == 0
    assert read().schema == HOST_NAMES


def test_a_host_reads_alike_in_any_company(read: type_of_read) -> None:
    hosts = ("spiegelsaal-refund.example", "garden.example", "spiegelsaal.verify-account.example")
    together = [row | {"account_id": ""} for row in read(*hosts).to_pylist()]
    assert together == [row | {"account_id": ""} for host in hosts for row in read(host).to_pylist()]
