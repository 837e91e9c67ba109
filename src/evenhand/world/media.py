"""The media of one bucket: videos and pictures in posts, with what `evenhand media` reads in such files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.media import AiMark, Provenance
from evenhand.model.snapshot import MEDIA
from evenhand.world.accounts import Cast
from evenhand.world.chance import again, below, happens
from evenhand.world.identities import Stage
from evenhand.world.mosaic import lay
from evenhand.world.phrases import SLOTS
from evenhand.world.posts import Thread, has_media
from evenhand.world.texts import MOST_SENTENCES, Recipes, Speakers, compose


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a file states about how it was made, and what it does not."""

    share: int
    """Of a hundred files of its kind."""
    digital_source_type: str | None = None
    provenance: Provenance | None = Provenance.NONE
    ai_mark: AiMark | None = None
    generator: str | None = None


GENERATED, FILMED = "generated", "filmed"
STATED = {
    GENERATED: (
        Stated(share=45, digital_source_type="trainedAlgorithmicMedia", provenance=Provenance.INTACT, ai_mark=AiMark.C2PA,
               generator="Cloud Loom 2"),
        Stated(share=10, digital_source_type="compositeWithTrainedAlgorithmicMedia", provenance=Provenance.INTACT,
               ai_mark=AiMark.C2PA, generator="Face Stage"),
        Stated(share=20, digital_source_type="trainedAlgorithmicMedia", ai_mark=AiMark.XMP, generator="Cloud Loom 2"),
        Stated(share=15, ai_mark=AiMark.AIGC_LABEL, generator="Lantern Pictures"),
        Stated(share=10, digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
               provenance=None)),
    FILMED: (
        Stated(share=60, digital_source_type="digitalCapture", provenance=Provenance.INTACT, generator="Field Camera 4"),
        Stated(share=30),
        Stated(share=10, digital_source_type="trainedAlgorithmicMedia", provenance=Provenance.INVALID))}
"""The last of the generated is what a platform writes that read the file itself: the term with its whole address. The last of
the filmed is a file that somebody tampered with, so that it says what is not so."""
ENDINGS = {"video": ".mp4", "image": ".png"}


def media_rows(stage: Stage, some: Cast, posts: Thread, recipes: Recipes) -> pa.Table:
    """Rows of `media`: videos of presenters, real, disclosed and not, and generated pictures of anybody."""
    roles = [group.role for group in stage.population.groups]
    rows = np.nonzero(has_media(stage, some, posts))[0]
    groups, marked, numbers = some.groups[posts.of[rows]], posts.marked[rows], posts.numbers[rows]
    speakers = Speakers(chance=stage.chance, field="spoken", numbers=numbers, languages=some.languages[posts.of[rows]],
                        fixed=np.zeros((len(rows), len(SLOTS)), np.int32), book=stage.book)
    codes = np.where(marked, np.array([recipes.code(role.media_text) for role in roles])[groups], 0)
    said = lay(some.pool, compose(recipes, codes, draws=[
        stage.chance.draw(f"spoken.{place}", numbers) for place in range(MOST_SENTENCES)], speakers=speakers))
    kinds = np.array([list(ENDINGS).index(role.media_kind) for role in roles])[groups]
    kinds = np.where(marked, kinds, list(ENDINGS).index("image"))
    ids = posts.ids.take(pa.array(rows))
    media_ids = pc.binary_join_element_wise("m", ids, "")
    draws = stage.chance.draw("media", numbers)
    labelled = happens(again(draws), np.array([role.ai_label for role in roles], np.int64)[groups])
    columns = {
        "media_id": media_ids, "account_id": some.ids.take(pa.array(posts.of[rows])), "post_id": ids,
        "kind": pa.array(list(ENDINGS), pa.string()).take(pa.array(kinds)),
        "path": pc.binary_join_element_wise("media/", media_ids, pa.array(list(ENDINGS.values())).take(pa.array(kinds)), ""),
        "text": said, "ai_label": pa.array(labelled, mask=~labelled)}
    filmed = np.array([role.media == FILMED for role in roles])[groups] & marked
    which = np.where(filmed, len(STATED[GENERATED]), 0)
    for kind, mask in ((GENERATED, ~filmed), (FILMED, filmed)):
        ends = np.cumsum([one.share for one in STATED[kind]])
        which[mask] += np.searchsorted(ends, below(draws[mask], int(ends[-1])), side="right")
    every = [*STATED[GENERATED], *STATED[FILMED]]
    for name in ("digital_source_type", "provenance", "ai_mark", "generator"):
        values = [getattr(one, name) for one in every]
        columns[name] = pa.array([value and str(value) for value in values], pa.string()).take(pa.array(which))
    table = pa.table([columns.get(field.name, pa.nulls(len(rows), field.type)) for field in MEDIA.schema], schema=MEDIA.schema)
    return table.take(pc.sort_indices(table, sort_keys=[("account_id", "ascending"), ("media_id", "ascending")]))
