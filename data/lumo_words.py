"""What Lumo's invented customers write: fragments by touchpoint, mood and language, put together by chance.

`CORES[touchpoint] = (bad in Portuguese, good in Portuguese, bad in English, good in English)`.
"""

from __future__ import annotations

import numpy as np

Fragments = tuple[str, ...]

CORES: dict[str, tuple[Fragments, Fragments, Fragments, Fragments]] = {
    "Website visit": (
        (
            "o site demora para carregar no celular",
            "não achei o preço em lugar nenhum",
            "muita propaganda e pouca informação sobre a instalação",
        ),
        (
            "site bonito e fácil de entender",
            "achei tudo o que precisava em dois minutos",
            "gostei do passo a passo da energia solar",
        ),
        (
            "the site is slow on my phone",
            "I could not find the price anywhere",
            "too many pop-ups and not enough facts",
        ),
        (
            "clear site, I found everything in minutes",
            "the explanation of how solar credits work is great",
            "easy to find my way around",
        ),
    ),
    "Savings simulator": (
        (
            "o simulador pediu dados demais",
            "a simulação prometeu um desconto que depois mudou",
            "não entendi de onde saiu o valor da economia",
        ),
        (
            "o simulador mostrou na hora quanto eu ia economizar",
            "simulação rápida e honesta",
            "adorei ver a economia mês a mês",
        ),
        (
            "the simulator asks for too much data",
            "the savings shown were not what I was offered later",
            "I did not understand how the estimate was made",
        ),
        (
            "the simulator showed my savings at once",
            "honest estimate, close to what I got",
            "loved seeing the savings month by month",
        ),
    ),
    "WhatsApp question": (
        (
            "o robô do WhatsApp não entendeu minha pergunta",
            "fiquei uma tarde esperando resposta no WhatsApp",
            "mandaram resposta pronta que não ajudou",
        ),
        (
            "responderam no WhatsApp em poucos minutos",
            "a atendente tirou todas as minhas dúvidas",
            "conversa simples, sem enrolação",
        ),
        (
            "the WhatsApp bot did not understand me",
            "waited a whole afternoon for an answer",
            "got a canned answer that did not help",
        ),
        ("quick answer on WhatsApp", "the agent answered every question I had", "simple chat, no nonsense"),
    ),
    "Plan comparison": (
        (
            "os planos são parecidos demais, não sei qual escolher",
            "a diferença entre Plus e Família não está clara",
            "faltou dizer o que acontece depois dos seis meses",
        ),
        ("a tabela de planos é muito clara", "foi fácil escolher o plano", "gostei de comparar os planos lado a lado"),
        (
            "the plans look all the same",
            "the difference between Plus and Família is not clear",
            "nothing about what happens after six months",
        ),
        ("the plan table is very clear", "easy to choose the right plan", "good side by side comparison"),
    ),
    "Quote call": (
        (
            "ligaram três vezes no horário de trabalho",
            "o vendedor insistiu demais",
            "o orçamento por telefone veio diferente do site",
        ),
        (
            "o consultor explicou o orçamento com paciência",
            "ligação rápida e objetiva",
            "me ajudaram a entender minha conta de luz",
        ),
        ("they called three times during work", "the salesperson was too pushy", "the quote differed from the site"),
        (
            "the adviser explained the quote patiently",
            "short and useful call",
            "they helped me understand my energy bill",
        ),
    ),
    "Sign-up form": (
        (
            "o formulário apagou tudo quando voltei uma página",
            "pediram o número da instalação e não sei onde fica",
            "cadastro longo demais",
        ),
        ("cadastro rápido, cinco minutos", "formulário simples e direto", "preencheu meu endereço pelo CEP, ótimo"),
        (
            "the form lost everything when I went back",
            "they ask for a meter number I cannot find",
            "far too many fields",
        ),
        ("signing up took five minutes", "short, simple form", "the address filled itself in, great"),
    ),
    "ID check": (
        (
            "a foto do documento nunca é aceita",
            "tentei quatro vezes e o aplicativo não lê meu RG",
            "a selfie dá erro e manda começar tudo de novo",
            "a verificação de identidade travou e perdi o cadastro",
            "diz que a foto está escura mesmo de dia",
        ),
        ("a verificação passou de primeira", "documento aprovado em um minuto", "achei seguro, deu certo rápido"),
        (
            "the photo of my ID is never accepted",
            "tried four times and the app cannot read my document",
            "the selfie fails and I have to start again",
            "the ID check froze and I lost my application",
            "it says the picture is too dark in broad daylight",
        ),
        ("the ID check worked the first time", "approved in a minute", "felt safe and was quick"),
    ),
    "Contract signature": (
        (
            "o contrato voltou três vezes por causa do CNPJ",
            "o jurídico pediu mudança e ninguém respondeu",
            "letra miúda demais no contrato",
            "o link da assinatura expirou",
        ),
        (
            "assinei pelo celular em um minuto",
            "contrato curto e em português claro",
            "assinatura digital sem dor de cabeça",
        ),
        (
            "the contract came back three times because of our company number",
            "our legal team asked for a change and heard nothing",
            "too much small print",
            "the signature link had expired",
        ),
        ("signed on my phone in a minute", "short contract in plain words", "painless digital signature"),
    ),
    "Payment set-up": (
        ("meu cartão foi recusado sem explicação", "não aceita Pix automático", "cobraram duas vezes o cadastro"),
        ("cadastrei o Pix em segundos", "pagamento fácil e seguro", "gostei de poder escolher o dia do vencimento"),
        ("my card was refused without a reason", "no automatic Pix", "I was charged twice at set-up"),
        ("set up Pix in seconds", "easy and safe payment", "good that I can choose the due date"),
    ),
    "Installation booking": (
        (
            "só tinha data para daqui a três semanas",
            "remarcaram minha instalação duas vezes",
            "não dá para escolher o horário",
        ),
        (
            "marquei a instalação pelo WhatsApp em um minuto",
            "vários horários disponíveis",
            "confirmaram a data na hora",
        ),
        ("the first free date was weeks away", "they moved my installation twice", "you cannot choose the time"),
        ("booked the installation on WhatsApp in a minute", "plenty of time slots", "the date was confirmed at once"),
    ),
    "Installation visit": (
        (
            "a equipe não veio no dia prometido",
            "esperei mais de uma semana pela instalação",
            "prometeram cinco dias e levaram quinze",
            "ninguém avisou do atraso",
            "o técnico chegou sem o medidor",
        ),
        (
            "os instaladores foram pontuais e caprichosos",
            "instalação limpa e bem explicada",
            "chegaram no dia combinado e deixaram tudo funcionando",
        ),
        (
            "the team did not come on the promised day",
            "waited more than a week for the installation",
            "they promised five days and took fifteen",
            "nobody told me about the delay",
            "the technician came without the meter",
        ),
        (
            "the installers were on time and careful",
            "clean installation, well explained",
            "they came as agreed and left everything running",
        ),
    ),
    "Device activation": (
        ("o medidor não conecta no Wi-Fi", "ficou horas em “ativando”", "o código do aparelho não funcionou"),
        ("ativei o medidor em dois toques", "funcionou de primeira", "o aplicativo achou o aparelho sozinho"),
        ("the meter will not join the Wi-Fi", "stuck on “activating” for hours", "the device code did not work"),
        ("activated in two taps", "worked at the first try", "the app found the device by itself"),
    ),
    "Welcome call": (
        ("ligaram no meio da reunião", "a ligação caiu duas vezes"),
        (
            "que ligação gentil, me explicaram a conta e o aplicativo",
            "a moça da boas-vindas foi maravilhosa",
            "me senti cuidado desde o primeiro dia",
            "tiraram todas as dúvidas antes da primeira conta",
            "melhor recepção que já tive de uma empresa",
        ),
        ("they called in the middle of a meeting", "the call dropped twice"),
        (
            "such a kind call, they explained the bill and the app",
            "the welcome agent was wonderful",
            "I felt looked after from day one",
            "all my questions answered before the first bill",
            "the best welcome I ever had from a company",
        ),
    ),
    "First bill": (
        (
            "não entendi a primeira conta, veio um valor proporcional",
            "cobraram dias que eu nem usei",
            "a conta veio mais alta que a simulação",
            "precisei ligar para entender a fatura",
            "duas cobranças na mesma conta e nenhuma explicação",
        ),
        ("a primeira conta já veio menor", "fatura clara, com a economia em destaque", "gostei do resumo da economia"),
        (
            "I do not understand my first bill, what is pro rata?",
            "charged for days I did not use",
            "the bill is higher than the simulation",
            "I had to call to understand the invoice",
            "two charges on one bill and no explanation",
        ),
        ("the first bill was already lower", "clear invoice with the savings on top", "nice summary of what I saved"),
    ),
    "Monthly bill": (
        ("a conta chegou depois do vencimento", "o valor mudou e ninguém avisou", "a fatura não abre no e-mail"),
        ("conta certinha todo mês", "fácil de pagar e de entender", "dá gosto ver a economia na conta"),
        (
            "the bill came after its due date",
            "the amount changed without notice",
            "the invoice does not open from the e-mail",
        ),
        ("always right, every month", "easy to pay and to understand", "it is a pleasure to see the savings"),
    ),
    "App dashboard": (
        (
            "depois da atualização o aplicativo fecha sozinho",
            "o gráfico de consumo sumiu na versão nova",
            "o painel mostra zero o dia inteiro",
            "o aplicativo ficou lento",
        ),
        (
            "adoro ver o consumo em tempo real",
            "o painel é lindo e útil",
            "descobri que o chuveiro era o vilão da conta",
            "consigo ver cada aparelho da casa",
        ),
        (
            "since the update the app keeps closing",
            "the usage chart is gone in the new version",
            "the dashboard shows zero all day",
            "the app has become slow",
        ),
        (
            "I love seeing my usage in real time",
            "the dashboard is beautiful and useful",
            "found out the shower was the culprit",
            "I can see every appliance",
        ),
    ),
    "Energy report": (
        ("o relatório é cheio de termos técnicos", "o relatório repete o do mês passado"),
        ("o relatório traz dicas que funcionam", "muito bom comparar com os vizinhos", "relatório claro e curto"),
        ("the report is full of jargon", "the report repeats last month's"),
        ("the report has tips that work", "nice to compare with the neighbourhood", "short and clear report"),
    ),
    "First savings message": (
        ("a economia foi menor do que prometeram",),
        ("economizei cem reais, nem acreditei", "a mensagem da economia fez meu dia", "finalmente minha conta caiu"),
        ("the savings were smaller than promised",),
        ("saved my first hundred reais, wow", "that message made my day", "my bill has finally gone down"),
    ),
    "Outage notice": (
        ("avisaram da queda depois que a luz já tinha voltado", "três quedas em um mês"),
        ("avisaram da queda antes da distribuidora", "bom saber a previsão de volta"),
        ("the outage notice came after the power was back", "three outages in one month"),
        ("they told me before the utility did", "good to know when power would return"),
    ),
    "Smart-plug set-up": (
        ("a tomada inteligente não pareia", "o manual não explica nada"),
        ("a tomada inteligente é muito prática", "desligo tudo pelo celular"),
        ("the smart plug will not pair", "the manual explains nothing"),
        ("the smart plug is very handy", "I switch everything off from my phone"),
    ),
    "Plan change": (
        ("para mudar de plano tive que falar com três pessoas", "a mudança só vale no mês que vem"),
        ("mudei de plano no aplicativo em um minuto", "acharam um plano melhor para mim"),
        ("I had to talk to three people to change plan", "the change only counts from next month"),
        ("changed plan in the app in a minute", "they found me a better plan"),
    ),
    "Support call": (
        (
            "quarenta minutos de espera na linha",
            "passaram minha ligação de um para outro",
            "cada atendente diz uma coisa sobre a conta",
        ),
        ("a atendente resolveu na hora", "explicaram a conta com calma", "atendimento humano e educado"),
        (
            "forty minutes on hold",
            "they passed me from one agent to the next",
            "every agent says something different about the bill",
        ),
        ("the agent solved it at once", "they explained the bill calmly", "human and polite support"),
    ),
    "Support chat": (
        (
            "o chat encerrou antes de resolver",
            "só respostas automáticas",
            "tive que repetir tudo o que já tinha dito por telefone",
        ),
        ("resolveram pelo chat em cinco minutos", "resposta rápida e clara no WhatsApp", "não precisei ligar, ótimo"),
        (
            "the chat closed before it was solved",
            "only automatic answers",
            "had to repeat everything I had said on the phone",
        ),
        ("solved by chat in five minutes", "quick and clear reply", "no need to call, great"),
    ),
    "Renewal notice": (
        ("o aviso de renovação não diz o novo preço", "avisaram em cima da hora"),
        ("aviso claro, com um mês de antecedência", "gostei do resumo do que economizei no período"),
        ("the renewal notice does not state the new price", "the notice came at the last moment"),
        ("clear notice a month ahead", "nice summary of what I saved"),
    ),
    "Renewal call": (
        ("insistiram para eu subir de plano", "não tinham meu histórico na ligação"),
        (
            "renovaram com desconto sem eu pedir",
            "o gerente conhece nossa empresa e preparou tudo",
            "ligação objetiva e respeitosa",
        ),
        ("they pushed me to a dearer plan", "they did not have my history"),
        (
            "renewed with a discount I had not asked for",
            "our manager knows the company and had everything ready",
            "brief and respectful call",
        ),
    ),
    "Cancellation": (
        ("cancelar levou três ligações", "tentaram me segurar de todo jeito"),
        ("cancelaram sem burocracia", "respeitaram minha decisão"),
        ("it took three calls to cancel", "they tried everything to keep me"),
        ("cancelled without fuss", "they respected my decision"),
    ),
    "(relation)": (
        (
            "prometem muito e entregam pouco",
            "o suporte deixa a desejar",
            "a instalação atrasou e isso marcou",
            "a conta é confusa",
            "o aplicativo piorou muito",
            "estou pensando em sair",
        ),
        (
            "recomendo para toda a família",
            "economizo todo mês sem fazer nada",
            "empresa séria e atendimento humano",
            "energia limpa e conta menor",
            "a equipe é atenciosa",
            "já indiquei para três vizinhos",
        ),
        (
            "they promise a lot and deliver little",
            "support could be much better",
            "the installation was late and it shows",
            "the bill is confusing",
            "the app got a lot worse",
            "I am thinking of leaving",
        ),
        (
            "I recommend them to the whole family",
            "I save every month without doing anything",
            "serious company with human support",
            "clean energy and a smaller bill",
            "the team cares",
            "already told three neighbours",
        ),
    ),
}

_OPEN = {
    ("pt", 0): (
        "",
        "",
        "",
        "",
        "Sinceramente, ",
        "Olha, ",
        "Decepcionado: ",
        "Que dificuldade, ",
        "Infelizmente ",
        "De novo: ",
        "Um absurdo, ",
    ),
    ("pt", 1): ("", "", "", "", "Parabéns, ", "Amei, ", "Muito bom, ", "Surpreso: ", "Nota dez, ", "Gostei: "),
    ("en", 0): ("", "", "", "", "Honestly, ", "Sorry, but ", "Disappointed: ", "Again: ", "Frustrating, ", "Well, "),
    ("en", 1): ("", "", "", "", "Great, ", "Lovely, ", "Really good: ", "Well done, ", "Happy customer here, "),
}
_CLOSE = {
    ("pt", 0): (
        "",
        "",
        "",
        " Péssimo.",
        " Assim não dá.",
        " Espero que melhorem.",
        " Perdi meu tempo.",
        " Quase desisti.",
        " Ninguém resolve.",
        " Não recomendo.",
        " 😡",
    ),
    ("pt", 1): (
        "",
        "",
        "",
        " Obrigado!",
        " Recomendo.",
        " Continuem assim.",
        " Valeu mesmo.",
        " Nota 10.",
        " 👏",
        " 😊",
    ),
    ("en", 0): (
        "",
        "",
        "",
        " Not good enough.",
        " Please fix this.",
        " I nearly gave up.",
        " What a waste of time.",
        " Nobody helps.",
        " 😠",
    ),
    ("en", 1): ("", "", "", " Thank you!", " Recommended.", " Keep it up.", " Ten out of ten.", " 😊"),
}
_SO_SO = {
    "pt": ("Foi ok, mas {}.", "Mais ou menos: {}.", "Nem bom nem ruim, {}.", "No geral tudo bem, só que {}."),
    "en": ("It was fine, but {}.", "So-so: {}.", "Neither good nor bad, {}.", "All right overall, only {}."),
}
# Invented personal data, so that masking has something to mask: reserved domains and textbook numbers.
_PRIVATE = {
    "pt": (
        " Me respondam em cliente{}@example.com.",
        " Meu telefone é (11) 90000-0{:03d}.",
        " Meu CPF é 111.444.777-35.",
    ),
    "en": (" Write to customer{}@example.com.", " Call me on (21) 90000-0{:03d}."),
}


def comment(rng: np.random.Generator, touchpoint: str, mood: float, language: str) -> str:
    """One comment. `mood` is the answer on 0 (worst) … 1 (best); around the middle people say both."""
    cores = CORES.get(touchpoint, CORES["(relation)"])
    good = int(rng.random() < (0.02 if mood < 0.4 else 0.97 if mood > 0.7 else 0.35))
    core = str(rng.choice(cores[good + (2 if language == "en" else 0)]))
    if 0.4 <= mood <= 0.7 and not good:
        text = str(rng.choice(_SO_SO[language])).format(core)
    else:
        opening = str(rng.choice(_OPEN[language, good]))
        text = f"{opening}{core}." if opening else f"{core[0].upper()}{core[1:]}."
        text = text.replace("?.", "?") + str(rng.choice(_CLOSE[language, good]))
    if rng.random() < 0.004:
        text += str(rng.choice(_PRIVATE[language])).format(int(rng.integers(100, 999)))
    style = rng.random()
    return text.lower() if style < 0.12 else text.rstrip(".") if style < 0.25 else text
