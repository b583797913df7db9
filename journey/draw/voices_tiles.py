"""What was heard, in tiles and quotes: plain HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from journey.draw.theme import LIGHT, Theme, diverging, ink_on
from journey.draw.voices_words import LANGUAGES, VERDICTS, net
from journey.draw.words import ENGLISH, Say, share
from journey.model import Measure, Scale
from journey.voice.heard import Quote, Voice

__all__ = ["quotes", "tiles"]

TILES: Final = """
<style>
.jv{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px}
.jv>div{border:1px solid var(--jv-line);border-radius:.4rem;padding:8px 14px;min-width:0}
.jv h4{all:unset;display:block;font-size:13.5px;color:var(--jv-muted)}
.jv .v{font-size:27px;line-height:1.25;font-weight:620;letter-spacing:-.01em}
.jv p{margin:0;font-size:12.5px;line-height:1.4;color:var(--jv-muted)}
.jv .s{display:flex;height:9px;border-radius:3px;overflow:hidden;margin:5px 0 4px;gap:1px}
</style>
"""
QUOTES: Final = """
<style>
.jq{display:flex;flex-direction:column;gap:.6rem;margin:0!important;padding:0!important;list-style:none}
.jq li{border:1px solid var(--jv-line);border-left:5px solid var(--jv-side);border-radius:.4rem;
  padding:.5rem .8rem;margin:0!important}
.jq .w{font-size:13px;color:var(--jv-muted);display:flex;flex-wrap:wrap;gap:0 .45rem;align-items:baseline}
.jq .w b{color:var(--jv-ink);font-weight:650}
.jq .m{display:flex;flex-wrap:wrap;gap:.15rem .5rem;align-items:center;font-size:12.5px;color:var(--jv-muted)}
.jq .m i{font-style:normal;border-radius:.25rem;padding:0 .4rem;font-weight:620}
.jq .m u{text-decoration:none;border:1px solid var(--jv-line);border-radius:.7rem;padding:0 .5rem}
.jq p{margin:.25rem 0 .3rem!important;font-size:15px;overflow-wrap:anywhere;white-space:pre-line;max-width:75ch}
</style>
"""
SIGNS: Final = {"positive": "▲", "unclear": "■", "negative": "▼"}
LONGEST: Final = 1200  # letters of a quote


def _colours(theme: Theme) -> str:
    return f"--jv-line:{theme.line};--jv-muted:{theme.muted};--jv-ink:{theme.ink};color:{theme.ink}"


def tiles(found: Voice, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> str:
    """How many spoke, how they feel, whom it stands for, and what judged it."""
    each = [_spoke(found, say), _feel(found, theme, say), _weighted(found, say), _judge(found, say)]
    return f'{TILES}<div class="jv journey-figure" style="{_colours(theme)}">{"".join(each)}</div>'


def _tile(title: str, value: str, *notes: str, between: str = "") -> str:
    told = "".join(f"<p>{escape(note, quote=False)}</p>" for note in notes if note)
    head = f'<h4>{escape(title, quote=False)}</h4><div class="v">{escape(value, quote=False)}</div>'
    return f"<div>{head}{between}{told}</div>"


def _spoke(found: Voice, say: Say) -> str:
    spoken = ", ".join(
        say("{language} {share}", language=say(LANGUAGES[code]), share=share(n / found.comments, say))
        for code, n in found.languages.items()
    )
    unasked = say("{n:,} of them nobody asked for", n=found.spontaneous) if found.spontaneous else ""
    of = say("on {visits:,} visits, {answers:,} of which were answered", visits=found.visits, answers=found.answers)
    return _tile(say("Comments"), say.number(found.comments), of, spoken, unasked)


def _feel(found: Voice, theme: Theme, say: Say) -> str:
    heard, n = found.heard, found.comments
    parts = (("positive", heard.positive, 0.95), ("unclear", heard.unclear, 0.52), ("negative", heard.negative, 0.08))
    bar = "".join(
        f'<span style="width:{100 * count / n:.2f}%;background:{diverging(tone)}"></span>'
        for _, count, tone in parts
        if count
    )
    # Blanks that do not break: a sign stays with its number.
    counts = "  ".join(
        say(
            "{sign} {share} {verdict}", sign=SIGNS[name], share=share(count / n, say), verdict=say(VERDICTS[name])
        ).replace(" ", "\u00a0")
        for name, count, _ in parts
    )
    between = f'<div class="s" aria-hidden="true">{bar}</div>'
    title = say("Net sentiment, −1 to 1")
    return _tile(title, net(heard.net.value, say), _ends(heard.net, say), counts, between=between)


def _ends(found: Measure, say: Say) -> str:
    """The interval and n."""
    if found.low is None or found.high is None:
        return ""
    return say("{low} to {high} · n = {n:,}", low=net(found.low, say), high=net(found.high, say), n=found.n)


def _weighted(found: Voice, say: Say) -> str:
    measure = found.heard.net_weighted
    title = say("As if all who answered had written")
    if measure.value is None:
        return _tile(title, "–", say("No scores are known beside these comments: they stand for those who wrote only."))
    wrote_all = all(n == written for n, written in found.wrote.values())
    more = not wrote_all and measure.value > (found.heard.net.value or 0.0)
    note = (
        say("The unhappy write more often: each comment counts for all who gave the same score.")
        if more
        else say("Each comment counts for all who gave the same score.")
    )
    return _tile(title, net(measure.value, say), _ends(measure, say), note)


def _judge(found: Voice, say: Say) -> str:
    model = found.model
    title = say("Judged by")
    if model.kind == "lexicon":
        told = say("{n:,} comments with a clear own rating; from 100 on, their words are learnt from.", n=model.labels)
        auc = model.auc
        sure = "" if auc.value is None else say("AUC {auc} on rated comments", auc=_auc(auc, say))
        return _tile(title, say("Lexicon"), sure, told)
    return _tile(
        title,
        say("Own ratings"),
        say("AUC {auc}, cross-validated by customer", auc=_auc(model.auc, say)),
        "" if model.auc_later.value is None else say("on the latest quarter {auc}", auc=_auc(model.auc_later, say)),
        say("learnt from {n:,} rated comments; lexicon alone {auc}", n=model.labels, auc=_auc(model.auc_lexicon, say)),
    )


def _auc(measure: Measure, say: Say) -> str:
    return say.number(measure.value, ".2f")


def quotes(found: Sequence[Quote], scale: Scale | None, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> str:
    """Comments with the way they stand on: the touchpoint before, here, and after."""
    rows = "".join(_quote(one, scale, theme, say) for one in found)
    return f'{QUOTES}<ul class="jq" style="{_colours(theme)}">{rows}</ul>'


def _quote(one: Quote, scale: Scale | None, theme: Theme, say: Say) -> str:
    side = diverging({"positive": 0.95, "unclear": 0.5, "negative": 0.08}[one.verdict])
    before = escape(one.before if one.before is not None else say("(start)"), quote=False)
    after = escape(one.after if one.after is not None else say("(end)"), quote=False)
    way = (
        f"<span>{before}</span><span>→</span><b>{escape(one.touchpoint, quote=False)}</b><span>→</span>"
        f"<span>{after}</span>"
    )
    text = one.text if len(one.text) <= LONGEST else f"{one.text[:LONGEST].rstrip()} …"
    facts = [one.channel, say.day(one.time), say("case {case}", case=one.case)]
    facts += [say("nobody asked")] if one.spontaneous else []
    told = "".join(f"<span>{escape(fact, quote=False)}</span>" for fact in facts if fact)
    felt = escape(f"{SIGNS[one.verdict]} {say(VERDICTS[one.verdict])}", quote=False)
    about = "".join(f"<u>{escape(name, quote=False)}</u>" for name in one.themes)
    return (
        f'<li style="--jv-side:{side}"><div class="w">{way}</div><p dir="auto">{escape(text, quote=False)}</p>'
        f'<div class="m">{_rating(one, scale, say)}<span>{felt}</span>{told}{about}</div></li>'
    )


def _rating(one: Quote, scale: Scale | None, say: Say) -> str:
    if one.rating is not None and scale is not None:
        paint = diverging(scale.pomp(one.rating))
        told = say("{rating:g} of {high:g}", rating=one.rating, high=scale.high)
        return f'<i style="background:{paint};color:{ink_on(paint)}">{escape(told, quote=False)}</i>'
    if one.nps is not None:
        paint = diverging(one.nps / 10)
        told = say("NPS answer {rating:g}", rating=one.nps)
        return f'<i style="background:{paint};color:{ink_on(paint)}">{escape(told, quote=False)}</i>'
    return ""
