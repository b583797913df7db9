"""Listening: what was said is understood, weighed and told honestly; personal data and hostile texts do no harm."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import journey as jn
from journey.cli.verbs import app
from journey.errors import Cancelled, JourneyError, RecipeError
from journey.events.spoken import LONGEST, spoken
from journey.events.trend import periods
from journey.model import Measure
from journey.voice.contrast import log_odds, telling_words
from journey.voice.door import safe
from journey.voice.language import languages
from journey.voice.lexicon import compound
from journey.voice.part import Part, part
from journey.voice.sentiment import Model, judge, verdicts
from journey.voice.text import cut, folded, readable, terms, words
from journey.voice.themes import find
from journey.voice.weigh import heard, share, weights

ROOT = Path(__file__).parents[1]
GOOD = ("a entrega foi rápida", "adorei o atendimento", "tudo certo com a fatura", "equipe atenciosa na instalação")
BAD = ("a entrega atrasou muito", "ninguém atende o telefone", "a fatura veio errada", "não recebi a instalação")
RECIPE = """
language: pt
tables:
  - kind: events
    path: events.csv
    case: case
    touchpoint: place
    time: time
    channel: channel
    answers: {csat: csat}
    comment: text
    attributes: [segment, person]
scales:
  csat: {metric: csat, low: 1, high: 5, good: high}
"""


def table(n: int = 240, seed: int = 0) -> pd.DataFrame:
    """A log in which how people feel, what they say and where they say it go together."""
    chance = random.Random(seed)
    rows = []
    for at in range(n):
        unhappy = chance.random() < 0.4
        rating = chance.choice([1, 2] if unhappy else [4, 5])
        text = chance.choice(BAD if unhappy else GOOD) + chance.choice(["", "!", ".", " hoje", " de novo"])
        day = pd.Timestamp("2026-01-01") + pd.Timedelta(days=at % 180)
        case = f"c{at // 2}"
        rows.append((case, "Order", day, "web", rating, text, "new" if at // 2 % 3 else "old", "Ana Souza"))
        rows.append((case, "Delivery", day + pd.Timedelta(hours=3), "van", chance.choice([3, None]), None, None, None))
    names = ["case", "place", "time", "channel", "csat", "text", "segment", "person"]
    return pd.DataFrame(rows, columns=names)


def opened(folder: Path, rows: pd.DataFrame, more: str = "") -> jn.EventLog:
    rows.to_csv(folder / "events.csv", index=False)
    (folder / "journey.yaml").write_text(RECIPE + more, encoding="utf-8")
    return jn.open(folder / "journey.yaml")


def said(folder: Path, *texts: str, rating: int | None = None, more: str = "") -> jn.EventLog:
    """A log in which those texts were left, one a case."""
    rows = [
        (f"c{at}", "Order", pd.Timestamp("2026-01-01") + pd.Timedelta(days=at), "web", rating, text, "new", "Ana Souza")
        for at, text in enumerate(texts)
    ]
    names = ["case", "place", "time", "channel", "csat", "text", "segment", "person"]
    return opened(folder, pd.DataFrame(rows, columns=names), more)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> jn.EventLog:
    return opened(tmp_path_factory.mktemp("voice"), table())


@pytest.fixture(scope="module")
def found(log: jn.EventLog) -> jn.Voice:
    return jn.voice(log)


@pytest.fixture(scope="module")
def lumo() -> jn.EventLog:
    return jn.open(ROOT / "data" / "lumo" / "journey.yaml")


@pytest.fixture(scope="module")
def sample(lumo: jn.EventLog) -> jn.Voice:
    return jn.voice(lumo)


# --- what adds up ------------------------------------------------------------------------------------


def test_counts_reconcile(log: jn.EventLog, found: jn.Voice) -> None:
    assert found.comments == 240 and found.visits == log.events
    assert found.heard.positive + found.heard.unclear + found.heard.negative == found.comments
    assert sum(found.languages.values()) == found.comments
    assert sum(one.comments for one in found.touchpoints) == found.comments
    assert sum(written for _, written in found.wrote.values()) == found.comments
    net = found.heard.net
    assert net.value == pytest.approx((found.heard.positive - found.heard.negative) / found.comments)
    assert net.low is not None and net.high is not None and net.low <= (net.value or 0) <= net.high
    # Every comment has a move out of it, to Delivery; those of a case's second order one into it.
    assert sum(one.comments for one in found.transitions if one.at == ("Order", "Delivery")) == 240


def test_segments_share_themes_and_judge(log: jn.EventLog, found: jn.Voice) -> None:
    new, old = (jn.voice(log.where(segment=name)) for name in ("new", "old"))
    assert new.model == old.model == found.model
    known = {one.name for one in found.themes}
    assert {one.name for one in (*new.themes, *old.themes)} <= known
    assert len(part(log.where(segment="new"))) == new.comments < found.comments


def test_periods_hold_the_comments_of_their_days(log: jn.EventLog, found: jn.Voice) -> None:
    assert found.unit == "month"
    assert tuple(one.period for one in found.periods) == periods(log, "month")
    days = pd.to_datetime(table().dropna(subset=["text"])["time"])
    for one in found.periods:
        inside = (days >= pd.Timestamp(one.period.start)) & (days < pd.Timestamp(one.period.end))
        assert one.comments == inside.sum()


def test_a_quote_stands_on_its_way(log: jn.EventLog) -> None:
    quotes = part(log).find("fatura errada").quotes(limit=500)
    assert quotes
    for one in quotes:
        assert "fatura veio errada" in one.text and one.touchpoint == "Order" and one.after == "Delivery"
        assert one.before in (None, "Delivery", "Order")


def test_search_needs_no_accents_and_knows_places(log: jn.EventLog) -> None:
    here = part(log)
    assert len(here.find("INSTALAÇÃO")) == len(here.find("instalacao")) > 0
    assert len(here.find("fatura", touchpoint="Delivery")) == 0
    assert len(here.find(touchpoint="Order", after="Delivery")) == 240
    first, last = here.beside("Order")
    assert last == ("Delivery",) and "Delivery" in first
    theme = here.corpus.themes[0].name
    assert 0 < len(here.find(theme=theme)) < len(here)
    with pytest.raises(JourneyError, match="There is no theme"):
        here.find(theme="nonsense")
    with pytest.raises(JourneyError, match="Did you mean “Order”"):
        here.find(touchpoint="Ordr")
    with pytest.raises(JourneyError, match="source"):
        jn.voice(log, source="else")  # type: ignore[arg-type]


def test_asked_for_and_spontaneous_are_kept_apart(tmp_path: Path) -> None:
    rows = table(120)
    rows.loc[rows["text"].notna() & (rows["segment"] == "old"), "csat"] = None
    log = opened(tmp_path, rows)
    whole, asked, unasked = (jn.voice(log, source=name) for name in ("all", "asked", "spontaneous"))  # type: ignore[arg-type]
    assert asked.comments + unasked.comments == whole.comments == 120
    assert unasked.comments == whole.spontaneous == 40
    assert whole.asked_for == asked.heard and whole.unasked == unasked.heard
    assert unasked.heard.net_weighted == Measure.missing()


def test_a_recipe_says_what_nobody_asked_for(tmp_path: Path) -> None:
    found = jn.voice(opened(tmp_path, table(40), "listening: {spontaneous: [Order]}\n"))
    assert found.spontaneous == found.comments == 40
    with pytest.raises(RecipeError, match="no table keeps the attribute “nme”"):
        opened(tmp_path, table(4), "listening: {names: [nme]}\n")


# --- language ----------------------------------------------------------------------------------------


def test_languages_of_short_texts() -> None:
    texts = [
        *("Muito bom", "não recebi", "ok", "Nota 10"),
        *("Bad wifi", "no water", "The photo is never accepted"),
        "El agente fue muy amable pero tardó mucho",
        *("Очень плохо", "非常好", "Le service était très bien mais lent"),
        *("🙂🙂", "12345", "", "..."),
    ]
    expected = ["pt"] * 4 + ["en"] * 3 + ["es"] + ["other"] * 3 + [None] * 4
    assert languages(texts, expected="pt-BR") == expected


def test_the_sample_s_languages_are_those_of_its_customers(lumo: jn.EventLog) -> None:
    told = pd.read_csv(ROOT / "data" / "lumo" / "customers.csv", dtype=str).set_index("customer")["language"]
    here = part(lumo)
    found = here.corpus.language[here.corpus.of]
    truth = told.loc[here.corpus.said.case].to_numpy()
    assert (found == truth).mean() > 0.99


# --- sentiment ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, language, sign",
    [
        ("Muito bom!", "pt", 1),
        ("não gostei", "pt", -1),
        ("nao gostei", "pt", -1),
        ("não é ruim", "pt", 1),
        ("Produto ótimo mas não recebi", "pt", -1),
        ("sem problema nenhum", "pt", 1),
        ("Good lounge", "en", 1),
        ("not good", "en", -1),
        ("Nice staff but the food was awful", "en", -1),
        ("😠", "pt", -1),
        ("👍👍", "other", 1),
    ],
)
def test_the_lexicon_hears_denials_turns_and_signs(text: str, language: str, sign: int) -> None:
    value = compound(text, language)
    assert value is not None and value * sign > 0.05


def test_the_lexicon_says_nothing_of_what_it_does_not_know() -> None:
    assert compound("a quarta linha da tabela", "pt") is None
    assert compound("sehr gut", "other") is None
    assert compound("", None) is None
    assert compound("VERY good", "en") > compound("good", "en") > compound("slightly good", "en")  # type: ignore[operator]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_sentiment_in_range_or_none(text: str) -> None:
    plain = readable(text)
    for language in ("pt", "en", "es", None):
        value = compound(plain, language)
        assert value is None or -1 <= value <= 1
        assert isinstance(terms(words(plain), language), list)
    assert set(languages([plain])) <= {"pt", "en", "es", "other", None}


def judged(texts: list[str], unhappy: np.ndarray, customer: np.ndarray) -> Model:
    distinct = list(dict.fromkeys(texts))
    of = np.array([distinct.index(text) for text in texts])
    n = len(texts)
    return judge(
        distinct,
        of,
        np.full(len(distinct), np.nan),
        unhappy=unhappy,
        contented=~unhappy,
        rated=np.ones(n, bool),
        customer=customer,
        time=np.arange(n),
    ).model


def test_own_ratings_are_learnt_from_a_hundred_labels_on(tmp_path: Path) -> None:
    few = jn.voice(opened(tmp_path, table(80)))
    assert few.model.kind == "lexicon" and few.model.labels == 80
    assert few.model.auc == few.model.auc_lexicon
    many = jn.voice(opened(tmp_path, table(240)))
    assert many.model.kind == "own ratings" and many.model.labels == 240
    assert (many.model.auc.low or 0) > 0.9 and (many.model.auc_later.value or 0) > 0.9


def test_a_customer_s_own_words_do_not_foretell_the_customer() -> None:
    """Each customer has a word and a rating of their own: with a customer on both sides the AUC would be 1."""
    chance = np.random.default_rng(1)
    customer = np.repeat(np.arange(60), 6)
    unhappy = np.repeat(chance.random(60) < 0.5, 6)
    texts = [f"zq{'abcdefghij'[c // 10]}{'abcdefghij'[c % 10]} hoje" for c in customer]
    model = judged(texts, unhappy, customer)
    assert model.kind == "own ratings"
    assert model.auc.value is not None and model.auc.value < 0.7


def test_meaningless_words_teach_nothing() -> None:
    chance = np.random.default_rng(2)
    vocabulary = [f"palavra{'abcdefghijklmnopqrst'[k]}" for k in range(20)]
    texts = [" ".join(chance.choice(vocabulary, 5)) for _ in range(400)]
    model = judged(texts, chance.random(400) < 0.4, np.arange(400))
    assert model.auc.low is not None and model.auc.high is not None
    assert model.auc.low < 0.5 < model.auc.high


def test_near_the_middle_nothing_is_claimed() -> None:
    assert verdicts(np.array([0.9, 0.19, -0.19, -0.9, np.nan]), 0.2).tolist() == [1, 0, 0, -1, 0]


def test_ratings_that_are_all_alike_leave_the_lexicon(tmp_path: Path) -> None:
    found = jn.voice(said(tmp_path, *[f"adorei {n}" for n in range(150)], rating=5))
    assert found.model.kind == "lexicon" and found.model.auc == Measure.missing()
    assert found.words == () and found.heard.positive == 150


def test_comment_against_rating(found: jn.Voice, tmp_path: Path) -> None:
    assert (found.agreement.value or 0) > 0.95
    rows = table(240)
    angry = rows.index[rows["csat"] == 5][:3]
    rows.loc[angry, "text"] = "a fatura veio errada e ninguém atende o telefone"
    told = jn.voice(opened(tmp_path, rows))
    assert told.angry_five_count >= 3
    assert sum("ninguém atende" in one.text and one.rating == 5 for one in told.angry_fives) == 3


# --- whom it stands for ------------------------------------------------------------------------------


def test_weights_are_answers_by_comments() -> None:
    given_ = {("satisfaction", False): {1.0: 10, 5.0: 100}, ("nps", False): {9.0: 8}}
    satisfaction = np.array([1.0] * 5 + [5.0] * 10 + [np.nan] * 3)
    nps = np.array([np.nan] * 15 + [9.0, 9.0, np.nan])
    found = weights(satisfaction, nps, np.zeros(18, bool), given_)
    assert found[:5].tolist() == [2.0] * 5 and found[5:15].tolist() == [10.0] * 10
    assert found[15:17].tolist() == [4.0] * 2 and np.isnan(found[17])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([-1, 0, 1]), st.floats(1, 50)), min_size=1, max_size=40))
def test_weighted_net_lies_in_its_interval(rows: list[tuple[int, float]]) -> None:
    signs, w = (np.array(column) for column in zip(*rows, strict=True))
    found = heard(signs.astype(np.int64), signs.astype(float), w.astype(float)).net_weighted
    assert found.value == pytest.approx(float((signs * w).sum() / w.sum()), abs=1e-9)
    assert found.low is not None and found.high is not None and found.value is not None
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert heard(signs.astype(np.int64), signs.astype(float), np.ones(len(w))).net_weighted.value == pytest.approx(
        float(signs.mean())
    )


def weighted_share(chance: np.random.Generator, n: int = 3000) -> tuple[Measure, Measure, float]:
    """A theme that the unhappy speak of more, among writers of whom the unhappy write more; raw, weighted, truth."""
    score = chance.choice([1.0, 3.0, 5.0], n, p=[0.1, 0.3, 0.6])
    speaks = chance.random(n) < np.select([score == 1, score == 3], [0.6, 0.3], 0.1)
    wrote = chance.random(n) < np.select([score == 1, score == 3], [0.75, 0.4], 0.3)
    given_ = {("satisfaction", False): {value: int((score == value).sum()) for value in (1.0, 3.0, 5.0)}}
    none = np.full(wrote.sum(), np.nan)
    w = weights(score[wrote], none, np.zeros(wrote.sum(), bool), given_)
    return share(speaks[wrote]), share(speaks[wrote], w), 0.1 * 0.6 + 0.3 * 0.3 + 0.6 * 0.1


def test_weighting_undoes_who_writes() -> None:
    chance = np.random.default_rng(0)
    runs = [weighted_share(chance) for _ in range(300)]
    covers = np.mean([(w.low or 0) <= truth <= (w.high or 0) for _, w, truth in runs])
    plain = np.mean([(r.low or 0) <= truth <= (r.high or 0) for r, _, truth in runs])
    assert covers >= 0.93
    assert plain < 0.1


# --- words and themes --------------------------------------------------------------------------------


def test_log_odds_by_hand() -> None:
    one, other = {"a": 30, "b": 70}, {"a": 10, "b": 90}
    value, error = log_odds(one, other, prior=10)["a"]
    alpha = 40 * 10 / 200
    first = np.log((30 + alpha) / (100 + 10 - 30 - alpha))
    second = np.log((10 + alpha) / (100 + 10 - 10 - alpha))
    assert value == pytest.approx(first - second)
    assert error == pytest.approx(np.sqrt(1 / (30 + alpha) + 1 / (10 + alpha)))
    assert log_odds(other, one, prior=10)["a"][0] == pytest.approx(-value)
    assert log_odds({}, {}) == {}


def test_words_that_do_not_differ_rarely_stand_out() -> None:
    chance = np.random.default_rng(3)
    vocabulary = np.array([f"w{k}" for k in range(60)])
    p = 1 / np.arange(1, 61)
    told = 0
    for _ in range(20):
        sides = [[chance.choice(vocabulary, 6, p=p / p.sum()).tolist() for _ in range(150)] for _ in range(2)]
        told += len(telling_words(sides[0], sides[1], "pt", limit=60))
    assert told / (20 * 60) < 0.06  # nominally 5 %; the prior makes it less


def test_a_planted_word_is_the_first(found: jn.Voice) -> None:
    sides = [[["fatura", "errada"]] * 30 + [["site"]] * 70, [["fatura", "clara"]] * 90 + [["site"]] * 60]
    first = telling_words(sides[0], sides[1], "pt")[0]
    assert first.word == "errada" and first.log_odds.n == 30 and (first.log_odds.low or 0) > 0
    assert telling_words(sides[0][:19], sides[1], "pt") == ()
    unhappy = [word.word for word in found.words if word.z > 0]
    assert "entrega atrasou" in unhappy and "não recebi" in unhappy


def test_denials_are_no_filling_words() -> None:
    assert terms(words("Não recebi o produto"), "pt") == ["nao", "recebi", "produto", "nao recebi"]
    assert "not good" in terms(words("not good"), "en") and "sem agua" in terms(words("sem água"), "pt")
    assert folded("NÃO") == "nao"


def test_planted_themes_are_found_and_the_same_every_time() -> None:
    chance = random.Random(0)
    topics = ["fatura boleto vencimento", "entrega transportadora atraso", "aplicativo senha tela"]
    texts, truth = [], []
    for _ in range(600):
        k = chance.randrange(3)
        texts.append(words(" ".join(chance.sample(topics[k].split(), 2)) + f" item{chance.choice('abcdef')}"))
        truth.append(k)
    listed = [terms(own, "pt") for own in texts]
    one, other = (find(listed, np.ones(600), most=3) for _ in range(2))
    assert one is not None and other is not None
    assert one.words == other.words and (one.speaks == other.speaks).all()
    own = [set(topic.split()) for topic in topics]
    named = [next(k for k in range(3) if own[k] & set(" ".join(listed[:2]).split())) for listed in one.words]
    assert sorted(named) == [0, 1, 2]
    strongest = np.array(named)[one.speaks.argmax(1)]
    assert (strongest == np.array(truth)).mean() > 0.95


def test_too_few_comments_have_no_themes(tmp_path: Path) -> None:
    found = jn.voice(said(tmp_path, "a fatura veio errada", "adorei"))
    assert found.themes == () and found.no_theme == 2
    assert find([[]] * 300, np.ones(300)) is None


# --- bad input ---------------------------------------------------------------------------------------

HOSTILE = (
    "🤬🤬🤬",
    "   ",
    "<script>alert('péssimo')</script>ótimo <b>atendimento</b>",
    "[ótimo](javascript:alert(1)) **muito bom**",
    "الخدمة سيئة جدا",
    '=HYPERLINK("http://x";"ótimo")',
    "\u202eótimo\u202c",
    "Meu CPF é 529.982.247-25, ligue (11) 98765-4321",
    "42 42",
    "A" * 300,
)


def test_hostile_texts_are_handled_one_by_one(tmp_path: Path) -> None:
    log = said(tmp_path, *HOSTILE)
    found = jn.voice(log)
    assert found.comments == len(HOSTILE) - 1  # blanks are no comment
    quotes = {one.text: one for one in part(log).quotes(limit=50)}
    assert not any("529.982" in text or "98765" in text for text in quotes)
    assert any("[CPF]" in text and "[phone]" in text for text in quotes)
    assert quotes["🤬🤬🤬"].verdict == "negative" and quotes["🤬🤬🤬"].language is None
    assert quotes["الخدمة سيئة جدا"].language == "other" and quotes["الخدمة سيئة جدا"].sentiment is None
    assert quotes["42 42"].verdict == "unclear"
    assert "alert" not in readable(HOSTILE[2]) and "ótimo atendimento" in readable(HOSTILE[2])
    assert found.without_words == 2


def test_null_bytes_and_broken_letters(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {
            "id": ["1", "2"],
            "place": ["Order"] * 2,
            "time": ["2026-01-01", "2026-01-02"],
            "text": ["\x00ótimo", "bom\x00"],
        }
    )
    log = jn.read(rows, case="id", touchpoint="place", time="time", comment="text")
    assert [one.text for one in part(log).quotes()] == ["ótimo", "bom"]
    assert jn.voice(log).heard.positive == 2


def test_a_megabyte_is_cut_and_said_so(tmp_path: Path) -> None:
    text = "a fatura veio errada " * 50_000
    log = said(tmp_path, text, "bom")
    found = jn.voice(log)
    assert found.cut == 1 and found.comments == 2
    assert all(len(one.text) <= LONGEST for one in part(log).quotes())
    assert int(spoken(log).letters.max()) == len(text)
    # Half a phone number is no shape: what would be torn is left out.
    assert cut("ligue para 11 98765 4321 por favor", 20) == "ligue para"


def test_names_are_masked_from_the_recipe_s_list(tmp_path: Path) -> None:
    plain = said(tmp_path, "Falei com Ana Souza ontem")
    assert "Ana Souza" in part(plain).quotes()[0].text and not jn.voice(plain).names_masked
    listed = said(tmp_path, "Falei com Ana Souza ontem", more="listening: {names: [person]}\n")
    assert safe(listed.where(segment="new"), ["ANA SOUZA, ligue (11) 98765-4321"]) == ("[name], ligue [phone]",)
    assert part(listed).quotes()[0].text == "Falei com [name] ontem" and jn.voice(listed).names_masked


def test_nothing_was_said(tmp_path: Path) -> None:
    rows = table(10)
    rows["text"] = None
    silent = jn.voice(opened(tmp_path, rows))
    assert silent.comments == 0 and silent.heard.net == Measure.missing() and silent.themes == ()
    without = jn.read(rows[["case", "place", "time"]], case="case", touchpoint="place", time="time")
    assert jn.voice(without).comments == 0 and jn.voice(without).answers == 0


def test_listening_can_be_stopped_and_begun_again(tmp_path: Path) -> None:
    log = opened(tmp_path, table(60))
    told: list[float | None] = []

    def stop(share: float | None) -> None:
        told.append(share)
        if (share or 0) > 0.05:
            raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        jn.voice(log, progress=stop)
    assert jn.voice(log, progress=told.append).comments == 60
    shares = [one for one in told if one is not None]
    assert max(shares) == 1 and len(shares) > 5


# --- on the sample, on real data, from the command line ----------------------------------------------


def test_the_sample_s_planted_causes_are_heard(sample: jn.Voice) -> None:
    assert sample.comments == 4355 and sample.model.kind == "own ratings"
    photo = next(one for one in sample.themes if "foto" in one.name)
    assert next(iter(photo.touchpoints)) == "ID check" and (photo.heard.net.high or 0) < -0.8
    release = next(one for one in sample.themes if "versão nova" in one.name)
    assert set(release.touchpoints) == {"App dashboard"} and (release.heard.net.value or 0) < -0.8
    shares = [one.themes[release.name].value or 0 for one in sample.periods]
    assert max(shares[:-1]) < shares[-1]  # it came with the release of April 2026
    low = {str(one.at): one.heard.net.value for one in sample.touchpoints}
    assert min(low, key=lambda name: low[name] or 0 if name in ("ID check", "Welcome call") else 1) == "ID check"
    assert not any("@" in one.text for theme in sample.themes for one in theme.quotes)


def test_olist_is_heard_as_its_customers_rated(shared: Path) -> None:
    log = jn.open(ROOT / "data" / "recipes" / "olist.yaml", folder=shared / "data" / "olist")
    found = jn.voice(log)
    assert found.comments == 6153 and found.languages["pt"] > 6000
    assert (found.model.auc.value or 0) >= 0.93 and (found.model.auc.low or 0) >= 0.93
    assert (found.model.auc_later.value or 0) >= 0.93
    assert 0.8 < (found.model.auc_lexicon.value or 0) < (found.model.auc.low or 0)
    low, high = found.wrote[1.0], found.wrote[5.0]
    assert low[1] / low[0] == pytest.approx(0.78, abs=0.01) and high[1] / high[0] == pytest.approx(0.355, abs=0.01)
    assert (found.heard.net_weighted.low or 0) > (found.heard.net.high or 1)
    missing = next(one for one in found.themes if "não recebi" in one.name)
    assert (missing.rating.high or 5) < 3 and (missing.share_weighted.value or 1) < (missing.share.value or 0)


@pytest.mark.slow
def test_lounge_reviews_are_spontaneous_and_english(shared: Path) -> None:
    log = jn.open(ROOT / "data" / "recipes" / "lounge.yaml", folder=shared / "data" / "listening")
    found = jn.voice(log)
    assert found.languages == {"en": found.comments} and found.spontaneous == found.comments
    assert (found.model.auc.low or 0) > 0.85
    staff = next(one for one in found.themes if "staff" in one.name)
    assert (staff.heard.net.low or 0) > (found.heard.net.high or 1)


def test_from_the_command_line(tmp_path: Path) -> None:
    opened(tmp_path, table(120), "listening: {spontaneous: [Delivery]}\n")
    recipe = str(tmp_path / "journey.yaml")
    shown = CliRunner().invoke(app, ["voice", recipe, "--top", "3"])
    assert shown.exit_code == 0, shown.output
    assert "120 comments on 240 visits" in shown.output and "Net sentiment" in shown.output
    told = CliRunner().invoke(app, ["voice", recipe, "--json", "--source", "asked", "--where", "segment=new"])
    data = json.loads(told.stdout)["voice"]
    assert data["comments"] == 80 and data["model"]["labels"] == 120
    assert data["heard"]["net"]["n"] == 80


def test_corpora_are_kept_beside_the_index(log: jn.EventLog) -> None:
    one, other = part(log), part(log.where(segment="new"))
    assert isinstance(one, Part) and one.corpus is other.corpus
