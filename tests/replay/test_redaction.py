"""What redaction takes out, what it leaves, and that the measured figures are those of this version."""

import json
import time
from pathlib import Path

import pytest
from bench.redaction import RESULTS, measure

from holdfast.replay import REDACTION, redactor

TAKEN = {
    "write to jane.doe@example.com.": "write to [EMAIL].",
    "+49 170 1234567 or 0170 1234567": "[PHONE] or [PHONE]",
    "card 4111 1111 1111 1111!": "card [CARD]!",
    "IBAN DE89 3704 0044 0532 0130 00 today": "IBAN [IBAN] today",
    "from 192.0.2.1 and 2001:db8::1": "from [IP] and [IP]",
    "https://u:p@example.com/x ok": "[URL] ok",
    "https://example.com/x?access_token=abcdef1 ok": "[URL] ok",
    "http://[bad/x?y=1 ok": "[URL] ok",
    "key sk-abcdefghijklmnopqrstuv": "key [SECRET]",
    "password: hunter22, yes": "password: [SECRET], yes",
    "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- x": "[SECRET] x",
    "run 9b74c9897bac770ffc029102a200c5de9b74c989": "run [SECRET]",
    "ANNA  schmidt and Anna": "[NAME] and Anna",
    "4111 1111 1111 1111 12/27, 4111 1111 1111 1111 123": "[CARD] 12/27, [CARD] 123",
    "12 4111 1111 1111 1111 5500 0000 0000 0004": "12 [CARD] [CARD]",
    "No.4111111111111111 or card-4111111111111111": "No.[CARD] or card-[CARD]",
    "4111\u00a01111\u00a01111\u00a01111 4111\n1111\n1111\n1111": "[CARD] [CARD]",
    "4111\u20131111\u20131111\u20131111": "[CARD]",
    "tel:+49 170 1234567, Tel.:+49\u00a0170\u00a01234567": "tel:[PHONE], Tel.:[PHONE]",
    "Phone:555-123-4567": "Phone:[PHONE]",
    "ip:203.0.113.7 source:2001:db8::1 fe80:0:0:0:0:0:0:1": "ip:[IP] source:[IP] [IP]",
    "IBAN_DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000": "IBAN_[IBAN]",
    "DB_PASSWORD=hunter22 OPENAI_API_KEY=abcdefgh": "DB_PASSWORD=[SECRET] OPENAI_API_KEY=[SECRET]",
    "client_secret=abcdefg1 my_password: hunter22": "client_secret=[SECRET] my_password: [SECRET]",
    "Authorization: Basic dXNlcjpwYXNz": "Authorization: Basic [SECRET]",
    "password: abc,def!ghi, yes": "password: [SECRET], yes",
    "password: password": "password: [SECRET]",
    'password: "my pass phrase" api_key=[abcdef]': 'password: "[SECRET]" api_key=[SECRET]',
    "password\u200b -> hunter22": "password\u200b -> [SECRET]",
    "Anna-Schmidt An\u200bna\u00a0Schmidt Anna_Schmidt": "[NAME] [NAME] [NAME]",
    "Jos\u00e9 and Jose\u0301": "[NAME] and [NAME]",
    "M\u0308ara and MARA": "[NAME] and MARA",
    "O\u2019Brien and o'brien": "[NAME] and [NAME]",
}
LEFT = (
    "card 4111 1111 1111 1112",
    "IBAN GB29NWBK60161331926818",
    "DE89 is short",
    "ZZ11 1234 5678 9012 3456",
    "12:34:56 and 1.2.3 and 999.1.1.1",
    "https://example.com/?page=2",
    "the password field is empty",
    "jane at example dot com",
    "Hauptstraße 5, born 1987-05-04",
    "Schmidthuber",
    "2010 2011 2012 2013 2014 2015 2016 2017",
    "std::vector and a::b::c",
    "0.4111111111111111",
)


@pytest.mark.parametrize("text", TAKEN)
def test_what_has_a_form_becomes_a_word_for_its_kind(text: str) -> None:
    assert redactor(["Anna Schmidt", "Jose\u0301", "O'Brien", "M\u0308ara", " "])(text).text == TAKEN[text]


@pytest.mark.parametrize("text", LEFT)
def test_what_looks_alike_or_has_no_form_stays(text: str) -> None:
    found = redactor(["Schmidt"])(text)
    assert (found.text, found.counts) == (text, {})


SLOW = {"commas": "password: " + "," * 50_000, "groups": "1 " * 50_000, "unseen": "Anna" + "\u200b" * 50_000}


@pytest.mark.parametrize("kind", SLOW)
def test_a_text_made_to_take_long_does_not(kind: str) -> None:
    begun = time.process_time()
    redactor(["Anna Schmidt"])(SLOW[kind])
    assert time.process_time() - begun < 5


def test_without_a_list_no_name_is_taken_out() -> None:
    assert redactor()("Anna Schmidt").text == "Anna Schmidt"


def test_a_redacted_text_is_not_redacted_again() -> None:
    redact = redactor(["Anna"])
    once = redact("Anna: token=abcdef123, mail a@example.com, password is [SECRET]").text
    assert redact(once).text == once


def test_the_published_figures_are_those_of_these_rules() -> None:
    kept = json.loads(RESULTS.read_text("utf-8"))
    assert kept["redaction"] == REDACTION
    for name in ("seen", "held_out"):
        assert json.loads(json.dumps(measure(name))) == kept[name]


def test_the_page_says_the_measured_figures() -> None:
    kept = json.loads(RESULTS.read_text("utf-8"))
    page = Path("docs/concepts/own-conversations.md").read_text("utf-8")
    for name in ("seen", "held_out"):
        for figure in ("all_kinds_with_a_form", "clean_sentences_changed"):
            assert f"{kept[name][figure]['found']} of {kept[name][figure]['of']}" in page
