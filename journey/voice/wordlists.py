"""Lists of words: fillers, denials, words that only judge, and what words of customer service feel like.

All without accents and capitals, because people write “nao” as often as “não”.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["BUT", "DENY", "JUDGING", "LESS", "MORE", "NEGATIONS", "SERVICE_EN", "SERVICE_PT", "STOP_WORDS"]


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


NEGATIONS: Final = _set(
    "nao nem sem nunca jamais nada ninguem nenhum nenhuma not no never nothing nobody none neither nor without cannot "
    "ni nadie ningun ninguna sin tampoco"
)
# Filling words, without accents. Words that deny, more and less, and words of judgement are no filling.
_PORTUGUESE: Final = (
    "a o as os um uma uns umas de do da dos das em no na nos nas num numa por pelo pela pelos pelas para pra pro pros "
    "com ao aos e ou que se eu tu ele ela eles elas voce voces vc vcs me mim te lhe lhes meu minha meus minhas seu sua "
    "seus suas nosso nossa nossos nossas este esta estes estas esse essa esses essas isto isso aquele aquela aquilo "
    "foi foram ser era eram sou e sao estou esta estao estava estavam tem tenho tinha ter ha havia vai vou ir ja ainda "
    "tambem muito muita muitos muitas mas como quando onde qual quais quem porque pois ate so mesmo mesma la aqui ali "
    "entre sobre depois antes agora hoje dia dias todo toda todos todas tudo nos fui fica ficou fez fazer faz q p pq "
    "tb d n's sido sendo seja tao cada outro outra outros outras bem infelizmente apenas"
)
_ENGLISH: Final = (
    "a an the and or but if of to in on at by for with from as is are was were be been being am it its it's this that "
    "these those i me my we us our you your he him his she her they them their there here what which who when where "
    "how have has had having do does did will would can could should may might just so than then too very also into "
    "out up down over about after before again all any each more most some such own same only other s t i'm i've we "
    "one get got even much while during"
)
_SPANISH: Final = (
    "el la los las un una unos unas de del en por para con a al y o que se yo tu el ella ellos ellas usted ustedes me "
    "mi te le les lo su sus nuestro nuestra este esta estos estas ese esa esos esas esto eso fue fueron ser era es son "
    "estoy esta estan estaba hay tiene tengo ha han muy mucho mucha muchos muchas pero como cuando donde cual quien "
    "porque hasta ya aun tambien mas todo toda todos todas"
)


STOP_WORDS: Final[Mapping[str, frozenset[str]]] = {
    language: _set(listed) - (NEGATIONS - own)
    for language, listed, own in (
        # “no” and “na” are “in the” in Portuguese, and deny in English and Spanish.
        ("pt", _PORTUGUESE, frozenset({"no"})),
        ("en", _ENGLISH, frozenset[str]()),
        ("es", _SPANISH, frozenset[str]()),
    )
}

# Words that judge, thank and greet: they say how it was, not what it was about.
_JUDGING: Final = (
    # Portuguese
    "bom boa bons boas otimo otima otimos otimas excelente perfeito perfeita maravilhoso maravilhosa gostei gostamos "
    "adorei adoro amei amo recomendo indico parabens nota dez obrigado obrigada valeu top show legal super feliz "
    "satisfeito satisfeita surpreso surpresa pessimo pessima ruim horrivel terrivel decepcionado decepcionada absurdo "
    "sinceramente continuem assim espero melhorem desisti quase olha beleza nem lindo linda maravilha sucesso abraco "
    "ok certo certinho tranquilo nada reclamar sim eficiente triste vergonha lamentavel perdi novo "
    # English
    "good great excellent nice lovely amazing awesome wonderful perfect fantastic best better bad poor awful terrible "
    "horrible worst disappointed disappointing thanks thank well done happy love loved like liked recommend "
    "recommended really honestly please ok okay fine ten out sorry frustrating waste pleasant quite pretty "
    "nothing definitely "
    # Spanish
    "bueno buena buenos buenas excelente perfecto gracias recomiendo malo mala pesimo feliz contento encanta gusta "
)
JUDGING: Final = _set(_JUDGING)


DENY: Final[Mapping[str, frozenset[str]]] = {
    "pt": _set("nao nem sem nunca jamais nada ninguem nenhum nenhuma n dificilmente raramente tampouco"),
    "en": _set(
        "not no never none neither nor nothing nobody without cannot can't cant don't dont doesn't didn't isn't wasn't "
        "aren't weren't won't wouldn't couldn't shouldn't hasn't haven't hadn't ain't rarely seldom hardly"
    ),
}
MORE: Final[Mapping[str, frozenset[str]]] = {
    "pt": _set(
        "muito muita muitos muitas bem super mega demais tao extremamente totalmente completamente absolutamente "
        "realmente incrivelmente bastante sempre hiper ultra altamente profundamente simplesmente"
    ),
    "en": _set(
        "very really extremely absolutely completely totally so too incredibly amazingly highly utterly truly "
        "especially particularly always most super quite"
    ),
}
LESS: Final[Mapping[str, frozenset[str]]] = {
    "pt": _set("pouco pouca quase meio algo levemente parcialmente"),
    "en": _set("slightly somewhat barely almost little partly kinda marginally"),
}
BUT: Final[Mapping[str, frozenset[str]]] = {
    "pt": _set("mas porem entretanto todavia contudo"),
    "en": _set("but however"),
}
# What LeIA lacks or has otherwise than customers mean it: −4 … 4, without accents.
SERVICE_PT: Final[Mapping[str, float]] = {
    "otimo": 3.1,
    "otima": 3.1,
    "bom": 1.9,
    "boa": 1.9,
    "bons": 1.9,
    "boas": 1.9,
    "top": 2.5,
    "show": 2.2,
    "nota dez": 3.0,
    "nota 10": 3.0,
    "rapido": 1.8,
    "rapida": 1.8,
    "rapidez": 1.8,
    "rapidamente": 1.6,
    "agil": 1.8,
    "agilidade": 1.7,
    "pontual": 1.8,
    "pontualidade": 1.8,
    "antes do prazo": 2.4,
    "dentro do prazo": 1.8,
    "no prazo": 1.6,
    "recomendo": 2.5,
    "gostei": 2.2,
    "gostamos": 2.2,
    "adorei": 3.0,
    "amei": 3.0,
    "parabens": 2.6,
    "atencioso": 2.0,
    "atenciosa": 2.0,
    "claro": 0.8,
    "clara": 0.8,
    "facil": 1.8,
    "pratico": 1.6,
    "satisfeito": 2.3,
    "satisfeita": 2.3,
    "funcionou": 1.2,
    "perfeito": 2.9,
    "perfeita": 2.9,
    "excelente": 3.0,
    "maravilhoso": 3.0,
    "maravilhosa": 3.0,
    "impecavel": 2.8,
    "confiavel": 2.0,
    "atraso": -1.9,
    "atrasou": -2.0,
    "atrasado": -1.9,
    "atrasada": -1.9,
    "demora": -1.7,
    "demorou": -1.8,
    "demorado": -1.8,
    "demorada": -1.8,
    "demorando": -1.8,
    "pessimo": -3.1,
    "pessima": -3.1,
    "ruim": -2.3,
    "defeito": -2.1,
    "defeituoso": -2.2,
    "quebrado": -2.0,
    "quebrada": -2.0,
    "quebrou": -2.0,
    "errado": -1.9,
    "errada": -1.9,
    "trocado": -1.2,
    "faltou": -1.7,
    "faltando": -1.7,
    "falta": -1.5,
    "incompleto": -1.7,
    "incompleta": -1.7,
    "devolucao": -1.3,
    "devolver": -1.3,
    "devolvi": -1.3,
    "reembolso": -1.3,
    "estorno": -1.3,
    "cancelar": -1.3,
    "cancelei": -1.6,
    "cancelamento": -1.2,
    "reclamar": -1.5,
    "reclamacao": -1.6,
    "procon": -2.4,
    "enganado": -2.5,
    "enganada": -2.5,
    "enganosa": -2.5,
    "golpe": -3.0,
    "descaso": -2.6,
    "descontente": -2.0,
    "insatisfeito": -2.3,
    "insatisfeita": -2.3,
    "decepcionado": -2.3,
    "decepcionada": -2.3,
    "decepcao": -2.3,
    "lixo": -2.8,
    "travou": -1.7,
    "trava": -1.5,
    "caiu": -1.0,
    "dificil": -1.5,
    "complicado": -1.5,
    "confuso": -1.5,
    "confusa": -1.5,
    "lento": -1.6,
    "lenta": -1.6,
    "caro": -1.4,
    "cara": -0.8,
    "infelizmente": -1.6,
    "aguardando": -1.2,
    "esperando": -1.0,
    "nao recebi": -2.6,
    "nao recebemos": -2.6,
    "nao recomendo": -2.8,
    "nao chegou": -2.5,
    "nao veio": -2.3,
    "nao foi entregue": -2.5,
    "nao funciona": -2.4,
    "nao funcionou": -2.4,
    "nao resolve": -2.3,
    "nao resolveu": -2.3,
    "nao resolveram": -2.3,
    "nao gostei": -2.3,
    "nao comprem": -3.0,
    "nao compro": -2.6,
    "nao responde": -2.0,
    "nao respondem": -2.2,
    "ninguem": -1.0,
    "assim nao da": -2.2,
    "ate agora": -0.9,
    "nunca mais": -2.6,
}
SERVICE_EN: Final[Mapping[str, float]] = {
    "late": -1.2,
    "slow": -1.4,
    "delayed": -1.4,
    "delay": -1.3,
    "waited": -0.9,
    "queue": -0.7,
    "crowded": -1.4,
    "broken": -1.8,
    "dirty": -2.0,
    "stale": -1.5,
    "overpriced": -1.8,
    "expensive": -1.2,
    "dearer": -1.2,
    "refund": -1.0,
    "unhelpful": -1.9,
    "outdated": -1.3,
    "limited": -0.9,
    "cramped": -1.3,
    "noisy": -1.2,
    "fast": 1.2,
    "quick": 1.3,
    "quickly": 1.2,
    "spacious": 1.5,
    "quiet": 0.9,
    "modern": 0.9,
    "prompt": 1.3,
    "on time": 1.5,
    "smooth": 1.3,
    "smoothly": 1.3,
    "flawless": 2.4,
    "seamless": 1.9,
}
