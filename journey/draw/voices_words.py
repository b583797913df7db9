"""What listening found, in words: of what, by which judge, for whom it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from journey.draw.words import ENGLISH, N_, Say, interval, share
from journey.voice.heard import Voice
from journey.voice.sentiment import ENOUGH, Model

__all__ = ["LANGUAGES", "VERDICTS", "model_told", "net", "wrote_told"]

LANGUAGES: Final[Mapping[str, str]] = {
    "pt": N_("Portuguese"),
    "en": N_("English"),
    "es": N_("Spanish"),
    "other": N_("another language"),
    "none": N_("no words"),
}
VERDICTS: Final[Mapping[str, str]] = {
    "positive": N_("positive"),
    "unclear": N_("unclear"),
    "negative": N_("negative"),
}


def net(value: float | None, say: Say = ENGLISH) -> str:
    """Net sentiment with its sign; a dash where there is none."""
    return say.number(value, "+.2f").replace("-", "−")


def model_told(model: Model, say: Say = ENGLISH) -> str:
    """What judged the sentiment, and how well it does out of sample."""
    if model.kind == "lexicon":
        told = say(
            "Sentiment by lexicon: {n:,} comments with a clear own rating are too few to learn from ({enough} are "
            "needed, of both kinds).",
            n=model.labels,
            enough=ENOUGH,
        )
        if model.auc.value is None:
            return told
        auc = interval(model.auc, ".2f", say)
        return f"{told} " + say("Its AUC on the {n:,} rated comments is {auc}.", n=model.auc.n, auc=auc)
    told = say(
        "Sentiment learnt from the ratings of {n:,} comments: cross-validated AUC {auc}; the lexicon alone {lexicon}.",
        n=model.labels,
        auc=interval(model.auc, ".3f", say),
        lexicon=say.number(model.auc_lexicon.value, ".3f"),
    )
    if model.auc_later.value is None:
        return told
    later = say(
        "Learnt from the earlier three quarters, tried on the latest: {auc}.", auc=interval(model.auc_later, ".3f", say)
    )
    return f"{told} {later}"


def wrote_told(found: Voice, say: Say = ENGLISH) -> str:
    """Who writes is not who answers: the share of commenters at both ends of the scale."""
    ends = [(answer, n, written) for answer, (n, written) in found.wrote.items() if n]
    if ends and all(n == written for _, n, written in ends):
        return say("All who gave a score wrote: the comments stand for them, and for nobody who kept silent.")
    if len(ends) < 2:
        return say("Those who write are not like those who do not: comments over-represent anger.")
    (low, low_n, low_w), (high, high_n, high_w) = ends[0], ends[-1]
    return say(
        "Those who write are not like those who do not: {low} of the {low_n:,} who answered {low_rating:g} left a "
        "comment, {high} of the {high_n:,} who answered {high_rating:g}.",
        low=share(low_w / low_n, say),
        low_n=low_n,
        low_rating=low,
        high=share(high_w / high_n, say),
        high_n=high_n,
        high_rating=high,
    )
