"""Gathers what a world is made from: roles, phrases of every language, and the names and hosts of the shipped registers."""

from __future__ import annotations

import hashlib
import tomllib
from contextlib import closing
from fractions import Fraction
from importlib import resources
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.connectors.files.embedded import connect, given
from evenhand.workflows.prepared import files_of
from evenhand.world.chance import Chance
from evenhand.world.identities import Stage
from evenhand.world.phrases import read_phrasebook, read_recipes
from evenhand.world.population import populate
from evenhand.world.roles import read_roles
from evenhand.world.targets import OWN, TARGETS, Targets
from evenhand.world.texts import Recipes, tabulate

LANGUAGES = ("en", "es", "pt", "fr", "de", "id", "tr", "ru", "uk", "el", "ar", "fa", "he", "hi", "th", "zh", "ja", "ko")
PLATFORMS = ("twitter", "facebook", "instagram")
LONGEST = 60
"""Longer names are no names that anybody would call an account."""
BASE = r"""left(regexp_replace(coalesce(
    list_filter(h.handles, lambda x: regexp_matches(x.handle, '^[A-Za-z0-9_]{4,}$')
                                     and x.platform not in ('sangiin', 'kr-assembly'))[1].handle,
    nullif(regexp_extract(h.domains[1], '^(?:(?:www|city|town|vill|pref|co|ci)\.)*([a-z0-9-]+)', 1), ''),
    nullif(regexp_replace(strip_accents(h.name), '[^A-Za-z0-9]', '', 'g'), ''),
    h.holder_id), '[^A-Za-z0-9_]', '', 'g'), 24)"""
"""What a handle would begin with: the holder's own handle, else its domain, its name in Latin letters, or its id."""
NAMES = f"""
    with named as (
        select h.holder_id, h.kind, h.domains[1] as domain, {BASE} as base, unnest(h.names) as one
        from holders h where not coalesce(h.is_satire, false) and h.name not like 'github.com/%'
        and not (h.kind = 'military' and h.source = 'github-government' and h.name not like '% %'))
    select holder_id, kind, one.name as name, one.language as language, base, domain,
           row_number() over twins - 1 as twin, count(*) over (partition by lower(base)) as n_twins
    from named
    where one.kind <> 'short' and length(one.name) between 3 and {LONGEST}
      and (one.language is null or one.language not in ('ko-Latn', 'ja-Hira'))
    window twins as (partition by lower(base) order by holder_id, one.name, one.language)
    order by holder_id, name, language"""
SPOKEN = """case when h.country in ('JP') then 'ja' when h.country in ('KR') then 'ko' when h.country in ('FR') then 'fr'
    when h.country in ('MX', 'CO', 'ES', 'PE', 'CL', 'AR', 'VE') then 'es' when h.country in ('BR', 'PT') then 'pt'
    when h.country in ('DE', 'AT') then 'de' when h.country = 'TR' then 'tr' when h.country = 'UA' then 'uk'
    when h.country = 'GR' then 'el' when h.country = 'IL' then 'he' when h.country = 'TH' then 'th'
    when h.country = 'ID' then 'id' else 'en' end"""
"""What a holder's own account speaks; most of the register's holders are American."""
OWN_ACCOUNTS = f"""
    select h.holder_id, h.kind, h.name, {SPOKEN} as language, x.handle as base, h.domains[1] as domain, x.platform
    from (select *, unnest(handles) as x from holders) h
    where x.platform in {PLATFORMS} and length(h.name) between 3 and {LONGEST} and h.name not like 'github.com/%'
    order by h.holder_id, x.platform, x.handle"""
HOSTS = """
    select distinct host from link_lists where label not in ('allow', 'suspicious')
    and host not in (select host from link_lists where label = 'allow') order by host"""
HANDLES = "select distinct lower(x.handle) as handle from (select unnest(handles) as x from holders) order by handle"


def load_stage(scale: Fraction, seed: int) -> tuple[Stage, Recipes]:
    """What every account and post of a world is made from, read from the package."""
    shared = _read("shared")
    book = read_phrasebook(shared, {language: _read(language) for language in LANGUAGES})
    targets = load_targets()
    population = populate(read_roles(_read("roles")), scale=scale, n_holders=len(targets.own))
    return (Stage(chance=Chance(seed=seed), population=population, book=book, targets=targets),
            tabulate(read_recipes(shared["recipes"]), book))


def made_from() -> str:
    """SHA-256 over the phrases, roles and registers of the package: of others the same scale and seed give another world."""
    with resources.as_file(resources.files("evenhand") / "data") as data:
        registers = (f"{name} {hashlib.sha256((data / 'registries' / f'{name}.parquet').read_bytes()).hexdigest()}"
                     for name in ("holders", "link_lists"))
        return hashlib.sha256("\n".join((*files_of(data / "world"), *registers)).encode()).hexdigest()


def load_professions() -> dict[str, list[str]]:
    """The professions that credentials are for, by field."""
    professions: dict[str, list[str]] = _read("shared")["professions"]
    return professions


def load_targets() -> Targets:
    """The names, handles and hosts of the shipped registers, which need no checking: tests do that."""
    with resources.as_file(resources.files("evenhand") / "data" / "registries") as folder:
        holders, link_lists = (pq.read_table(folder / f"{name}.parquet") for name in ("holders", "link_lists"))
    with closing(connect()) as database, given(database, holders, name="holders"), given(
            database, link_lists, name="link_lists"):
        return Targets(names=_table(database, NAMES, TARGETS), own=_table(database, OWN_ACCOUNTS, OWN),
                       hosts=_column(database, HOSTS), handles=_column(database, HANDLES))


def _read(name: str) -> dict[str, Any]:
    file = resources.files("evenhand") / "data" / "world" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _table(database: duckdb.DuckDBPyConnection, sql: str, schema: pa.Schema) -> pa.Table:
    return database.sql(sql).to_arrow_table().select(schema.names).cast(schema).combine_chunks()


def _column(database: duckdb.DuckDBPyConnection, sql: str) -> pa.StringArray:
    return database.sql(sql).to_arrow_table().column(0).combine_chunks().cast(pa.string())
