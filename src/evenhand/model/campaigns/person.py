"""How a person is named: in one way, so that nobody is two people by a capital, a space or a letter of another script.

A command believes whoever types a name: that the person is who they say they are is the matter of the service's own sign-in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from evenhand.errors import ConfigError, Problem

_ALIKE = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC"})
"""Scripts with letters that look like one another's (Unicode TS 39, section 4)."""


_AS_LATIN = str.maketrans("асеһіјорԛѕԝхуԁӏгѵαορνιυγσօսհզոցյ", "acehijopqswxydlrvaopviuyoouhqngj")
"""Small letters of other scripts that look like a Latin one (Unicode TS 39, confusables)."""


def person_named(name: str, *, among: Iterable[str] = ()) -> str:
    """`name`, if it is written in the one way in which a person is named.

    That is: NFKC and case folded, without a space at an end or two in a row, of characters that can be seen, and of one script
    among those that look alike. `among` are those who act already: nobody reads as one of them and is another.

    >>> person_named("ana@example.org")
    'ana@example.org'

    Raises:
        ConfigError: it is written in another way, with the right one where that is only a matter of spelling.
    """
    spelled = " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())
    if not spelled or not spelled.isprintable() or any(unicodedata.category(sign) == "Cf" for sign in spelled):
        raise ConfigError(Problem(what=f"{name!r} is no name of a person: it is empty or holds what cannot be seen",
                                  hint="name the person as the sign-in does, such as `ana` or `ana@example.org`"))
    scripts = {unicodedata.name(sign, "").split(" ")[0] for sign in spelled if sign.isalpha()} & _ALIKE
    if len(scripts) > 1:
        mixed = " and ".join(sorted(map(str.title, scripts)))
        raise ConfigError(Problem(what=f"`{name}` mixes letters of {mixed}, so that it may read as somebody else's name",
                                  hint="write the name in one script"))
    if spelled != name:
        raise ConfigError(Problem(what=f"a person is named in one way only, and {name!r} is another",
                                  hint=f"write `{spelled}`"))
    known = frozenset(among)
    alike = next((one for one in sorted(known) if one.translate(_AS_LATIN) == name.translate(_AS_LATIN)), None)
    if alike is not None and name not in known:
        raise ConfigError(Problem(what=f"`{name}` reads as `{alike}`, who acts already, in letters of another script",
                                  hint="name each person as the sign-in does; who it is acts under one name"))
    return name
