"""What travels with an order besides itself: the statement to deliver, or what to restore."""

from __future__ import annotations

from collections.abc import Sequence

from evenhand.model.campaigns.effect_state import Act, Order
from evenhand.ports import EvidenceStore, Outbox


def attachments(orders: Sequence[Order], *, outbox: Outbox, evidence: EvidenceStore) -> dict[str, str]:
    """JSON texts by the order's key: the statement that it delivers, or what was saved before the effect that it takes back."""
    attached = dict(outbox.statements(orders))
    restored = {order.of_key: order.key for order in orders if order.act is Act.UNDO and order.of_key}
    if restored:
        opened = evidence.opened(orders[0].campaign_id, list(restored))
        attached |= {restored[of_key]: content for of_key, content in opened.items()}
    return attached
