"""A sweep takes of the machine what it was told, and says so when that makes no sense."""

from __future__ import annotations

import pytest

from evenhand.errors import ConfigError
from evenhand.workflows.buckets.machine import LEAST_ENGINE_BYTES, OWN_BYTES, machine_bytes, memory_bytes, share


@pytest.mark.parametrize(("text", "n_bytes"), [("2GB", 2_000_000_000), ("512 MiB", 536_870_912), ("1.5gb", 1_500_000_000)])
def test_amounts_of_memory_are_read(text: str, n_bytes: int) -> None:
    assert memory_bytes(text) == n_bytes


@pytest.mark.parametrize("text", ["", "2", "GB", "-1GB", "0GB", "1e999GB", "two GB", "2 parsecs", "nanGB", "infGB"])
def test_what_is_no_amount_of_memory_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is not an amount of memory"):
        memory_bytes(text)


def test_processes_share_the_memory() -> None:
    alone, both = share(threads=1, memory="4GB"), share(threads=2, memory="4GB")
    assert (alone.n_processes, both.n_processes) == (1, 2)
    assert 2 * (both.engine_bytes + OWN_BYTES) == alone.engine_bytes + OWN_BYTES == 4_000_000_000


def test_little_memory_means_fewer_processes_and_a_small_engine() -> None:
    assert share(threads=8, memory="2GB").n_processes == 2
    least = share(threads=8, memory="700MB")
    assert (least.n_processes, least.engine_bytes) == (1, LEAST_ENGINE_BYTES)


def test_a_limit_that_no_process_could_keep_to_is_refused() -> None:
    with pytest.raises(ConfigError, match="`699MB` is less memory than one process of a sweep takes"):
        share(threads=1, memory="699MB")


def test_nothing_said_leaves_some_of_the_machine_to_others() -> None:
    alone = share(threads=1, memory=None)
    assert alone.engine_bytes + OWN_BYTES < machine_bytes()
