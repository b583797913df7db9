"""Colours and icons of the board."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import Final

from journey.draw.theme import Theme

__all__ = ["channel_icon", "paints", "stage_paint"]

# A walk through hues on which white stands out (4.5 : 1); the stages' names say what they are.
_STAGES: Final = ((61, 92, 190), (38, 104, 166), (28, 116, 132), (38, 120, 84), (96, 108, 40), (134, 92, 34))

_LIGHT: Final = {
    "bad": "#B02A30",
    "badGround": "#FBE9E7",
    "good": "#215EA0",
    "goodGround": "#E6EFF8",
    "chance": "#1D6F47",
    "chanceGround": "#E4F2EA",
    "second": "#7A3FA0",
    "star": "#9A6200",
    "zero": "#8A94A3",
}
_DARK: Final = {
    "bad": "#F08A82",
    "badGround": "#331D22",
    "good": "#7DB4EC",
    "goodGround": "#17293D",
    "chance": "#6CCB9A",
    "chanceGround": "#15301F",
    "second": "#CFA3EE",
    "star": "#F0BE5A",
    "zero": "#77849A",
}

# Words in a channel's name, folded to plain letters, and the icon they get. The first that fits wins.
_ICONS: Final = (
    ("chat", ("whatsapp", "chat", "chatbot", "messenger", "telegram", "sms", "mensagem", "message")),
    ("mail", ("mail", "email", "newsletter")),
    ("post", ("letter", "carta", "post", "correio", "paper", "papel")),
    ("app", ("app", "mobile", "aplicativo", "ios", "android", "celular")),
    ("phone", ("phone", "call", "telephone", "telefone", "ligacao", "voice", "ivr", "ura")),
    ("store", ("store", "shop", "loja", "branch", "agencia", "counter", "balcao", "field", "person", "presencial")),
    ("web", ("web", "website", "site", "online", "portal", "browser", "internet", "desktop")),
    ("social", ("social", "instagram", "facebook", "tiktok", "ads")),
)


def paints(theme: Theme) -> dict[str, str]:
    """The colours a canvas paints with, by what they are for."""
    base = {name: getattr(theme, name) for name in ("ground", "band", "card", "ink", "muted", "line", "edge", "accent")}
    return {**base, **(_DARK if theme.name == "dark" else _LIGHT)}


def stage_paint(at: int, of: int) -> str:
    """The colour of stage `at` out of `of`: white can be read on it."""
    way = 0.0 if of < 2 else at / (of - 1) * (len(_STAGES) - 1) if of > len(_STAGES) else float(at)
    first = min(int(way), len(_STAGES) - 2)
    low, high = list(pairwise(_STAGES))[first]
    return "#" + "".join(f"{round(a + (b - a) * (way - first)):02X}" for a, b in zip(low, high, strict=True))


def channel_icon(channel: str) -> str:
    """The icon of a channel by the words in its name; "" where none fits."""
    letters = unicodedata.normalize("NFKD", channel.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = set(re.findall(r"[a-z]+", plain))
    return next((icon for icon, known in _ICONS if words & set(known)), "")
