"""The database's schema of 1 July 2025: its fields, their limits and every value that they may take.

Source: the database's own documentation and validation rules (digital-services-act/transparency-database, the second
schema, in force since 1 July 2025 to match Implementing Regulation (EU) 2024/2835). Statements of an earlier day keep the
older labels, so every export names the version it was written for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

VERSION = "2025-07-01"
"""The day since which this schema is in force."""
MAX_PER_CALL = 100
"""Statements that one call takes; it takes all of them or none."""


def _named(prefix: str, names: str) -> tuple[str, ...]:
    """The values that begin with `prefix`, from their names with white space between them."""
    return tuple(prefix + name for name in names.split())


VISIBILITY = tuple(f"DECISION_VISIBILITY_{name}" for name in (
    "CONTENT_REMOVED", "CONTENT_DISABLED", "CONTENT_DEMOTED", "CONTENT_AGE_RESTRICTED", "CONTENT_INTERACTION_RESTRICTED",
    "CONTENT_LABELLED", "OTHER"))
MONETARY = tuple(f"DECISION_MONETARY_{name}" for name in ("SUSPENSION", "TERMINATION", "OTHER"))
PROVISION = tuple(f"DECISION_PROVISION_{name}" for name in (
    "PARTIAL_SUSPENSION", "TOTAL_SUSPENSION", "PARTIAL_TERMINATION", "TOTAL_TERMINATION"))
ACCOUNT = ("DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED")
ACCOUNT_TYPES = ("ACCOUNT_TYPE_BUSINESS", "ACCOUNT_TYPE_PRIVATE")
GROUNDS = ("DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT")
CONTENT_TYPES = tuple(f"CONTENT_TYPE_{name}" for name in (
    "APP", "AUDIO", "IMAGE", "PRODUCT", "SYNTHETIC_MEDIA", "TEXT", "VIDEO", "OTHER"))
CATEGORIES = tuple(f"STATEMENT_CATEGORY_{name}" for name in (
    "ANIMAL_WELFARE", "CONSUMER_INFORMATION", "CYBER_VIOLENCE", "CYBER_VIOLENCE_AGAINST_WOMEN",
    "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", "ILLEGAL_OR_HARMFUL_SPEECH", "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS", "NOT_SPECIFIED_NOTICE", "OTHER_VIOLATION_TC",
    "PROTECTION_OF_MINORS", "RISK_FOR_PUBLIC_SECURITY", "SCAMS_AND_FRAUD", "SELF_HARM",
    "UNSAFE_AND_PROHIBITED_PRODUCTS", "VIOLENCE"))
KEYWORDS = _named("KEYWORD_", """
    ADULT_SEXUAL_MATERIAL AGE_SPECIFIC_RESTRICTIONS AGE_SPECIFIC_RESTRICTIONS_MINORS ANIMAL_HARM BIOMETRIC_DATA_BREACH
    BULLYING_AGAINST_GIRLS CHILD_SEXUAL_ABUSE_MATERIAL CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE
    CONTENT_PROMOTING_EATING_DISORDERS COORDINATED_HARM COPYRIGHT_INFRINGEMENT CYBER_BULLYING_INTIMIDATION CYBER_HARASSMENT
    CYBER_HARASSMENT_AGAINST_WOMEN CYBER_INCITEMENT CYBER_STALKING CYBER_STALKING_AGAINST_WOMEN DATA_FALSIFICATION DEFAMATION
    DESIGN_INFRINGEMENT DISCRIMINATION FEMALE_GENDERED_DISINFORMATION GEOGRAPHIC_INDICATIONS_INFRINGEMENT
    GEOGRAPHICAL_REQUIREMENTS GOODS_SERVICES_NOT_PERMITTED GROOMING_SEXUAL_ENTICEMENT_MINORS HATE_SPEECH HIDDEN_ADVERTISEMENT
    HUMAN_EXPLOITATION HUMAN_TRAFFICKING ILLEGAL_ORGANIZATIONS IMPERSONATION_ACCOUNT_HIJACKING INAUTHENTIC_ACCOUNTS
    INAUTHENTIC_LISTINGS INAUTHENTIC_USER_REVIEWS INCITEMENT_AGAINST_WOMEN INCITEMENT_VIOLENCE_HATRED
    INSUFFICIENT_INFORMATION_ON_TRADERS LANGUAGE_REQUIREMENTS MISINFORMATION_DISINFORMATION MISLEADING_INFO_CONSUMER_RIGHTS
    MISLEADING_INFO_GOODS_SERVICES MISSING_PROCESSING_GROUND NON_CONSENSUAL_IMAGE_SHARING
    NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN NON_CONSENSUAL_MATERIAL_DEEPFAKE NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN
    NONCOMPLIANCE_PRICING NUDITY PATENT_INFRINGEMENT PHISHING PROHIBITED_PRODUCTS PYRAMID_SCHEMES RIGHT_TO_BE_FORGOTTEN
    RISK_ENVIRONMENTAL_DAMAGE RISK_PUBLIC_HEALTH SELF_MUTILATION STALKING SUICIDE TERRORIST_CONTENT TRADE_SECRET_INFRINGEMENT
    TRADEMARK_INFRINGEMENT TRAFFICKING_WOMEN_GIRLS UNLAWFUL_SALE_ANIMALS UNSAFE_CHALLENGES UNSAFE_PRODUCTS VIOLATION_EU_LAW
    VIOLATION_NATIONAL_LAW OTHER""")
TERRITORIES = _named("", "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK")
"""The European Union and the European Economic Area. Greece is GR here, not EL."""
LANGUAGES = _named("", """
    AA AB AE AF AK AM AN AR AS AV AY AZ BA BE BG BI BM BN BO BR BS CA CE CH CO CR CS CU CV CY DA DE DV DZ EE EL EN EO ES ET EU
    FA FF FI FJ FO FR FY GA GD GL GN GU GV HA HE HI HO HR HT HU HY HZ IA ID IE IG II IK IO IS IT IU JA JV KA KG KI KJ KK KL KM
    KN KO KR KS KU KV KW KY LA LB LG LI LN LO LT LU LV MG MH MI MK ML MN MR MS MT MY NA NB ND NE NG NL NN NO NR NV NY OC OJ OM
    OR OS PA PI PL PS PT QU RM RN RO RU RW SA SC SD SE SG SI SK SL SM SN SO SQ SR SS ST SU SV SW TA TE TG TH TI TK TL TN TO TR
    TS TT TW TY UG UK UR UZ VE VI VO WA WO XH YI YO ZA ZH ZU""")
"""ISO 639-1 in capital letters."""
SOURCES = ("SOURCE_ARTICLE_16", "SOURCE_TRUSTED_FLAGGER", "SOURCE_TYPE_OTHER_NOTIFICATION", "SOURCE_VOLUNTARY")
YES_NO = ("Yes", "No")
AUTOMATED_DECISIONS = ("AUTOMATED_DECISION_FULLY", "AUTOMATED_DECISION_PARTIALLY", "AUTOMATED_DECISION_NOT_AUTOMATED")

FIRST_CONTENT, FIRST_APPLICATION, LAST = date(2000, 1, 1), date(2020, 1, 1), date(2038, 1, 1)
"""The earliest days for content and for a decision, and the last day for any date; all of them still allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a statement and what it may hold."""

    name: str
    is_list: bool = False
    is_required: bool = False
    max_chars: int | None = None
    values: tuple[str, ...] = ()
    """Every value that it may take; empty for free text and dates."""
    days: tuple[date, date] | None = None
    """For a date: the first and the last day that it may name."""


FIELDS: tuple[Field, ...] = (
    Field(name="puid", is_required=True, max_chars=500),
    Field(name="decision_visibility", is_list=True, values=VISIBILITY),
    Field(name="decision_visibility_other", max_chars=500),
    Field(name="end_date_visibility_restriction", days=(FIRST_APPLICATION, LAST)),
    Field(name="decision_monetary", values=MONETARY),
    Field(name="decision_monetary_other", max_chars=500),
    Field(name="end_date_monetary_restriction", days=(FIRST_APPLICATION, LAST)),
    Field(name="decision_provision", values=PROVISION),
    Field(name="end_date_service_restriction", days=(FIRST_APPLICATION, LAST)),
    Field(name="decision_account", values=ACCOUNT),
    Field(name="end_date_account_restriction", days=(FIRST_APPLICATION, LAST)),
    Field(name="account_type", values=ACCOUNT_TYPES),
    Field(name="decision_ground", is_required=True, values=GROUNDS),
    Field(name="decision_ground_reference_url", max_chars=500),
    Field(name="illegal_content_legal_ground", max_chars=500),
    Field(name="illegal_content_explanation", max_chars=2000),
    Field(name="incompatible_content_ground", max_chars=500),
    Field(name="incompatible_content_explanation", max_chars=2000),
    Field(name="incompatible_content_illegal", values=YES_NO),
    Field(name="category", is_required=True, values=CATEGORIES),
    Field(name="category_addition", is_list=True, values=CATEGORIES),
    Field(name="category_specification", is_list=True, values=KEYWORDS),
    Field(name="category_specification_other", max_chars=500),
    Field(name="content_type", is_list=True, is_required=True, values=CONTENT_TYPES),
    Field(name="content_type_other", max_chars=500),
    Field(name="content_language", values=LANGUAGES),
    Field(name="content_date", is_required=True, days=(FIRST_CONTENT, LAST)),
    Field(name="content_id_ean"),
    Field(name="territorial_scope", is_list=True, is_required=True, values=TERRITORIES),
    Field(name="application_date", is_required=True, days=(FIRST_APPLICATION, LAST)),
    Field(name="decision_facts", is_required=True, max_chars=5000),
    Field(name="source_type", is_required=True, values=SOURCES),
    Field(name="source_identity", max_chars=500),
    Field(name="automated_detection", is_required=True, values=YES_NO),
    Field(name="automated_decision", is_required=True, values=AUTOMATED_DECISIONS),
)
"""In the order of the columns of the daily dump. The documentation calls `territorial_scope` required although the
database takes statements without it: here it is required."""

STATEMENTS = pa.schema([pa.field(f.name, pa.list_(pa.string()) if f.is_list else pa.string()) for f in FIELDS])
"""Statements as a table; dates are texts such as `2026-11-01`."""

DUMP_COLUMNS = ("uuid", *(f.name for f in FIELDS if f.name != "puid"), "platform_name", "platform_uid", "created_at")
"""The columns of the database's daily dump, in its order. Until the database has given them, `uuid` and `created_at` are
empty."""

DECISION_FIELDS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
"""At least one of these says what the restriction is."""
END_DATES = {"end_date_visibility_restriction": "decision_visibility", "end_date_monetary_restriction": "decision_monetary",
             "end_date_service_restriction": "decision_provision", "end_date_account_restriction": "decision_account"}
"""The end of each kind of restriction, and the field that says what it is."""
