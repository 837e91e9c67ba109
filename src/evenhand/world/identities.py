"""Identities: whose name each planted account bears or speaks about, how it bends it, and where its site is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.world.chance import Chance, Indices, Numbers, below
from evenhand.world.mosaic import filled, lay, merged
from evenhand.world.operators.bend import ADDRESSES, HANDLES, NAMES, Operators, bend
from evenhand.world.people import person_names
from evenhand.world.phrases import Phrasebook, fill
from evenhand.world.population import Population
from evenhand.world.targets import Targets, language_codes
from evenhand.world.texts import slot_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """All accounts of a bucket that are not just ordinary people; one row each."""

    numbers: Indices
    groups: Indices
    nth: Indices
    """How many accounts of the same role before it took the same name."""
    languages: Indices
    holder_ids: pa.StringArray
    names: pa.StringArray
    """What it calls itself, or whom it speaks about."""
    persons: pa.StringArray
    """The name of the person behind it."""
    bases: pa.StringArray
    """What its handle is made of; null for a person's."""
    domains: pa.StringArray
    """The domain that it has, or pretends to have, or speaks about."""
    operators: pa.StringArray
    """How its name, handle and domain were bent; null where nothing was."""
    platforms: pa.StringArray
    """Where a holder's own account is registered; null where any will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What every account is made from."""

    chance: Chance
    population: Population
    book: Phrasebook
    targets: Targets

    def of_groups(self, test: Callable[[str], bool], attribute: str) -> np.ndarray:
        """For which groups a text of their role passes the test."""
        return np.array([test(str(getattr(group.role, attribute))) for group in self.population.groups])


def languages_of(stage: Stage, numbers: Indices, *, groups: Indices) -> Indices:
    """The language of each account, the same in a ring, unless its target's name has one."""
    weights = stage.book.weights
    ring = np.array([group.role.ring for group in stage.population.groups], np.int64)[groups]
    places = numbers - stage.population.column("first")[groups]
    keys = np.where(ring > 0, (groups << 40) + places // np.maximum(ring, 1), numbers)
    drawn = below(stage.chance.draw("language", keys), int(weights.sum()))
    found: Indices = np.searchsorted(np.cumsum(weights), drawn, side="right").astype(np.int64)
    return found


def identify(stage: Stage, numbers: Indices, *, groups: Indices, languages: Indices) -> Planted:
    """The identities of planted accounts. Languages of those with a holder's name may become the name's."""
    places = numbers - stage.population.column("first")[groups]
    found = _Found(stage, numbers, groups=groups, places=places, languages=languages.copy())
    for code in np.unique(groups):
        found.take(code, np.nonzero(groups == code)[0])
    persons = filled(lay(stage.book.pool, person_names(stage.chance, numbers, languages=found.languages, book=stage.book)))
    names = pc.coalesce(found.column("name"), persons)
    words = _words(stage, numbers, found.languages)
    bent_rows = np.nonzero(stage.of_groups(lambda how: how == "bent", "name_as")[groups])[0]
    draws = [stage.chance.draw(f"bend.{what}", numbers) for what in ("name", "handle", "address")]
    names, name_ops = _bent(NAMES, names, bent_rows, draws=draws[0], words=words)
    bases, base_ops = _bent(HANDLES, found.column("base"), bent_rows, draws=draws[1], words=words)
    site_rows = np.nonzero((stage.of_groups(lambda to: to == "lookalike", "website")
                            | stage.of_groups(lambda to: to == "lookalike", "link"))[groups])[0]
    domains = pc.coalesce(found.column("domain"), _from_base(found.column("base")))
    domains, site_ops = _bent(ADDRESSES, domains, site_rows, draws=draws[2], words=words)
    operators = pc.replace_substring_regex(
        pc.binary_join_element_wise(filled(name_ops), filled(base_ops), filled(site_ops), "+"), r"^\+*$|\++$", "")
    return Planted(
        numbers=numbers, groups=groups, nth=found.nth, languages=found.languages, holder_ids=found.column("holder_id"),
        names=names, persons=persons, bases=_free(stage, bases, groups), domains=domains,
        operators=pc.if_else(pc.equal(operators, ""), None, operators), platforms=found.column("platform"))


class _Found:
    """What the registers and the lists of bodies give to accounts, group by group."""

    def __init__(self, stage: Stage, numbers: Indices, *, groups: Indices, places: Indices, languages: Indices) -> None:
        self.stage, self.numbers, self.groups, self.places, self.languages = stage, numbers, groups, places, languages
        self.nth = np.zeros(len(numbers), np.int64)
        self.parts: dict[str, list[tuple[Indices, pa.StringArray]]] = {
            name: [] for name in ("holder_id", "name", "base", "domain", "platform")}

    def column(self, name: str) -> pa.StringArray:
        return merged(self.parts[name], len(self.numbers))

    def take(self, code: int, rows: Indices) -> None:
        """The identities of one group."""
        role = self.stage.population.groups[code].role
        what, _, kinds = role.identity.partition(":")
        if what == "body":
            self._invent(rows, kinds=kinds)
        elif what != "person":
            self._take_names(rows, kinds=kinds, role=role.name, is_own=what == "own")

    def _take_names(self, rows: Indices, *, kinds: str, role: str, is_own: bool) -> None:
        targets, stage = self.stage.targets, self.stage
        table = targets.own if is_own else targets.names
        among = np.arange(len(table)) if is_own else targets.rows(kinds)
        chosen, self.nth[rows] = targets.walk(len(among), self.places[rows], chance=stage.chance, field=f"targets.{role}")
        chosen = among[chosen]
        some = table.take(pa.array(chosen)).combine_chunks()
        for name, parts in self.parts.items():
            if name in some.column_names:
                parts.append((rows, some.column(name).combine_chunks()))
        known = language_codes(some, stage.book.codes)
        self.languages[rows] = np.where(known >= 0, known, self.languages[rows])

    def _invent(self, rows: Indices, *, kinds: str) -> None:
        stage, numbers, languages = self.stage, self.numbers[rows], self.languages[rows]
        values = slot_values(stage.chance, "body", numbers, languages=languages, book=stage.book)
        draws = stage.chance.draw(f"body.{kinds}", numbers)
        phrases = stage.book.phrases[stage.book.choose(f"body_{kinds}", draws, languages)]
        self.parts["name"].append((rows, lay(stage.book.pool, fill(phrases, values))))
        bases = stage.book.words("invented_base", draws, languages)[:, None].astype(np.int32)
        self.parts["base"].append((rows, lay(stage.book.pool, bases)))


def _words(stage: Stage, numbers: Indices, languages: Indices) -> pa.StringArray:
    """A word such as "official" in the language of each."""
    pieces = stage.book.words("word", stage.chance.draw("added", numbers), languages)
    return stage.book.pool.take(pa.array(pieces))


def _bent(operators: Operators, texts: pa.StringArray, rows: Indices, *, draws: Numbers,
          words: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    """The texts with those of the given rows bent, and the name of the operator for each of these."""
    if not len(rows):
        return texts, pa.nulls(len(texts), pa.string())
    some = filled(texts.take(pa.array(rows)))
    bent, which = bend(operators, some, draws=draws[rows], words=words.take(pa.array(rows)))
    others = np.setdiff1d(np.arange(len(texts)), rows)
    names = pa.array(operators.names).take(pa.array(which))
    return (merged([(rows, bent), (others, texts.take(pa.array(others)))], len(texts)),
            merged([(rows, names)], len(texts)))


def _from_base(bases: pa.StringArray) -> pa.StringArray:
    """The domain that a body without one would have."""
    return pc.binary_join_element_wise(pc.utf8_lower(bases), ".com", "")


def _free(stage: Stage, bases: pa.StringArray, groups: Indices) -> pa.StringArray:
    """Handles that no holder has: an underscore follows those that are registered, unless they are the holder's own."""
    is_own = stage.of_groups(lambda how: how == "own", "handle_as")[groups]
    taken = pc.and_(pc.is_in(pc.utf8_lower(bases), stage.targets.handles), pa.array(~is_own))
    return pc.if_else(taken, pc.binary_join_element_wise(bases, "_", ""), bases)
