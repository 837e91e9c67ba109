"""Hosts that many share: what one of them is, says nothing about the others who have a page or a file there.

Hosts below which everybody gets a host of their own (`github.io`, `pages.dev`) are public suffixes and need no place here.
"""

from __future__ import annotations

from evenhand.model.step import Query

SHORTENERS = (
    "adf.ly", "b23.tv", "bit.do", "bit.ly", "bitly.com", "bl.ink", "buff.ly", "clck.ru", "cutt.ly", "dlvr.it", "dwz.cn",
    "fb.me", "goo.gl", "hubs.ly", "ift.tt", "is.gd", "j.mp", "kutt.it", "lnkd.in", "me2.do", "naver.me", "ow.ly", "qr.ae",
    "rb.gy", "rebrand.ly", "reurl.cc", "s.id", "short.gy", "shorturl.at", "shrtco.de", "snip.ly", "soo.gd", "sor.bz",
    "suo.im", "t.cn", "t.co", "t.ly", "tiny.cc", "tiny.one", "tinyurl.com", "tr.im", "trib.al", "u.to", "url.cn", "urlz.fr",
    "v.gd", "v.ht", "vk.cc", "vo.la", "w.wiki", "wp.me", "x.gd", "xurl.es", "youtu.be", "zpr.io")
"""Hosts where everybody may shorten a link, or whose links a platform shortens by itself."""
PLATFORMS = (
    "1drv.ms", "actionnetwork.org", "airtable.com", "amazon.com", "amazonaws.com", "app.box.com", "apple.com", "archive.org",
    "archive.ph", "avaaz.org", "beacons.ai", "bing.com", "bitbucket.org", "blog.naver.com", "box.com", "bsky.app",
    "bundestag.de", "campact.de", "cdn.discordapp.com", "change.org", "chng.it", "dailymotion.com", "discord.com",
    "discord.gg", "discordapp.com", "docs.google.com", "drive.google.com", "dropbox.com", "ebay.com",
    "epetitionen.bundestag.de", "etsy.com", "eventbrite.com", "facebook.com", "feishu.cn", "firebasestorage.googleapis.com",
    "flickr.com", "forms.gle", "forms.office.com", "gist.github.com", "github.com", "gitlab.com", "gofundme.com",
    "google.com", "googleapis.com", "groups.google.com", "imgur.com", "instagram.com", "ipfs.io", "issuu.com", "jotform.com",
    "kakao.com", "ko-fi.com", "line.me", "linkedin.com", "linktr.ee", "live.com", "m.facebook.com", "maps.google.com",
    "mastodon.social", "mediafire.com", "medium.com", "mega.nz", "microsoft.com", "naver.com", "notion.so", "office.com",
    "ok.ru", "onedrive.live.com", "open.spotify.com", "openpetition.de", "openpetition.eu", "openpetition.org",
    "parliament.uk", "pastebin.com", "patreon.com", "paypal.com", "petition.parliament.uk", "pinterest.com", "qq.com",
    "quora.com", "raw.githubusercontent.com", "reddit.com", "rumble.com", "scribd.com", "sites.google.com", "slideshare.net",
    "soundcloud.com", "spotify.com", "storage.googleapis.com", "substack.com", "surveymonkey.com", "t.me", "telegra.ph",
    "telegram.me", "telegram.org", "threads.net", "tiktok.com", "translate.google.com", "trello.com", "tumblr.com",
    "twitch.tv", "twitter.com", "typeform.com", "vimeo.com", "vk.com", "wa.me", "weact.campact.de", "web.archive.org",
    "weibo.com", "weixin.qq.com", "wetransfer.com", "whatsapp.com", "wikimedia.org", "wikipedia.org", "wordpress.com",
    "x.com", "yahoo.com", "youtube.com", "zhihu.com")
"""Hosts where everybody may have a page, a file, a form or a petition, and those of stores and search."""
SHARED_HOSTS = tuple(sorted({*SHORTENERS, *PLATFORMS}))
"""A list that names one of them as a whole would name every link that leads there; and none is a group's own address."""


_WRITTEN = tuple(f"{www}{host}" for host in SHARED_HOSTS for www in ("", "www."))
"""Each with and without `www.`."""
HOSTS_OF_MANY = Query(name="shared_hosts", inputs=(), sentence="a host that many share, with or without `www.`",
                      sql="select * from (values " + ", ".join(f"('{host}')" for host in _WRITTEN) + ") as s(host)")


def shared_hosts() -> str:
    """`SHARED_HOSTS` as an SQL list of texts, with and without `www.`, for a platform step, which reads no such step."""
    return ", ".join(f"'{host}'" for host in _WRITTEN)
