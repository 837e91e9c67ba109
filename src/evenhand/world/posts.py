"""The posts of one bucket's accounts, and which of them are violations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.model.snapshot import POSTS
from evenhand.world.accounts import Cast, options
from evenhand.world.addresses import KINDS, addresses
from evenhand.world.chance import Indices, Numbers, again, below, below_too, happens
from evenhand.world.identities import Stage
from evenhand.world.mosaic import Pieces, lay, merged, singles
from evenhand.world.phrases import SLOTS
from evenhand.world.population import spread
from evenhand.world.texts import MOST_SENTENCES, Recipes, Speakers, compose
from evenhand.world.times import posted_at, together_at

IN_OTHER_WORDS = 40
"""Of a hundred posts with a claim, how many do not say it in the words of its fact-checks."""
RING_EVENTS = 64
"""A ring does at most so many different things."""
PER_THOUSAND = 1_000
TRUTH = pa.schema([pa.field("post_id", pa.string(), nullable=False), pa.field("account_id", pa.string(), nullable=False),
                   pa.field("is_violating", pa.bool_(), nullable=False)])
"""What is true about posts of violators and hard negatives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Posts, in the order of account and post id."""

    numbers: Indices
    """Different for every post of the platform."""
    ids: pa.StringArray
    of: Indices
    """The row of its account in the cast."""
    marked: NDArray[np.bool_]
    keys: Numbers
    """What decides a post's words and link: equal for posts that a ring publishes together."""
    turn: Indices
    """Which post of its account it is."""


def thread(stage: Stage, some: Cast) -> Thread:
    """All posts of the accounts."""
    population, groups = stage.population, some.groups
    n_accounts = population.column("n_accounts")[groups]
    marked, other = population.column("n_marked")[groups], population.column("n_other")[groups]
    before_marked, until_marked = (spread(some.places + step, n_accounts, marked, is_skewed=False) for step in (0, 1))
    before_other, until_other = (spread(some.places + step, n_accounts, other, is_skewed=True) for step in (0, 1))
    n_marked, n_posts = until_marked - before_marked, until_marked - before_marked + until_other - before_other
    of = np.repeat(np.arange(len(groups)), n_posts)
    turn = np.arange(len(of)) - np.repeat(np.cumsum(n_posts) - n_posts, n_posts)
    first = population.column("first_post")[groups] + before_marked + before_other
    numbers = first[of] + turn
    ids = stage.chance.ids("post", numbers)
    order = np.lexsort((ids, of))
    numbers, of, turn = numbers[order], of[order], turn[order]
    is_marked = turn < n_marked[of]
    ring = np.array([group.role.ring for group in population.groups], np.int64)[groups[of]]
    together = is_marked & (ring > 0)
    event = (groups[of] << 40) + some.places[of] // np.maximum(ring, 1) * RING_EVENTS + turn % RING_EVENTS
    keys = np.where(together, event, numbers + (1 << 50)).astype(np.uint64)
    return Thread(numbers=numbers, ids=pc.cast(pa.array(ids[order]), pa.string()), of=of, marked=is_marked, keys=keys,
                  turn=turn)


def post_rows(stage: Stage, some: Cast, posts: Thread, recipes: Recipes) -> pa.Table:
    """Rows of `posts`."""
    roles = [group.role for group in stage.population.groups]
    groups, languages, n = some.groups[posts.of], some.languages[posts.of], len(posts.of)
    codes = post_recipes(stage, some, posts, recipes)
    links = post_links(stage, some, posts, may=recipes.has_link[codes])
    said = post_texts(stage, some, posts, recipes, codes=codes, links=links)
    draws, own = stage.chance.draw("post", posts.numbers), stage.chance.draw("post.key", posts.keys)
    at = posted_at(draws, opened=some.opened[posts.of],
                   burst=np.array([role.burst for role in roles])[groups] & posts.marked)
    ringed = posts.marked & (np.array([role.ring for role in roles]) > 0)[groups]
    at = np.where(ringed, np.maximum(together_at(own, draws), some.opened[posts.of] + 1), at)
    sponsored = pa.array([role.sponsored for role in roles], pa.bool_()).take(pa.array(groups))
    views = below(again(draws), 40) * below_too(again(draws), 400)
    media = has_media(stage, some, posts)
    columns = {
        "post_id": posts.ids, "account_id": some.ids.take(pa.array(posts.of)),
        "created_at": pa.array(at).cast(POSTS.schema.field("created_at").type), "text": said,
        "language": pc.if_else(pa.array(happens(again(draws, 2), 90)),
                               pa.array(stage.book.languages, pa.string()).take(pa.array(languages)), None),
        "links": singles(links),
        "media_ids": singles(pc.if_else(pa.array(media), pc.binary_join_element_wise("m", posts.ids, ""), None)),
        "reply_to": pa.nulls(n, pa.string()), "shares": pa.array(views // 90), "views": pa.array(views),
        "sponsored": pc.if_else(pa.array(posts.marked), sponsored, None)}
    return pa.table([columns[field.name] for field in POSTS.schema], schema=POSTS.schema)


def has_media(stage: Stage, some: Cast, posts: Thread) -> NDArray[np.bool_]:
    """Which posts have a picture or video: every marked post of some roles, and a few of anybody's."""
    groups = some.groups[posts.of]
    roles = [group.role for group in stage.population.groups]
    found: NDArray[np.bool_] = np.array([bool(role.media) for role in roles])[groups] & posts.marked
    pictured = np.array([role.pictured for role in roles], np.int64)[groups]
    rows = np.nonzero(~posts.marked & (pictured > 0))[0]
    found[rows] = below(stage.chance.draw("pictured", posts.numbers[rows]), PER_THOUSAND) < pictured[rows]
    return found


def post_recipes(stage: Stage, some: Cast, posts: Thread, recipes: Recipes) -> Indices:
    """The recipe of each post: of its account's choice for marked posts, any of its role's for the others."""
    groups = some.groups[posts.of]
    marked = options(stage, recipes, "post", groups=groups, draws=stage.chance.draw("option", some.numbers)[posts.of])
    other = options(stage, recipes, "chat", groups=groups, draws=stage.chance.draw("say.recipe", posts.keys))
    return np.where(posts.marked, marked, other)


def post_links(stage: Stage, some: Cast, posts: Thread, *, may: NDArray[np.bool_]) -> pa.StringArray:
    """The link in each post that may have one; null where there is none."""
    roles, groups = [group.role for group in stage.population.groups], some.groups[posts.of]
    kind = np.array([KINDS.index(role.link) for role in roles])[groups]
    share = np.array([role.linked for role in roles])[groups]
    draws = stage.chance.draw("linked", posts.keys)
    kind = np.where(posts.marked & happens(draws, share), kind, np.where(posts.marked, 0, KINDS.index("any")))
    kind = np.where(may, kind, 0)
    kind = np.where(np.isin(kind, (KINDS.index("own"), KINDS.index("lookalike")))
                    & ~np.asarray(pc.is_valid(some.domains).to_numpy(zero_copy_only=False))[posts.of], 0, kind)
    rows = np.nonzero(kind)[0]
    found = addresses(stage, kind[rows], keys=posts.keys[rows], bare=False,
                      domains=some.domains.take(pa.array(posts.of[rows])))
    return merged([(rows, found)], len(groups))


def post_texts(stage: Stage, some: Cast, posts: Thread, recipes: Recipes, *, codes: Indices,
               links: pa.StringArray) -> pa.StringArray:
    """What each post says, by its recipe."""
    languages = some.languages[posts.of]
    draws = [stage.chance.draw(f"say.{place}", posts.keys) for place in range(MOST_SENTENCES)]
    fixed = some.values[posts.of]
    fixed[:, SLOTS.index("claim")] = claims(stage, some, posts, draws=draws[0])
    there = np.nonzero(np.asarray(pc.is_valid(links).to_numpy(zero_copy_only=False)))[0]
    fixed[there, SLOTS.index("link")] = len(some.pool) + np.arange(len(there))
    speakers = Speakers(chance=stage.chance, field="say", numbers=posts.keys, languages=languages, fixed=fixed, book=stage.book)
    return lay(pa.concat_arrays([some.pool, links.drop_null()]), compose(recipes, codes, draws=draws, speakers=speakers))


def claims(stage: Stage, some: Cast, posts: Thread, *, draws: Numbers) -> Pieces:
    """The claim that each marked post is about, one of two of its account, in the words of its fact-checks or in others."""
    rows, found = np.nonzero(posts.marked)[0], np.zeros(len(posts.of), np.int32)
    of, languages = posts.of[rows], some.languages[posts.of[rows]]
    about = stage.chance.draw("claim", some.numbers[of] * 2 + posts.turn[rows] % 2)
    found[rows] = np.where(happens(again(draws[rows], 2), IN_OTHER_WORDS), stage.book.words("claim_other", about, languages),
                           stage.book.words("claim", about, languages))
    return found


def post_truth(stage: Stage, some: Cast, posts: Thread) -> pa.Table:
    """Rows of the truth about posts."""
    groups = some.groups[posts.of]
    kinds = np.array([group.role.kind in ("violator", "hard_negative") for group in stage.population.groups])
    violating = np.array([group.role.violating for group in stage.population.groups])
    rows = np.nonzero(kinds[groups])[0]
    return pa.table({
        "post_id": posts.ids.take(pa.array(rows)), "account_id": some.ids.take(pa.array(posts.of[rows])),
        "is_violating": pa.array(violating[groups[rows]] & posts.marked[rows])}, schema=TRUTH)
