"""Paid links: addresses that carry who is to be paid for the click, and hosts of affiliate networks and messengers."""

from __future__ import annotations

from evenhand.model.step import Query

PARAMETERS = (
    "aff", "affid", "aff_id", "affiliate", "affiliate_id", "aff_sub", "aff_fcid", "ref_code", "refcode", "referral",
    "referrer_id", "referralcode", "invite_code", "invitecode", "irclickid", "irgwc", "awc", "ascsubtag", "afftrack",
    "subid", "tag", "a_aid", "clickref", "partner_id", "pid_aff", "promo_code", "coupon_code", "discount_code",
    "utm_medium=affiliate")
"""Names of parameters in which shops and networks hand on who led the visitor there. `ref` alone is not among them: pages use
it for the page that one came from."""
NETWORKS = (
    "amzn.to", "shareasale.com", "awin1.com", "zenaps.com", "linksynergy.com", "anrdoezrs.net", "jdoqocy.com",
    "tkqlhce.com", "dpbolvw.net", "kqzyfj.com", "tradedoubler.com", "prf.hn", "pxf.io", "sjv.io", "evyy.net",
    "magik.ly", "rstyle.me", "liketk.it", "shopltk.com", "digistore24.com", "clickbank.net", "hotmart.com",
    "admitad.com", "ad.admitad.com", "s.click.aliexpress.com", "s.click.taobao.com", "u.jd.com", "shope.ee",
    "px.a8.net", "a8.net", "hb.afl.rakuten.co.jp", "ck.jp.ap.valuecommerce.com", "link.coupang.com", "effiliation.com",
    "belboon.de", "financeads.net", "adcell.com", "ekomi.de", "bitli.store", "hepsiburada.link",
    "tracking.publicidees.com")
"""Hosts that only pass visitors on and pay for them, from the networks' own documentation."""
MESSENGERS = (
    "t.me", "telegram.me", "wa.me", "api.whatsapp.com", "chat.whatsapp.com", "line.me", "lin.ee", "m.me", "signal.me",
    "zalo.me", "viber.click", "open.kakao.com", "weixin.qq.com", "u.wechat.com")


def _listed(hosts: tuple[str, ...]) -> str:
    return ", ".join(f"'{host}'" for host in hosts)


PAID_LINKS = Query(
    name="paid_links", inputs=("links", "hops"),
    sentence="a link that hands on who is to be paid for it, or that leads to a messenger",
    sql=f"""
    select distinct account_id, post_id, host, domain,
           case when host in ({_listed(MESSENGERS)}) then 'messenger' else 'referral' end as kind, url as shown
    from (select account_id, post_id, host, domain, url from links where not is_defanged
          union all
          select account_id, post_id, host, domain, url from hops) l
    where (host in ({_listed(MESSENGERS)}) or host in ({_listed(NETWORKS)}) or domain in ({_listed(NETWORKS)})
           or regexp_matches(lower(url), '[?&](?:{"|".join(PARAMETERS[:-1])})=[^&]|{PARAMETERS[-1]}'))""")
