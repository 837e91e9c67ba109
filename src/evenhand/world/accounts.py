"""The accounts of one bucket: rows of the snapshot's `accounts`, the truth about them, and what their posts need to know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.model.snapshot import ACCOUNTS
from evenhand.world.addresses import KINDS, addresses
from evenhand.world.chance import Indices, Numbers, again, below, below_too, happens
from evenhand.world.identities import Planted, Stage, identify, languages_of
from evenhand.world.mosaic import Pieces, filled, lay, merged
from evenhand.world.people import number_pieces, person_handles, person_names
from evenhand.world.phrases import SLOTS, WIDTH
from evenhand.world.texts import MOST_SENTENCES, Recipes, Speakers, compose
from evenhand.world.times import opened_at

PLATFORMS = ("twitter", "facebook", "instagram")
COUNTRIES = ("US", "GB", "IN", "BR", "MX", "ES", "FR", "DE", "RU", "UA", "EG", "SA", "IR", "JP", "KR", "TR", "ID", "TH", "GR",
             "IL", "NG", "CA")
FOLLOWERS = {
    "any": (0, 0, 1, 2, 4, 6, 9, 13, 18, 25, 33, 42, 55, 70, 88, 110, 135, 165, 200, 240, 290, 350, 430, 530, 660, 830, 1_080,
            1_450, 2_100, 3_300, 6_500, 20_000, 400_000),
    "few": (0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 23, 26, 30, 35, 42, 55, 90),
    "many": (500, 700, 900, 1_100, 1_400, 1_700, 2_000, 2_500, 3_000, 3_600, 4_200, 5_000, 6_000, 7_000, 8_200, 9_600, 11_000,
             13_000, 15_000, 18_000, 21_000, 25_000, 30_000, 36_000, 44_000, 55_000, 70_000, 92_000, 130_000, 200_000, 350_000,
             800_000, 6_000_000)}
"""33 quantiles of the number of followers; between two of them it grows evenly."""
TRUTH = pa.schema([
    pa.field("account_id", pa.string(), nullable=False), pa.field("kind", pa.string(), nullable=False),
    pa.field("harm", pa.string()), pa.field("role", pa.string(), nullable=False), pa.field("operator", pa.string()),
    pa.field("holder_id", pa.string()), pa.field("language", pa.string(), nullable=False),
    pa.field("script", pa.string(), nullable=False), pa.field("other_harms", pa.string())])
"""What is true about an account; only an evaluation reads it. `other_harms` are joined with `+`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The accounts of one bucket, in the order of their ids."""

    numbers: Indices
    ids: pa.StringArray
    groups: Indices
    places: Indices
    languages: Indices
    opened: Indices
    """Microseconds since 1970."""
    pool: pa.StringArray
    """The phrasebook's pieces, then names, persons and sites of the planted accounts."""
    values: Pieces
    """What stands in the slots of each account's phrases: name, person, site."""
    domains: pa.StringArray
    planted: Planted
    rows: Indices
    """Which accounts are the planted ones."""


def cast(stage: Stage, numbers: Indices) -> Cast:
    """The accounts with these numbers, sorted by their ids."""
    ids = stage.chance.ids("account", numbers)
    order = np.argsort(ids, kind="stable")
    numbers, ids = numbers[order], ids[order]
    groups = stage.population.roles_of(numbers)
    languages = languages_of(stage, numbers, groups=groups)
    rows = np.nonzero(groups < len(stage.population.groups) - 1)[0]
    planted = identify(stage, numbers[rows], groups=groups[rows], languages=languages[rows])
    languages[rows] = planted.languages
    base, n = len(stage.book.pool), len(rows)
    pool = pa.concat_arrays([stage.book.pool, filled(planted.names), filled(planted.persons), filled(planted.domains)])
    values = np.zeros((len(numbers), len(SLOTS)), np.int32)
    for place, slot in enumerate(("name", "own", "site")):
        values[rows, SLOTS.index(slot)] = base + place * n + np.arange(n)
    return Cast(numbers=numbers, ids=pc.cast(pa.array(ids), pa.string()), groups=groups,
                places=numbers - stage.population.column("first")[groups], languages=languages,
                opened=opened_at(stage, numbers, groups=groups), pool=pool, values=values,
                domains=merged([(rows, planted.domains)], len(numbers)), planted=planted, rows=rows)


def account_rows(stage: Stage, some: Cast, recipes: Recipes) -> pa.Table:
    """Rows of `accounts`."""
    chance, roles = stage.chance, [group.role for group in stage.population.groups]
    draws, numbers = chance.draw("account", some.numbers), some.numbers
    followers = quantile(stage, draws, groups=some.groups)
    percent = {name: np.array([getattr(role, name) for role in roles])[some.groups] for name in ("monetised", "verified")}
    country = pa.array(COUNTRIES, pa.string()).take(pa.array(below(chance.draw("country", numbers), len(COUNTRIES))))
    platform = pa.array(PLATFORMS, pa.string()).take(pa.array(np.searchsorted([50, 85], below(again(draws), 100), "right")))
    language = pa.array(stage.book.languages, pa.string()).take(pa.array(some.languages))
    columns = {
        "account_id": some.ids, "handle": handles(stage, some),
        "platform": pc.coalesce(merged([(some.rows, some.planted.platforms)], len(numbers)), platform),
        "display_name": display_names(stage, some, recipes), "bio": bios(stage, some, recipes),
        "website": websites(stage, some),
        "language": pc.if_else(pa.array(happens(again(draws, 2), 94)), language, None),
        "country": pc.if_else(pa.array(happens(again(draws, 3), 70)), country, None),
        "created_at": pa.array(some.opened).cast(ACCOUNTS.schema.field("created_at").type),
        "followers": pa.array(followers), "following": pa.array(below(chance.draw("following", numbers), 900)),
        "verified": pa.array(happens(chance.draw("verified", numbers), percent["verified"])),
        "monetised": pa.array(happens(chance.draw("monetised", numbers), percent["monetised"])),
        "avatar_media_id": pa.nulls(len(numbers), pa.string()),
        "previous_names": pa.nulls(len(numbers), pa.list_(pa.string()))}
    return pa.table([columns[field.name] for field in ACCOUNTS.schema], schema=ACCOUNTS.schema)


def quantile(stage: Stage, draws: Numbers, *, groups: Indices) -> Indices:
    """How many followers each has."""
    kind = np.array([list(FOLLOWERS).index(group.role.followers) for group in stage.population.groups])[groups]
    table = np.array(list(FOLLOWERS.values()), np.int64)
    steps = table.shape[1] - 1
    place = below_too(draws, steps)
    low, high = table[kind, place], table[kind, place + 1]
    found: Indices = low + below(draws, high - low + 1)
    return found


def display_names(stage: Stage, some: Cast, recipes: Recipes) -> pa.StringArray:
    """What each is called."""
    people = person_names(stage.chance, some.numbers, languages=some.languages, book=stage.book)
    pieces = np.zeros((len(some.numbers), WIDTH), np.int32)
    pieces[:, :people.shape[1]] = people
    roles = [group.role for group in stage.population.groups]
    for code, role in enumerate(roles):
        if role.name_as == "person":
            continue
        rows = np.nonzero(some.groups == code)[0]
        pieces[rows] = 0
        if role.name_as in ("name", "bent"):
            pieces[rows, 0] = some.values[rows, SLOTS.index("name")]
        else:
            pieces[rows] = _said(stage, some, recipes, role.name_as, rows)
    return lay(some.pool, pieces)


def _said(stage: Stage, some: Cast, recipes: Recipes, name: str, rows: Indices) -> Pieces:
    """One phrase of a list for each of the rows."""
    codes = np.full(len(rows), recipes.code(name))
    draws = [stage.chance.draw(f"name.{place}", some.numbers[rows]) for place in range(MOST_SENTENCES)]
    speakers = Speakers(chance=stage.chance, field="name", numbers=some.numbers[rows], languages=some.languages[rows],
                        fixed=some.values[rows], book=stage.book)
    return compose(recipes, codes, draws=draws, speakers=speakers)[:, :WIDTH]


def bios(stage: Stage, some: Cast, recipes: Recipes) -> pa.StringArray:
    """What each says about itself."""
    draws = bio_draws(stage, some.numbers)
    codes = options(stage, recipes, "bio", groups=some.groups, draws=stage.chance.draw("option", some.numbers))
    speakers = Speakers(chance=stage.chance, field="bio", numbers=some.numbers, languages=some.languages, fixed=some.values,
                        book=stage.book)
    return lay(some.pool, compose(recipes, codes, draws=draws, speakers=speakers))


def bio_draws(stage: Stage, numbers: Indices) -> list[Numbers]:
    """What decides the sentences of each bio."""
    return [stage.chance.draw(f"bio.{place}", numbers) for place in range(MOST_SENTENCES)]


def options(stage: Stage, recipes: Recipes, attribute: str, *, groups: Indices, draws: Numbers) -> Indices:
    """One of the recipes that the role of each has for its bio or posts; 0 where it has none."""
    said = [getattr(group.role, attribute) for group in stage.population.groups]
    n = np.array([max(1, len(one)) for one in said], np.int64)
    table = np.zeros((len(said), int(n.max())), np.int64)
    for code, one in enumerate(said):
        table[code, :len(one)] = [recipes.code(name) for name in one]
    chosen: Indices = table[groups, below(draws, n[groups])]
    return chosen


def websites(stage: Stage, some: Cast) -> pa.StringArray:
    """The address in each profile."""
    roles = [group.role for group in stage.population.groups]
    kind = np.array([KINDS.index(role.website) for role in roles])[some.groups]
    share = np.array([role.website_share for role in roles])[some.groups]
    draws = stage.chance.draw("website", some.numbers)
    ordinary = np.where(happens(draws, 8), KINDS.index("any"), 0)
    kind = np.where(kind == 0, ordinary, np.where(happens(draws, share), kind, 0))
    kind = np.where((kind == KINDS.index("own")) & ~_valid(some.domains), 0, kind)
    rows = np.nonzero(kind)[0]
    found = addresses(stage, kind[rows], keys=some.numbers[rows].astype(np.uint64), domains=some.domains.take(pa.array(rows)),
                      bare=True)
    return merged([(rows, found)], len(some.numbers))


def _valid(texts: pa.StringArray) -> NDArray[np.bool_]:
    return np.asarray(pc.is_valid(texts).to_numpy(zero_copy_only=False))


def handles(stage: Stage, some: Cast) -> pa.StringArray:
    """The handle of each: a person's, or made from what the account calls itself."""
    people = person_handles(stage.chance, some.numbers, languages=some.languages, book=stage.book,
                            n_accounts=stage.population.n_accounts)
    base = len(some.pool)
    pool = pa.concat_arrays([some.pool, filled(some.planted.bases)])
    pieces = np.concatenate([people, np.zeros((len(people), 1), np.int32)], axis=1)
    roles = [group.role for group in stage.population.groups]
    how = np.array([role.handle_as != "person" for role in roles])[some.planted.groups] & _valid(some.planted.bases)
    for code in np.unique(some.planted.groups[how]):
        mine = np.nonzero(how & (some.planted.groups == code))[0]
        rows = some.rows[mine]
        pieces[rows] = 0
        pieces[rows, 0] = base + mine
        if roles[code].handle_as != "own":
            pieces[rows, 1:5] = _ending(stage, some, roles[code].handle_as, mine)
    return lay(pool, pieces)


def _ending(stage: Stage, some: Cast, name: str, mine: Indices) -> Pieces:
    """What follows the base of a handle, so that no two of a role with the same base are equal."""
    numbers, roles = some.planted.numbers[mine], [group.role.handle_as for group in stage.population.groups]
    alike = [code for code, how in enumerate(roles) if how == name]
    nth = some.planted.nth[mine] if name == "bent" else (
        some.planted.nth[mine] * len(alike) + alike.index(int(some.planted.groups[mine[0]])))
    book, languages = stage.book, some.planted.languages[mine]
    first, n = book.lists["tail"]
    draws = stage.chance.draw("ending", numbers)
    tail = book.phrases[first[languages] + np.minimum(nth, n[languages] - 1), 0]
    digits = number_pieces(nth + np.where(name == "name", 10 + below(draws, 89), 0), book=book)
    if name == "bent":
        return np.concatenate([tail[:, None], np.where((nth >= n[0])[:, None], digits, 0)], axis=1).astype(np.int32)
    if name == "name":
        return np.concatenate([np.zeros((len(mine), 1), np.int32), digits], axis=1).astype(np.int32)
    ending = book.words(name, draws, languages)
    if name == "invented_ending":
        digits = number_pieces(some.places[some.rows[mine]], book=book)
        return np.concatenate([ending[:, None], digits], axis=1).astype(np.int32)
    return np.concatenate([ending[:, None], np.where((nth > 0)[:, None], digits, 0)], axis=1).astype(np.int32)


def account_truth(stage: Stage, some: Cast) -> pa.Table:
    """Rows of the truth about accounts."""
    roles = [group.role for group in stage.population.groups]
    groups = pa.array(some.groups)

    def of_role(values: list[str | None]) -> pa.StringArray:
        return pa.array(values, pa.string()).take(groups)

    n = len(some.numbers)
    return pa.table({
        "account_id": some.ids, "kind": of_role([role.kind for role in roles]),
        "harm": of_role([role.harm and str(role.harm) for role in roles]), "role": of_role([role.label for role in roles]),
        "operator": merged([(some.rows, some.planted.operators)], n),
        "holder_id": merged([(some.rows, some.planted.holder_ids)], n),
        "language": pa.array(stage.book.languages, pa.string()).take(pa.array(some.languages)),
        "script": pa.array(stage.book.scripts, pa.string()).take(pa.array(some.languages)),
        "other_harms": of_role(["+".join(role.other_harms) or None for role in roles])}, schema=TRUTH)
