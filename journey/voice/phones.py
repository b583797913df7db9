"""Phone numbers in running text: possible ones by their digits and grouping, true ones by the numbering plans.

A number counts where the `phonenumbers` library (Google's libphonenumber) knows it as valid in the region, or anywhere
with +, and its digits are grouped as people there write them: 1.234.567.890 has the digits of a number in São Paulo and
is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Final

import phonenumbers

__all__ = ["phones", "region_of"]

# Digits with what may stand between them. Runs of one character class: a search never turns back.
_RUN: Final = re.compile(r"[+(]?\d[\d\s().\u00a0\u2010-\u2015\u2212-]{5,}\d")
_ABROAD: Final = re.compile(r"\+\(?$")
_GROUP: Final = re.compile(r"\d+")
_GAP: Final = re.compile(r"[\s.\u00a0-]?\)?[\s.\u00a0\u2010-\u2015\u2212-]{0,2}\(?")
_MOST_GROUPS: Final = 7
_LEAST: Final = 8  # digits
_MOST: Final = 15
# What stands before a number that is no phone, and before one that is.
_OTHER: Final = re.compile(
    r"(?:[$€£#]|\b(?:pedidos?|protocolos?|chamados?|ordem|orders?|tickets?|casos?|cases?|invoice|fatura|nota fiscal|"
    r"nf-?e?|boleto|c[oó]d(?:igo)?|code|rastreio|rastreamento|tracking|contrato|contract|matr[ií]cula|conta|account|"
    r"s[eé]rie|serial|sku|cpf|cnpj|cep|rg|brl|usd|eur|r)\b)\W{0,3}(?:(?:n[ºo°.]{0,2}|number|n[uú]mero|is|[eé]|da|de|do)"
    r"\W{0,3})?$",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(
    r"\b(?:tel|fone|telefones?|celular|cel|whats(?:app)?|wpp|zap|phone|mobile|cell|ligar|liguem?|call|contatos?)\b"
    r"[^\d]{0,24}$",
    re.IGNORECASE,
)
# A text with more possible numbers than this is no comment: the rest is taken for phones without a look at the plans.
_MOST_LOOKS: Final = 10_000
# (415) 555-2671: written like this, a number needs no country code.
_NORTH_AMERICA: Final = [3, 3, 4]
_QUICK: Final = {
    "BR": re.compile(r"(?:55)?0?(?:[1-9][1-9](?:9\d{8}|[2-5]\d{7})|[3-9]00\d{6,8}|(?:[34]00\d|4020)\d{4})")
}


# Where a language is spoken by most, if it does not say.
_REGIONS: Final = {"pt": "BR", "en": "US", "es": "ES", "fr": "FR", "de": "DE", "it": "IT", "nl": "NL", "ja": "JP"}


def region_of(language: str | None) -> str:
    """Whose phone numbers a language's comments hold: “pt” is Brazil's, “pt-PT” Portugal's; Brazil's where unknown."""
    first, *rest = (language or "").replace("_", "-").split("-")
    region = rest[-1].upper() if rest and len(rest[-1]) == 2 else _REGIONS.get(first.lower(), "BR")
    return region if region in phonenumbers.SUPPORTED_REGIONS else "BR"


def phones(text: str, *, region: str = "BR") -> Iterator[tuple[int, int]]:
    """Where phone numbers stand in a text: start and end, from left to right, not overlapping.

    region   whose numbers are written without a country code, by its two letters (ISO 3166)
    """
    looks = 0
    for run in _RUN.finditer(text):
        groups = [(run.start() + g.start(), run.start() + g.end()) for g in _GROUP.finditer(run.group())]
        so_far = [0, *accumulate(last - first for first, last in groups)]
        at = 0
        while at < len(groups):
            found = 0
            if so_far[min(at + _MOST_GROUPS, len(groups))] - so_far[at] >= _LEAST and _may_begin(text, groups[at][0]):
                found, looked = _longest(text, groups[at : at + _MOST_GROUPS], region, sure=looks > _MOST_LOOKS)
                looks += looked
            if found:
                yield _with_signs(text, groups[at][0], groups[at + found - 1][1])
            at += found or 1


def _longest(text: str, groups: list[tuple[int, int]], region: str, *, sure: bool) -> tuple[int, int]:
    """How many of the groups, from the first, make the longest phone number (0: none); how many were looked up."""
    start = groups[0][0]
    number, candidates = "", []
    for n, (first, last) in enumerate(groups):
        if n and not _GAP.fullmatch(text, groups[n - 1][1], first):
            break
        number += text[first:last]
        if len(number) > _MOST:
            break
        if len(number) >= _LEAST and _may_end(text, last):
            candidates.append((n + 1, number))
    abroad = _ABROAD.search(text, max(start - 2, 0), start) is not None
    looks = 0
    for n, number in reversed(candidates):
        sizes = [last - first for first, last in groups[:n]]
        if not abroad and _is_local(text, start, sizes, number):
            return n, looks
        if _plausible(number, sizes, region, abroad=abroad):
            looks += 1
            is_phone = sizes[-1] >= 4 if sure else _fits(number, sizes, region, abroad=abroad)
            if is_phone:
                return (0 if not abroad and _is_other(text, start) else n), looks
    return 0, looks


def _may_begin(text: str, start: int) -> bool:
    """No letter, digit or decimal mark stands right before."""
    before = text[start - 1 : start]
    if before in ("+", "("):
        before = text[start - 2 : start - 1]
    return not (before.isalnum() or before in ("_", "@", "/", ","))


def _may_end(text: str, end: int) -> bool:
    """No letter stands right after, no percent sign, no decimals."""
    after = text[end : end + 2]
    return not (after[:1].isalnum() or after[:1] in ("_", "%", "@") or (after[:1] in "/,:" and after[1:].isdigit()))


def _is_other(text: str, start: int) -> bool:
    return _OTHER.search(text, max(start - 40, 0), start) is not None


def _plausible(number: str, sizes: list[int], region: str, *, abroad: bool) -> bool:
    """A quick look before the plans are asked, for the region that most numbers here are of."""
    quick = None if abroad or number.startswith("00") or sizes == _NORTH_AMERICA else _QUICK.get(region)
    return quick is None or quick.fullmatch(number) is not None


def _is_local(text: str, start: int, sizes: list[int], number: str) -> bool:
    """A Brazilian number without its area, 98765-4321 or, where the words before say so, 3344-5566."""
    if len(number) not in (8, 9) or sizes not in ([5, 4], [1, 4, 4], [4, 4], [9], [8]):
        return False
    if len(number) == 9 and number[0] != "9":
        return False
    hyphen = sizes == [5, 4] and text[start + 5] in "-\u2010\u2011"
    return hyphen or _PHONE.search(text, max(start - 48, 0), start) is not None


def _fits(number: str, sizes: list[int], region: str, *, abroad: bool) -> bool:
    """The plans know the number, and its groups end where people end them, seen from the right."""
    if number.startswith("00"):
        abroad, number, sizes = True, number[2:], [sizes[0] - 2, *sizes[1:]]
    asked = [f"+{number}" if abroad else number]
    asked += [f"+1{number}"] if sizes == _NORTH_AMERICA and not abroad else []
    breaks = set(accumulate(reversed(sizes[1:])))
    for one in asked:
        known = _known(one, region)
        if known is not None:
            national, usual = known
            # Brazilians write 9 8765-4321, too.
            if breaks <= usual | {national} | ({8} if national == 11 else set()):
                return True
    return False


@lru_cache(maxsize=4096)
def _known(number: str, region: str) -> tuple[int, frozenset[int]] | None:
    """Digits of the national number, and where its groups end, from the right; None if no plan has it."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    # With + it is meant as a phone, also where that very number is not given out.
    if not (phonenumbers.is_valid_number(parsed) or (number[0] == "+" and phonenumbers.is_possible_number(parsed))):
        return None
    usual: set[int] = set()
    for form in (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL):
        groups = _GROUP.findall(phonenumbers.format_number(parsed, form))
        usual |= set(accumulate(len(group) for group in reversed(groups[1:])))
    return len(phonenumbers.national_significant_number(parsed)), frozenset(usual)


def _with_signs(text: str, start: int, end: int) -> tuple[int, int]:
    """With the + and the bracket before it."""
    while start and text[start - 1] in "(+":
        start -= 1
    # A bracket that was opened outside of the number stays where it is.
    if text[start] == "(" and ")" not in text[start:end]:
        start += 1
    return start, end
