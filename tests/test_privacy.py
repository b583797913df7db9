"""Masking: what is personal goes, what only looks like it stays, however long the text."""

from __future__ import annotations

import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import journey as jn
from journey.app.state import SAMPLE
from journey.events.comments import comments
from journey.voice.phones import region_of
from journey.voice.privacy import mask, masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # e-mail
        ("Me respondam em cliente495@example.com.", "Me respondam em [e-mail]."),
        ("Write to joão.silva+lumo@mail.empresa.com.br, please", "Write to [e-mail], please"),
        ("11987654321@example.com", "[e-mail]"),
        # phone
        ("Call me on (21) 90000-0417.", "Call me on [phone]."),
        ("meu telefone é (11) 90000-0123 😊", "meu telefone é [phone] 😊"),
        ("11 98765-4321", "[phone]"),
        ("11987654321", "[phone]"),
        ("ligue 11 9 8765-4321 ou 21 3344 5566!", "ligue [phone] ou [phone]!"),
        ("(011) 3344-5566", "[phone]"),
        ("+55 (11) 98765-4321", "[phone]"),
        ("5511987654321", "[phone]"),
        ("(ligue (11)98765-4321)", "(ligue [phone])"),
        ("meu whats: 98765-4321", "meu whats: [phone]"),
        ("o telefone fixo é 3344-5566", "o telefone fixo é [phone]"),
        ("+1 212 736 5000 or +44 20 7946 0958", "[phone] or [phone]"),
        ("00351 912 345 678", "[phone]"),
        ("ask at (212) 736-5000", "ask at [phone]"),
        ("11 98765\u20114321", "[phone]"),
        # CPF, CNPJ
        ("Meu CPF é 111.444.777-35", "Meu CPF é [CPF]"),
        ("cpf 11144477735!", "cpf [CPF]!"),
        ("111 444 777 35", "[CPF]"),
        ("CNPJ 11.222.333/0001-81", "CNPJ [CNPJ]"),
        ("11222333000181", "[CNPJ]"),
        ("empresa 12.ABC.345/01DE-35", "empresa [CNPJ]"),
        # card
        ("card 4111 1111 1111 1111", "card [card]"),
        ("5500-0000-0000-0004", "[card]"),
        ("378282246310005", "[card]"),
        # IP, CEP, plate
        ("from 192.168.0.1, and 2001:db8::1", "from [IP], and [IP]"),
        ("CEP 01310-100", "CEP [CEP]"),
        ("cep: 01310100", "cep: [CEP]"),
        ("moro no 01.310-100", "moro no [CEP]"),
        ("placa ABC-1234 e ABC1D23", "placa [plate] e [plate]"),
        ("my car, plate abc 1d23", "my car, plate [plate]"),
    ],
)
def test_personal_data_are_masked(text: str, expected: str) -> None:
    assert mask(text) == expected
    assert mask(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "5 estrelas, nota 10!",
        "5 stars. 10/10",
        "de 1-10 dou 9; 10 9 8 10 9 8 7 6 5 4 3",
        "R$ 1.234,56 por mês, 12x de 89,90",
        "US$ 1133445566 and R$1133445566",
        "1.234.567.890 kWh, ou 12.345.678",
        "em 12/05/2026, 21.11.2026 e 2026-11-21 10:30",
        "2024-2025, 2019, 2020, 2021",
        "pedido 1133445566, protocolo nº 2026112100012345",
        "order #11987654321; order number 1133445566",
        "boleto 34191.79001 01043.510047 91020.150008 6 84560000010000",
        "leitura 12345 67890",
        "EAN 7891234567895",
        "CPF 111.444.777-36",  # check digits
        "000.000.000-00",
        "11.222.333/0001-80",
        "4111 1111 1111 1112",
        "cartão final 1111",
        "às 10:30:45, das 8:00 às 18:00",
        "versão 5.0.1.2 e 300.1.1.1",
        "ISO-9001, NBR 5410, RTX 4090, JAN-2024, BRL1500",
        "código ABC1234, cupom BEM2026",
        "@lumo responde; a@b; 3 @ 5",
        "1️⃣ 2️⃣ 3️⃣ 😊😊",
        "Rua 7, nº 1234, apto 56",
        "Ana disse que João ligou",
        "+10 pontos, +5511",
        "",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert mask(text) == text


def test_names_go_only_by_the_list() -> None:
    names = ["Ana", "João da Silva", "Clara", "Conceição"]
    assert mask("Falei com Ana e joao da silva.", names=names) == "Falei com [name] e [name]."
    assert mask("A CONCEICAO atendeu", names=names) == "A [name] atendeu"
    assert mask("fatura clara, Anabela", names=names) == "fatura clara, Anabela"
    assert mask("João Silva e Ana", names=["João"]) == "[name] Silva e Ana"
    assert mask("Ana Paula Souza", names=["Ana", "Ana Paula"]) == "[name] Souza"
    assert mask("Ana", names=["", "  "]) == "Ana"


def test_regions() -> None:
    assert mask("ring 020 7946 0958", region="GB") == "ring [phone]"
    assert mask("06 12 34 56 78", region="FR") == "[phone]"
    assert mask("06 12 34 56 78") == "06 12 34 56 78"
    said = {None: "BR", "pt": "BR", "pt-PT": "PT", "pt_BR": "BR", "en": "US", "en-GB": "GB", "xx": "BR", "pt-ZZ": "BR"}
    assert {language: region_of(language) for language in said} == said


def test_many_texts_keep_their_order() -> None:
    assert masked(["a", "b@example.com", "a"]) == ("a", "[e-mail]", "a")
    assert masked([]) == ()


LONG = {
    "one run of digits": "1" * 1_000_000,
    "single digits": "1 " * 500_000,
    "pairs of digits": "12 34 " * 160_000,
    "quads": "1234 5678 " * 100_000,
    "dotted": "9.9.9.9." * 125_000,
    "nearly cards": "4111 1111 1111 1112 " * 50_000,
    "phones": "".join(f"1198{i:07d} " for i in range(80_000)),
    "at signs": "a@" * 500_000,
    "almost addresses": "a@b." * 250_000,
    "a long local part": "a" * 999_990 + "@x",
    "colons": "a:" * 500_000,
    "brackets": "(" * 500_000 + "1" * 8,
    "blanks": "1" + " " * 1_000_000 + "1",
    "emoji": "😊" * 1_000_000,
    "words": "não gostei do atendimento " * 40_000,
    "letters": "ABC-123" * 140_000,
}


@pytest.mark.parametrize("kind", LONG)
def test_a_megabyte_takes_seconds_at_most(kind: str) -> None:
    start = time.perf_counter()
    found = mask(LONG[kind], names=["Ana", "João Silva"])
    assert time.perf_counter() - start < 15  # on a busy machine; alone it is 3
    assert (found == LONG[kind]) == (kind != "phones")


@given(st.text(alphabet=st.sampled_from("0123456789 .-()+/@:abAB😊é\u00a0٣"), max_size=200))
def test_any_text_can_be_masked_twice(text: str) -> None:
    once = mask(text, names=["ab"])
    assert mask(once, names=["ab"]) == once


@pytest.mark.parametrize("phone", [f"({area}) 9{n:04d}-{n:04d}" for area in (11, 21, 85) for n in (0, 1234, 9876)])
def test_brazilian_mobiles_of_all_parts(phone: str) -> None:
    assert mask(f"meu número {phone}.") == "meu número [phone]."


def test_the_samples_planted_data_are_all_masked() -> None:
    log = jn.open(SAMPLE)
    texts = [one.text for one in comments(log, limit=10_000).shown]
    found = pd.Series(masked(texts))
    planted = pd.Series(texts)
    assert planted.str.contains(r"@|\d{3}").sum() >= 10
    assert not found.str.contains(r"@|\d{3}").any()
    changed = found[found != planted]
    assert len(changed) == planted.str.contains(r"@|\d{3}").sum(), "nothing else was touched"
