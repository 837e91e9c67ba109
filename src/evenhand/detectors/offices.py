"""Which offices an account claims and a registered official holds: a mayor is not taken for the senator of the same name.

Two people who share a name must not be taken for one another. Where the office that an account claims is of another kind
than the one in the register, and nothing in its profile names one of that kind, it claims to be somebody else.
"""

from __future__ import annotations

from evenhand.model.registry import HolderKind
from evenhand.model.step import Query

OFFICE_WORDS = {
    "congress": (
        "senator", "senador", "sénat", "senatrice", "сенатор", "سينات", "سیناتور", "seneta", "sanata", "represent",
        "congress", "congres", "kongres", "конгресс", "legislator", "lawmaker", "assembly", "delegate", "deputy of",
        "diputad", "deputad", "deputat", "député", "депутат", "poseł", "posłan", "poslan", "abgeordnet", "議員",
        "议员", "立法委員", "立委", "의원", "국회", "kansanedustaja", "stortings", "riksdag", "folketing",
        "kamerlid", "milletvekil", "anggota dpr", "نائب", "عضو", "نماینده", "חבר ה", "חברת ה", "βουλευτ", "सांसद",
        "विधायक", "সংসদ", "đại biểu", "สมาชิกสภา"),
    "parliament": (
        "parliament", "mp for", "msp for", "mep for", "mla for", "parlament", "bundestag", "mdb", "mdl",
        "national assembly", "house of representatives", "diputad", "deputad", "deputat", "député", "депутат",
        "poseł", "posłan", "poslan", "abgeordnet", "議員", "议员", "의원", "국회", "milletvekil", "anggota dpr",
        "نائب", "عضو", "نماینده", "חבר ה", "חברת ה", "βουλευτ", "सांसद", "সংসদ", "đại biểu", "สมาชิกสภา", "mbunge"),
    "mayor": (
        "mayor", "alcald", "intendente", "prefeit", "maire", "bürgermeister", "sindac", "burgemeester",
        "borgmester", "ordfører", "pormestari", "linnapea", "burmistrz", "wójt", "prezydent miasta", "starost",
        "primátor", "primar", "gradonačelnik", "župan", "polgármester", "δήμαρχος", "мэр", "глава города",
        "міський голова", "кмет", "градоначалник", "belediye başkan", "رئيس البلدية", "شهردار", "ראש העיר",
        "ראש עיריית", "महापौर", "মেয়র", "wali kota", "walikota", "bupati", "市長", "市长", "区長", "縣長", "县长",
        "구청장", "군수", "시장", "นายกเทศมนตรี"),
    "council": (
        "councillor", "councilwoman", "councilman", "councilmember", "council member", "alderman", "cllr",
        "concejal", "regidor", "vereador", "conseiller municipal", "conseillère municipale", "stadtrat",
        "stadträtin", "consigliere comunale", "assessore", "wethouder", "gemeenteraad", "radny", "radna", "市議会",
        "区議会", "町議会", "村議会", "區議員", "시의원", "구의원", "पार्षद", "kaupunginvaltuutettu"),
    "governor": (
        "governor", "gobernador", "governador", "gouverneur", "губернатор", "vali", "محافظ", "استاندار", "राज्यपाल",
        "gubernur", "県知事", "都知事", "府知事", "省长", "도지사", "ผู้ว่าราชการ"),
    "minister": (
        "minist", "secretary of", "secretario de estado", "secrétaire d'état", "staatssekret", "министр", "міністр",
        "bakan", "وزير", "وزیر", "שר ה", "मंत्री", "মন্ত্রী", "menteri", "bộ trưởng", "大臣", "部长", "部長",
        "장관", "รัฐมนตรี"),
    "abroad": (
        "ambassador", "embajador", "embaixador", "ambassad", "botschafter", "посол", "سفير", "سفیر", "büyükelçi",
        "大使", "대사", "consul", "high commissioner"),
    "law": (
        "sheriff", "attorney", "prosecutor", "justice", "judge", "chief of police", "police commissioner"),
}
"""Words of each kind of office, as they stand in a register or in a profile. A word that means two kinds stands in both,
and an office with no such word is of no known kind, which says nothing about anybody."""
STUDENT_WORDS = ("student", "estudiant", "étudiant", "studierend", "студен", "学生", "學生", "학생", "model un",
                 "youth parliament", "mock ")
NEARBY = 30
"""Characters after a claimed office within which such a word makes it an office among students, as in "Senator in the
Student Union"."""


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


_WORDS = ", ".join(f"('{kind}', {_quoted(word)})" for kind, words in OFFICE_WORDS.items() for word in dict.fromkeys(words))
_AMONG_STUDENTS = " or ".join(f"contains(c.beside, {_quoted(word)})" for word in STUDENT_WORDS)

WORDS = Query(name="office_words", inputs=(), sentence="a word of a kind of office",
              sql=f"select * from (values {_WORDS}) as w(kind, word)")

KINDS = Query(
    name="office_kinds", inputs=("holders", WORDS.name), sentence="a registered official and a kind of the office held",
    sql=f"""
    with offices as (select distinct lower(office) as office from holders where kind = '{HolderKind.OFFICIAL}'),
    kinds as (select distinct o.office, w.kind from offices o join {WORDS.name} w on contains(o.office, w.word))
    select h.holder_id, k.kind from holders h join kinds k on lower(h.office) = k.office
    where h.kind = '{HolderKind.OFFICIAL}'""")

OTHER_OFFICES = Query(
    name="other_offices", inputs=("claims", "candidates", "identity_evidence", "holders", WORDS.name, KINDS.name),
    sentence="an official's namesake who claims an office of another kind than the one in the register",
    sql=f"""
    with claimed as (
        select distinct c.account_id, lower(c.shown) as shown, lower(coalesce(a.display_name, '') || ' ' || a.bio) as said,
               substr(lower(a.bio), strpos(lower(a.bio), lower(c.shown)), length(c.shown) + {NEARBY}) as beside
        from claims c join candidates a on c.account_id = a.account_id
        where c.claim = 'office' and c.stance = 'is' and c."where" = 'bio'),
    pairs as (
        select distinct i.account_id, i.holder_id
        from identity_evidence i join (select distinct account_id from claimed) c on i.account_id = c.account_id
        join holders h on i.holder_id = h.holder_id
        where i.holder_kind = '{HolderKind.OFFICIAL}' and h.office is not null),
    held as (select p.account_id, p.holder_id, k.kind from pairs p join {KINDS.name} k on p.holder_id = k.holder_id),
    known as (select distinct c.account_id from claimed c join {WORDS.name} w on contains(c.shown, w.word)),
    said as (select distinct c.account_id, w.kind from claimed c join {WORDS.name} w on contains(c.said, w.word)),
    fitting as (
        select distinct h.account_id, h.holder_id
        from held h join said s on h.account_id = s.account_id and h.kind = s.kind)
    select distinct h.account_id, h.holder_id
    from held h join known k on h.account_id = k.account_id
    left join fitting f on h.account_id = f.account_id and h.holder_id = f.holder_id
    where f.account_id is null
    union
    select distinct p.account_id, p.holder_id
    from pairs p join claimed c on p.account_id = c.account_id
    where {_AMONG_STUDENTS}""")

OFFICES = (WORDS, KINDS, OTHER_OFFICES)
"""The steps that find them; the first two read registers alone, so that an engine does them once for many buckets."""
