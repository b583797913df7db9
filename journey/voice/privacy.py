"""Personal data in comments, masked before anyone reads them.

What has a shape is found by its shape, and by its check digits where it has them: e-mail addresses, phone numbers,
CPF and CNPJ, payment cards, IP addresses, CEPs and Brazilian plates. Names have no shape: they are masked only where a
list says which names to look for.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Final

from journey.voice.phones import phones

__all__ = ["mask", "masked"]

# Every pattern reads a text once from left to right: no piece can be split in two ways, so none is tried twice.
_EMAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w@])")
_CARD: Final = re.compile(r"(?<![\w+.,/-])\d(?:[ \u00a0-]?\d){12,18}(?![\w])(?![.,/-]\d)")
_IIN: Final = re.compile(
    r"(?:4\d{12}(?:\d{3}){0,2}|5[0-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|6\d{15}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11})"
)
_CPF: Final = re.compile(r"(?<![\w+,/-])(?<!\d\.)\d{3}[. ]?\d{3}[. ]?\d{3}[-–. ]?\d{2}(?![\w])(?![.,/-]\d)")
_CNPJ: Final = re.compile(
    r"(?<![\w+,/-])(?<!\d\.)(?:\d{14}|[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-\d{2}|\d{8}/\d{4}-?\d{2})(?!\w)"
)
_IPV4: Final = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w])(?!\.\d)")
_IPV6: Final = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?![\w:])")
_CEP: Final = re.compile(r"(?<![\w+,/$-])(?<!\d\.)(?:\d{5}|\d{2}\.\d{3})[-–]\d{3}(?![\w])(?![.,/-]\d)")
_TOLD_CEP: Final = re.compile(r"(?<=\bcep)(\W{1,3}(?:[eé]\s)?)\d{2}\.?\d{3}[- ]?\d{3}(?!\d)", re.IGNORECASE)
_PLATE: Final = re.compile(r"(?<![\w-])(?:[A-Z]{3}-?\d[A-J0-9]\d{2}|[a-z]{3}-?\d[a-j0-9]\d{2})(?![\w-])")

# Three letters and four digits that are no car: norms, months, currencies, model names, references.
_NO_PLATE: Final = re.compile(
    "ISO|NBR|DIN|IEC|SAE|RFC|ANS|RES|LEI|ART|INC|JAN|FEV|FEB|MAR|ABR|APR|MAI|MAY|JUN|JUL|AGO|AUG|SET|SEP|OUT|OCT|NOV|DEZ|"
    "DEC|BRL|USD|EUR|GBP|RTX|GTX|RAM|CPU|SSD|KWH|MWH|VER|REV|REF|COD|PED|ORD|SKU|LOT|NFE|DOC|PIN|OTP|SMS|FAQ|ANO|IOS|APP|"
    "WIN|MAC|USB|LED|ERR|BUG|TAG|CEP|DDD|NPS|CES|TOP|SAC",
    re.IGNORECASE,
)
_VERSION: Final = re.compile(r"(?:\bv|\bvers[aãi]\w*|\brelease|\bfirmware)\W{0,3}$", re.IGNORECASE)
_REFERENCE: Final = re.compile(
    r"(?:\$|€|£|#|\b(?:pedidos?|protocolos?|chamados?|orders?|tickets?|invoice|c[oó]d(?:igo)?|code|rastreio|tracking|"
    r"modelo|model|s[eé]rie|serial|sku|cupom|coupon|vers\w+)\b)\W{0,3}(?:n[ºo°.]{0,2}|number|n[uú]mero)?\W{0,3}$",
    re.IGNORECASE,
)
_CAR: Final = re.compile(
    r"\b(?:placas?|plates?|carro|car|ve[ií]culo|vehicle|moto)\b\W{0,3}(?:\w{1,9}\W{1,3}){0,3}$", re.IGNORECASE
)
_TOLD_PLATE: Final = re.compile(
    r"(\b(?:placa|plate)\b\W{0,3}(?:(?:[eé]|is|number|do carro)\W{1,3})?)[a-z]{3}[- ]?\d[a-j0-9]\d{2}(?!\w)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"\w+")
_NOTHING: Final = re.compile(r"[^\d@:]*")

Check = Callable[[re.Match[str]], bool]


def mask(text: str, *, names: Collection[str] = (), region: str = "BR") -> str:
    """The text with personal data replaced by their kind in brackets: “Call me on [phone]”.

    [e-mail], [phone], [card] (Luhn), [CPF] and [CNPJ] (check digits; a CNPJ may hold letters), [IP], [CEP], [plate]
    (old and Mercosul), [name].

    names    what to mask as names: of one word where it is written with a capital, of several in any case; accents
             make no difference. Without a list no name is masked
    region   whose phone numbers are written without a country code (ISO 3166, two letters); those with + are found
             from anywhere

    Prices, dates, ratings, order numbers and versions are left alone where their shape or the word before tells them.
    A digit string that passes a check by chance is masked: rather one number too many than a customer's. The time
    taken grows with the length of the text, whatever it holds.
    """
    if not _NOTHING.fullmatch(text):
        text = _EMAIL.sub("[e-mail]", text)
        text = _replaced(text, _CARD, "[card]", _is_card)
        text = _without_phones(text, region)
        text = _replaced(text, _CPF, "[CPF]", lambda found: _checks(_digits(found.group()), 9))
        text = _replaced(text, _CNPJ, "[CNPJ]", lambda found: _is_cnpj(found.group()))
        text = _replaced(text, _IPV4, "[IP]", _is_ip)
        text = _replaced(text, _IPV6, "[IP]", _is_ip)
        text = _TOLD_CEP.sub(r"\1[CEP]", text)
        text = _replaced(text, _CEP, "[CEP]", lambda found: not _after(_REFERENCE, found))
        text = _TOLD_PLATE.sub(r"\1[plate]", text)
        text = _replaced(text, _PLATE, "[plate]", _is_plate)
    return _without_names(text, _listed(frozenset(names))) if names else text


def masked(texts: Iterable[str], *, names: Collection[str] = (), region: str = "BR") -> tuple[str, ...]:
    """Every text masked, in their order; a text that is there twice is looked at once."""
    listed = list(texts)
    known = {text: mask(text, names=names, region=region) for text in dict.fromkeys(listed)}
    return tuple(known[text] for text in listed)


def _replaced(text: str, pattern: re.Pattern[str], kind: str, check: Check) -> str:
    return pattern.sub(lambda found: kind if check(found) else found.group(), text)


def _after(pattern: re.Pattern[str], found: re.Match[str]) -> bool:
    """Whether the pattern ends right before what was found."""
    return pattern.search(found.string, max(found.start() - 40, 0), found.start()) is not None


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _without_phones(text: str, region: str) -> str:
    parts, done = [], 0
    for start, end in phones(text, region=region):
        parts += [text[done:start], "[phone]"]
        done = end
    return "".join([*parts, text[done:]])


def _is_card(found: re.Match[str]) -> bool:
    """A known issuer's length and beginning, and Luhn's check digit (ISO/IEC 7812)."""
    digits = _digits(found.group())
    if not _IIN.fullmatch(digits):
        return False
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _checks(letters: str, most: int) -> bool:
    """The two check digits, modulo 11, of a CPF (weights 2–10, 2–11: `most` 9 digits) or CNPJ (2–9 in turn)."""
    if len(set(letters)) == 1:
        return False
    for body in (letters[:-2], letters[:-1]):
        turn = len(body) if most == 9 else 8
        total = sum((ord(letter) - 48) * (2 + at % turn) for at, letter in enumerate(reversed(body)))
        if int(letters[len(body)]) != (0 if total % 11 < 2 else 11 - total % 11):
            return False
    return True


def _is_cnpj(text: str) -> bool:
    return _checks("".join(letter for letter in text if letter.isalnum()), 12)


def _is_ip(found: re.Match[str]) -> bool:
    text = found.group()
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    # “::” alone is two colons; four small numbers after “version” are one.
    return len(text) > 3 and not _after(_VERSION, found)


def _is_plate(found: re.Match[str]) -> bool:
    """As Mercosul (ABC1D23) it is one; the older form needs capitals, no other meaning, or a car before it."""
    text = found.group()
    if _after(_CAR, found):
        return True
    if _NO_PLATE.match(text) or _after(_REFERENCE, found):
        return False
    return text[-3].isalpha() or text[:3].isupper()


# --- names -------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _listed(names: frozenset[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Names as plain words, longest first, by their first word."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for name in names:
        words = tuple(_plain(word) for word in _WORD.findall(name))
        if words:
            found.setdefault(words[0], set()).add(words)
    return {first: tuple(sorted(all_of, key=len, reverse=True)) for first, all_of in found.items()}


def _plain(word: str) -> str:
    """Without accents and capitals."""
    return "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c))


def _without_names(text: str, listed: dict[str, tuple[tuple[str, ...], ...]]) -> str:
    words = [(found.start(), found.end(), _plain(found.group())) for found in _WORD.finditer(text)]
    parts, done, at = [], 0, 0
    while at < len(words):
        start, _, word = words[at]
        size = next((len(name) for name in listed.get(word, ()) if _stands(text, words, at, name)), 0)
        if size:
            end = words[at + size - 1][1]
            parts += [text[done:start], "[name]"]
            done = end
        at += size or 1
    return "".join([*parts, text[done:]])


def _stands(text: str, words: list[tuple[int, int, str]], at: int, name: tuple[str, ...]) -> bool:
    here = words[at : at + len(name)]
    return tuple(word for _, _, word in here) == name and (len(name) > 1 or text[here[0][0]].isupper())
