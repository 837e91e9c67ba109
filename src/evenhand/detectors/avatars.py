"""Evidence from profile pictures: a copy of a registered holder's.

A copied picture belongs to the family `identity`, as a name does: it says who an account looks like. It makes a name that reads
as the same holder's weigh more, and is never a second family beside that name. Alone it is too weak for any policy, since fans,
critics and offices show the same picture.
"""

from __future__ import annotations

from evenhand.model.step import Query

PICTURE_ALONE = 0.4
"""What a copied picture says without a name that reads as the holder's: less than any shipped policy asks for."""
WITH_NAME = 0.5
"""How much of the doubt that the name leaves a copied picture takes away."""

AVATAR_EVIDENCE = Query(
    name="avatar_evidence", inputs=("avatar_matches", "name_matches"),
    sentence="a profile picture that looks like a registered holder's, stronger where the name reads as the same holder's",
    sql=f"""
    select m.account_id, m.holder_id, 'identity' as family, 'avatar_copies' as signal, 'avatar' as "where",
           cast(null as varchar) as post_id, m.shown, m.holder_picture as expected, m.holder_id as source,
           case when n.account_id is null then cast({PICTURE_ALONE} as double) * m.weight
                else cast(1 as double) - (cast(1 as double) - n.strength)
                                         * (cast(1 as double) - cast({WITH_NAME} as double) * m.weight) end as strength,
           m.holder_kind, cast(null as double) as similarity, cast(null as double) as weight
    from avatar_matches m
    left join (select account_id, holder_id, max(similarity * weight) as strength from name_matches
               where account_id in (select account_id from avatar_matches) group by account_id, holder_id) n
      on m.account_id = n.account_id and m.holder_id = n.holder_id""")
