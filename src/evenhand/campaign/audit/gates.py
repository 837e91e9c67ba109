"""Gates: how sure an audit must be before a penalty is imposed, how many decisions that takes, and what it costs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.audit.precision import Golden, Reading, precision
from evenhand.model.interval import lower_bound
from evenhand.model.penalty import Penalty

REVERSIBLE_GATE = 0.95
"""The least precision, with 95 % confidence, of a penalty that can be taken back."""
CLOSING_GATE = 0.98
"""The same for closing an account and for whatever else the platform cannot take back."""
LABEL_FLOOR = 0.80
"""A stratum that misses its gate may be lowered to a label from here up, and is dropped below: one wrong label in five is the
most that a correction can be asked to bear. Our own choice; a campaign may ask for more."""
ALLOWED_ERRORS = 1
"""Wrong decisions that a sample is made large enough for. With none allowed, one honest mistake fails a good stratum."""
SECONDS_AN_ITEM = 60.0
"""A reader's time for one item, in seconds."""
MOST_ITEMS = 20_000
"""Beyond this many items no audit is planned: the readers cannot certify the gate, or not at a bearable cost."""


def gate(penalty: Penalty, *, irreversible: Collection[Penalty] = ()) -> float:
    """The precision that a stratum with this penalty has to show (0–1).

    >>> gate(Penalty.SUSPEND), gate(Penalty.CLOSE), gate(Penalty.DELETE_POST, irreversible=[Penalty.DELETE_POST])
    (0.95, 0.98, 0.98)
    """
    return CLOSING_GATE if penalty is Penalty.CLOSE or penalty in irreversible else REVERSIBLE_GATE


def sample_size(share: float, *, n_errors: int = ALLOWED_ERRORS) -> int:
    """The fewest items whose exact bound reaches the gate `share` with `n_errors` wrong among them and perfect readers.

    >>> [sample_size(0.95, n_errors=n) for n in (0, 1, 2, 5)]
    [59, 93, 124, 208]
    >>> [sample_size(0.98, n_errors=n) for n in (0, 1, 2, 5)]
    [149, 236, 313, 523]
    """
    low, high = n_errors + 1, MOST_ITEMS
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if lower_bound(middle - n_errors, n=middle) >= share else (middle + 1, high)
    return low


def sample_size_with(golden: Golden, share: float, *, n_errors: int = ALLOWED_ERRORS) -> int | None:
    """The same for readers who did on golden items as `golden` says, if they go on so; None when no sample is enough.

    None means: better readers, a clearer policy text, or more golden items; more reading does not help.

    >>> sample_size_with(Golden(n_right=400, n_right_seen=400, n_wrong=200, n_wrong_seen=190), 0.95) >= sample_size(0.95)
    True
    >>> sample_size_with(Golden(n_right=50, n_right_seen=46, n_wrong=50, n_wrong_seen=46), 0.98) is None
    True
    """
    if golden.sensitivity is None or golden.specificity is None:
        return None
    low, high = sample_size(share, n_errors=n_errors), MOST_ITEMS
    if not _reaches(high, golden, share, n_errors=n_errors):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _reaches(middle, golden, share, n_errors=n_errors) else (middle + 1, high)
    return low


def sizes(strata: pa.Table, *, irreversible: Collection[Penalty] = (), golden: Golden | None = None) -> pa.Table:
    """`strata` with the column `gate` and, as `n_items`, how many decisions of each are read: all of a small one.

    With `golden` from earlier campaigns the sample is made large enough for these readers; where no sample is, the one for
    perfect readers is drawn, and the bound will say what it is worth.
    """
    penalties = pc.unique(strata["penalty"]).to_pylist()
    gates = {penalty: gate(Penalty(penalty), irreversible=irreversible) for penalty in penalties}
    wanted = {share: (sample_size_with(golden, share) if golden is not None else None) or sample_size(share)
              for share in set(gates.values())}
    numbers = pc.index_in(strata["penalty"], value_set=pa.array(penalties, pa.string()))
    by_stratum = pa.array([gates[penalty] for penalty in penalties], pa.float64()).take(numbers)
    needed = pa.array([wanted[gates[penalty]] for penalty in penalties], pa.int64()).take(numbers)
    n_items = pc.min_element_wise(strata["n_decisions"].cast(pa.int64()), needed)
    return strata.append_column("gate", by_stratum).append_column("n_items", n_items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What an audit asks of people, before anybody starts."""

    n_strata: int
    n_items: int
    """Items of the sample."""
    n_golden: int
    n_readings: int
    """Readings by the first two readers, golden items among them."""
    n_adjudications: int
    """Readings by a third person, expected."""
    time: timedelta
    """Of all readers together."""


def cost(sized: pa.Table, *, n_golden: int, n_readers: int = 2, disagreement: float = 0.1) -> Cost:
    """The cost of reading a sample of the `sizes` given, at `SECONDS_AN_ITEM` a reading.

    `disagreement` is the share of items that a third person has to read (0–1); one reader has nobody to disagree with.
    """
    n_items = int(pc.sum(sized["n_items"]).as_py() or 0)
    n_readings = (n_items + n_golden) * n_readers
    n_adjudications = round((n_items + n_golden) * disagreement) if n_readers > 1 else 0
    return Cost(n_strata=sized.num_rows, n_items=n_items, n_golden=n_golden, n_readings=n_readings,
                n_adjudications=n_adjudications, time=timedelta(seconds=(n_readings + n_adjudications) * SECONDS_AN_ITEM))


def _reaches(n: int, golden: Golden, share: float, *, n_errors: int) -> bool:
    sensitivity, specificity = golden.sensitivity or 0.0, golden.specificity or 0.0
    n_right = round((n - n_errors) * sensitivity + n_errors * (1.0 - specificity))
    reading = Reading(n_right=n_right, n_read=n, n_decisions=n + 1)
    return precision(reading, golden=golden, seed="sample size").low >= share
