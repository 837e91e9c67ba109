"""Synthetic presenters: media that a generative model made, in the form of news, without a word that says so.

That a file carries no mark proves nothing and is never evidence: only what a file or the platform states counts. A post that
says what it is, or that the platform labels, is left out before anything is found; one picture on a news account is an
illustration, so without words of a presenter it takes a video or several posts. An account that is proven to be the outlet does
not pose as it.
"""

from __future__ import annotations

from evenhand.detectors.identity import ONE, ZERO
from evenhand.model.detector import Detector
from evenhand.model.harm import Harm
from evenhand.model.media import AiMark, Provenance
from evenhand.model.registry import HolderKind
from evenhand.model.step import Query

MIN_POSTS = 3
"""Posts with such media that make pictures more than an illustration."""
MIN_IDENTITY = 0.5
"""A name that reads as an outlet's less strongly than this is not posing. Nor is an address in a profile: people give all kinds
of sites, and it is the name that a presenter speaks under."""

UNDISCLOSED_MEDIA = Query(
    name="undisclosed_media", inputs=("synthetic_media", "post_ai_disclosures"),
    sentence="media that a model made, in a post that does not say so and that the platform does not label",
    sql="""
    select m.account_id, m.media_id, m.post_id, m.kind, m.shown, m.stated, m.mark, m.provenance
    from synthetic_media m
    left join (select distinct account_id, post_id from post_ai_disclosures) d
      on m.account_id = d.account_id and m.post_id = d.post_id
    where not m.is_labelled and d.post_id is null""")

POSED_OUTLETS = Query(
    name="posed_outlets", inputs=("identity_evidence", UNDISCLOSED_MEDIA.name, "proofs"),
    sentence="a named outlet that an account with such media reads as without proof",
    sql=f"""
    select i.account_id, i.holder_id, i.signal, i."where", i.shown, i.expected, i.strength
    from identity_evidence i
    join (select distinct account_id from {UNDISCLOSED_MEDIA.name} where post_id is not null) m
      on i.account_id = m.account_id
    left join proofs p on i.account_id = p.account_id
    where i.holder_kind = '{HolderKind.MEDIA}' and i."where" in ('display_name', 'handle')
      and i.strength >= {MIN_IDENTITY} and p.account_id is null""")

SUBJECTS = Query(
    name="synthetic_subjects", inputs=(UNDISCLOSED_MEDIA.name, POSED_OUTLETS.name),
    sentence="an account with such media, and the outlet it reads as, if there is one",
    sql=f"""
    select distinct m.account_id, coalesce(o.holder_id, '') as holder_id
    from {UNDISCLOSED_MEDIA.name} m
    left join (select distinct account_id, holder_id from {POSED_OUTLETS.name}) o on m.account_id = o.account_id
    where m.post_id is not null""")


def _words(inner: str) -> str:
    """The evidence `inner` for each subject it is about."""
    return f"""
    select e.account_id, s.holder_id, e.family, e.signal, e."where", e.post_id, e.shown, '' as expected, '' as source,
           e.strength
    from ({inner}) e join {SUBJECTS.name} s on e.account_id = s.account_id"""


EVIDENCE = Query(
    name="synthetic_presenter_evidence", sentence="all evidence for synthetic presenters",
    inputs=(UNDISCLOSED_MEDIA.name, POSED_OUTLETS.name, SUBJECTS.name, "presenter_claims", "claims", "news_formats"),
    sql=f"""
    select m.account_id, s.holder_id, 'provenance' as family,
           case when m.mark = '{AiMark.C2PA}' then 'model_by_manifest'
                when m.mark in ('{AiMark.XMP}', '{AiMark.AIGC_LABEL}') then 'model_by_metadata'
                when m.mark = 'platform' then 'model_by_platform' else 'model_by_settings' end as signal,
           coalesce(m.post_id, 'avatar') as "where", m.post_id, m.shown, m.stated as expected, m.provenance as source,
           cast(case when m.mark = '{AiMark.C2PA}' and m.provenance = '{Provenance.TRUSTED}' then 0.97
                     when m.mark = '{AiMark.C2PA}' then 0.95
                     when m.mark in ('{AiMark.XMP}', '{AiMark.AIGC_LABEL}', 'platform') then 0.9
                     else 0.85 end as double) as strength
    from {UNDISCLOSED_MEDIA.name} m join {SUBJECTS.name} s on m.account_id = s.account_id
    union all
    select account_id, holder_id, 'identity' as family, signal, "where", cast(null as varchar) as post_id, shown, expected,
           holder_id as source, strength
    from {POSED_OUTLETS.name}
    union all""" + _words("""
        select account_id, 'claim' as family, 'claims_presenter' as signal, "where", cast(null as varchar) as post_id, shown,
               cast(0.9 as double) as strength
        from presenter_claims where kind = 'presenter'
        union all
        select account_id, 'claim' as family, 'claims_news' as signal, "where", cast(null as varchar) as post_id, shown,
               cast(0.6 as double) as strength
        from claims where claim = 'news_media' and stance = 'is'""") + """
    union all""" + _words(f"""
        select f.account_id, 'content' as family,
               case f.kind when 'presenter' then 'speaks_as_presenter' else 'news_format' end as signal,
               f.post_id as "where", f.post_id, f.shown,
               cast(case f.kind when 'presenter' then 0.85 else 0.7 end as double) as strength
        from news_formats f
        join (select distinct account_id, post_id from {UNDISCLOSED_MEDIA.name}) m
          on f.account_id = m.account_id and f.post_id = m.post_id"""))

EXTENT = Query(
    name="synthetic_extent", inputs=(UNDISCLOSED_MEDIA.name,),
    sentence="how many posts of an account hold such media, and whether one of these is a video",
    sql=f"""select account_id, count(distinct post_id) as n_posts,
                   max(case when kind = 'video' then 1 else 0 end) as n_videos
            from {UNDISCLOSED_MEDIA.name} where post_id is not null group by account_id""")

FOUND = Query(
    name="synthetic_presenter_found", inputs=(EVIDENCE.name, EXTENT.name, "holders"),
    sentence="accounts that show media made by a model as news, or as a named outlet, and do not say so",
    sql=f"""
    select f.account_id, f.holder_id, h.kind as holder_kind, h.country as holder_country,
           round(f.provenance * ({ONE} - ({ONE} - f.claim) * ({ONE} - f.content) * ({ONE} - f.identity)), 4) as confidence,
           f.identity as best_similarity, f.identity as name_weight
    from (select account_id, holder_id,
                 coalesce(max(case when family = 'provenance' then strength end), {ZERO}) as provenance,
                 coalesce(max(case when family = 'identity' then strength end), {ZERO}) as identity,
                 coalesce(max(case when family = 'claim' then strength end), {ZERO}) as claim,
                 coalesce(max(case when family = 'content' then strength end), {ZERO}) as content,
                 max(case when signal = 'speaks_as_presenter' then 1 else 0 end) as n_spoken,
                 count(distinct family) as n_families
          from {EVIDENCE.name} group by account_id, holder_id) f
    join {EXTENT.name} x on f.account_id = x.account_id
    left join holders h on f.holder_id = h.holder_id
    where f.n_families >= 2 and f.provenance > 0.0
      and (f.identity > 0.0 or x.n_videos = 1 or x.n_posts >= {MIN_POSTS} or f.n_spoken = 1)""")

DETECTOR = Detector(
    name="synthetic_presenter", harm=Harm.SYNTHETIC_PRESENTER, version=1,
    steps=(UNDISCLOSED_MEDIA, POSED_OUTLETS, SUBJECTS, EVIDENCE, EXTENT, FOUND),
    found=FOUND.name, evidence=EVIDENCE.name, suspects=(EVIDENCE.name,),
    sentence="shows media that a model made in the form of news, or as a named outlet, and says nowhere that it did")
