"""Reads a policy's `[[case]]` tables: what it must catch and what it must spare."""

from __future__ import annotations

from evenhand.model.policy_case import (
    CaseAccount,
    CaseCredential,
    CaseFactCheck,
    CaseMedia,
    CaseOthers,
    CasePost,
    CaseTopic,
    Expectation,
    PolicyCase,
)
from evenhand.policy.cases.keys import (
    ACCOUNT_KEYS,
    CASE_KEYS,
    CREDENTIAL_KEYS,
    FACT_CHECK_KEYS,
    MEDIA_KEYS,
    OTHERS_KEYS,
    POST_KEYS,
    TOPIC_KEYS,
)
from evenhand.policy.nearest import suggestion
from evenhand.policy.table_reader import TableReader


def read_cases(reader: TableReader, guards: tuple[str, ...]) -> tuple[PolicyCase, ...]:
    """The cases in the order of the file. Mistakes go to the reader's problems; such a case is left out."""
    tables = reader.tables("case", CASE_KEYS)
    cases: list[PolicyCase] = []
    for table in tables:
        case = _case(table, guards)
        if case is None:
            continue
        if any(case.name == other.name for other in cases):
            table.wrong("name", f"the case `{case.name}` stands here a second time", "give it another name")
        cases.append(case)
    if len(cases) == len(tables) and reader.has("case"):
        if not any(case.expect.is_finding for case in cases):
            reader.wrong("case", "no case shows what the policy must catch", 'add one with expect = "finding"', at_key=True)
        if all(case.expect.guard is None for case in cases):
            reader.wrong("case", "no case shows whom the policy must spare",
                         f'add one with expect = "spared:{guards[0] if guards else "disclosure"}"', at_key=True)
    return tuple(cases)


def _case(table: TableReader, guards: tuple[str, ...]) -> PolicyCase | None:
    account = table.table("account", ACCOUNT_KEYS)
    posts = [_post(post) for post in table.tables("posts", POST_KEYS)]
    media = [_media(one, n_posts=len(posts)) for one in table.tables("media", MEDIA_KEYS)]
    held = tuple(CaseCredential(
        profession=one.text("profession"), status=one.text("status"), expires_at=one.time("expires_at"))
        for one in table.tables("credentials", CREDENTIAL_KEYS))
    topics = [CaseTopic(topic=one.text("topic"), began_at=one.time("began_at"), ended_at=one.time("ended_at"))
              for one in table.tables("topics", TOPIC_KEYS)]
    others = [_others(other) for other in table.tables("others", OTHERS_KEYS)]
    expect = _expectation(table, guards)
    if account is None or expect is None or not table.is_right:
        return None
    swaps = table.yes_no("swap")
    return PolicyCase(name=table.text("name"), account=_account(account), posts=tuple(posts), expect=expect,
                      media=tuple(media), credentials=held, topics=tuple(topics),
                      follows=table.texts("follows"), followed_at=table.time("followed_at"),
                      others=tuple(other for other in others if other is not None),
                      swaps=swaps is not False, place=table.place("name"))


def _account(table: TableReader) -> CaseAccount:
    return CaseAccount(
        handle=table.text_or_none("handle", is_raw=True) or "", display_name=table.text_or_none("display_name", is_raw=True),
        bio=table.text_or_none("bio", is_raw=True), website=table.text_or_none("website", is_raw=True),
        platform=table.text_or_none("platform"), language=table.text_or_none("language"),
        country=table.text_or_none("country"), created_at=table.time("created_at"),
        followers=table.number_or_none("followers"), following=table.number_or_none("following"),
        verified=table.yes_no("verified"), monetised=table.yes_no("monetised"),
        previous_names=table.texts("previous_names") or None)


def _others(table: TableReader) -> CaseOthers | None:
    account = table.table("account", ACCOUNT_KEYS)
    if account is None:
        return None
    return CaseOthers(
        copies=table.number("copies", 1), account=_account(account),
        posts=tuple(_post(post) for post in table.tables("posts", POST_KEYS)), hours_apart=table.number("hours_apart"),
        seconds_apart=table.number_or_none("seconds_apart"), follows=table.texts("follows"),
        followed_at=table.time("followed_at"))


def _post(table: TableReader) -> CasePost:
    return CasePost(text=table.text_or_none("text", is_raw=True) or "", links=table.texts("links"),
                    leads_to=table.texts("leads_to"),
                    language=table.text_or_none("language"), created_at=table.time("created_at"),
                    shares=table.number_or_none("shares"), views=table.number_or_none("views"),
                    sponsored=table.yes_no("sponsored"))


def read_fact_checks(reader: TableReader) -> tuple[CaseFactCheck, ...]:
    """The fact-checks that the cases are about, in the order of the file. Mistakes go to the reader's problems."""
    return tuple(CaseFactCheck(
        claim=table.text("claim"), publisher=table.text("publisher"), publisher_site=table.text("publisher_site"),
        rating=table.text("rating"), language=table.text_or_none("language"), published_at=table.time("published_at"),
        state_affiliated=table.yes_no("state_affiliated"))
        for table in reader.tables("fact_check", FACT_CHECK_KEYS) if table.is_right)


def _media(table: TableReader, *, n_posts: int) -> CaseMedia:
    post = table.number_or_none("post")
    if post is not None and post > n_posts:
        table.wrong("post", f"there is no post {post}", f"the case has {n_posts}" if n_posts else "the case has no posts")
    return CaseMedia(
        post=post, kind=table.text_or_none("kind"), path=table.text_or_none("path"), pdq=table.text_or_none("pdq"),
        pdq_quality=table.number_or_none("pdq_quality"), text=table.text_or_none("text", is_raw=True),
        digital_source_type=table.text_or_none("digital_source_type"), provenance=table.text_or_none("provenance"),
        ai_mark=table.text_or_none("ai_mark"), generator=table.text_or_none("generator"), ai_label=table.yes_no("ai_label"))


def _expectation(table: TableReader, guards: tuple[str, ...]) -> Expectation | None:
    written = table.text("expect")
    kind, _, guard = written.partition(":")
    if not written:
        return None
    if written in ("finding", "nothing"):
        return Expectation(is_finding=written == "finding")
    if kind != "spared":
        near = suggestion(written, ["finding", "nothing", *(f"spared:{name}" for name in guards)], kind="outcomes")
        table.wrong("expect", f"unknown outcome `{written}`", near)
    elif guard not in guards:
        table.wrong("expect", f"the policy has no guard `{guard}`" if guard else "`spared` needs a guard",
                    suggestion(guard, guards, kind="its guards"))
    else:
        return Expectation(is_finding=False, guard=guard)
    return None
