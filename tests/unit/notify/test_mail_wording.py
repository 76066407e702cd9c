"""Case 89: a mail says that something waits, never what. Every language, urgency and status is rendered."""

import email
import email.policy
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.notify.channels.base import ChannelNotUsable
from services.notify.channels.email.message import EXERCISE_MARK, TEMPLATES, load_wordings, write
from services.notify.domain.notice import Notice
from services.notify.domain.rota import LANGUAGES
from shared.runtime.ids import new_id, short
from shared.wire import codes

DESK = "https://desk.example.org/"
HEADERS = {
    "Subject", "From", "To", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "Importance",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip
FORBIDDEN_CODES = [
    *codes.Category, *codes.CaseKind, *codes.Strength, *codes.Sex, *codes.MatchState, *codes.ContactWish,
    *codes.Tlp, *codes.PermittedUse,
]  # fmt: skip
FORBIDDEN_WORDS = (
    "match", "alert", "partner", "missing", "found", "victim", "child",
    "dingęs", "dingus", "rastas", "rasta", "sutap", "vaik", "partner", "auka",
    "disparu", "trouvé", "correspond", "enfant", "partenaire", "victime", "alerte",
    "zagin", "dziec", "ofiar", "dopasow", "alarm", "пропав", "ребён", "ребен", "совпад", "жертв", "партн",
    "зник", "дитин", "збіг", "pazud", "bērn", "sakrit", "upur", "vermisst", "kind", "treffer", "opfer",
    "vilnius", "riga", "lyon", "token", "?",
)  # fmt: skip
RENDERINGS = [
    pytest.param(language, urgency, status, id=f"case 89 {language} {urgency.value} {status.value}")
    for language in LANGUAGES
    for urgency in codes.Urgency
    for status in (codes.MsgStatus.ACTUAL, codes.MsgStatus.EXERCISE)
]


def render(language: str, urgency: str, status: str, reference: str) -> email.message.EmailMessage:
    """Through the wire form and back, as a reader's program sees it."""
    notice = Notice(short(reference), urgency, status, DESK, language)
    mail = write(
        notice,
        load_wordings()[language],
        sender="Myosotis <desk@example.org>",
        recipient="duty@example.org",
        message_id="<delivery_x@example.org>",
        now=datetime(2026, 11, 21, 21, 40, tzinfo=UTC),
    )
    return email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)


def text_of(mail: email.message.EmailMessage) -> str:
    """The body with the line ends of this system."""
    return str(mail.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize(("language", "urgency", "status"), RENDERINGS)
def test_only_the_allowed_placeholders_vary(language: str, urgency: str, status: str) -> None:
    """Two references differ in their four characters and in nothing else; the template holds the rest."""
    texts = []
    for reference in (new_id("match"), new_id("case")):
        mail = render(language, urgency, status, reference)
        body = text_of(mail)
        assert mail["Subject"].count(short(reference)) == 1
        assert body.count(DESK) == 1
        assert reference not in mail.as_string()
        assert reference not in body
        texts.append((mail["Subject"] + "\n" + body).replace(short(reference), "$case"))
    assert texts[0] == texts[1]
    template = (TEMPLATES / language / "body.txt").read_text(encoding="utf-8")
    sentences = (TEMPLATES / language / "urgency.txt").read_text(encoding="utf-8").splitlines()
    filled = [
        template.replace("$urgency", sentence.partition(": ")[2]).replace("$desk", DESK)
        for sentence in sentences
    ]
    assert texts[0].partition("\n")[2].strip() in [text.strip() for text in filled]


@pytest.mark.parametrize(("language", "urgency", "status"), RENDERINGS)
def test_no_word_says_what_waits(language: str, urgency: str, status: str) -> None:
    mail = render(language, urgency, status, new_id("case"))
    assert set(mail.keys()) <= HEADERS
    shown = f"{mail['Subject']}\n{text_of(mail)}".replace(DESK, "").casefold()
    words = set(re.findall(r"[\w+]+", shown))
    assert not words & {code.value.casefold() for code in FORBIDDEN_CODES}
    assert not [word for word in FORBIDDEN_WORDS if word in shown]


@pytest.mark.parametrize(("language", "urgency", "status"), RENDERINGS)
def test_an_exercise_says_so_first_and_never_hurries(language: str, urgency: str, status: str) -> None:
    mail = render(language, urgency, status, new_id("case"))
    sentences = (TEMPLATES / language / "urgency.txt").read_text(encoding="utf-8").splitlines()
    by_key = {line.partition(": ")[0]: line.partition(": ")[2] for line in sentences}
    body = text_of(mail)
    if status == "Exercise":
        assert mail["Subject"].startswith(EXERCISE_MARK)
        assert by_key.pop("exercise") in body
        assert not [sentence for sentence in by_key.values() if sentence in body]
        assert mail["Importance"] is None
    else:
        assert "EXERCISE" not in mail["Subject"]
        assert by_key["exercise"] not in body
        assert by_key[urgency] in body
        assert (mail["Importance"] == "high") is (urgency == "Immediate")


def test_what_a_reader_reads() -> None:
    """Whole sentences in every language, so that a change of the wording is seen by its reviewer."""
    subjects = {}
    for language in LANGUAGES:
        mail = render(language, "Immediate", "Actual", "case_" + "a" * 26)
        subjects[language] = mail["Subject"].replace(short("case_" + "a" * 26), "4F2A")
        assert mail["Content-Language"] == language
    assert subjects == {
        "lt": "Byla 4F2A laukia jūsų",
        "en": "Case 4F2A needs you",
        "fr": "Le dossier 4F2A vous attend",
        "pl": "Sprawa 4F2A czeka na Ciebie",
        "ru": "Дело 4F2A ждёт вас",
        "uk": "Справа 4F2A чекає на вас",
        "lv": "Lieta 4F2A gaida jūs",
        "de": "Der Fall 4F2A braucht Sie",
    }


def test_a_mail_is_plain_ascii_on_the_way() -> None:
    notice = Notice("4F2A", "Immediate", "Actual", DESK, "lt")
    mail = write(
        notice,
        load_wordings()["lt"],
        sender="desk@example.org",
        recipient="duty@example.org",
        message_id="<a@b.example>",
        now=datetime(2026, 11, 21, tzinfo=UTC),
    )
    raw = mail.as_bytes()
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_every_language_of_the_rota_has_templates() -> None:
    assert set(load_wordings()) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("body.txt", "Case $case: $name", "may name only"),
        ("subject.txt", "Case $case of $partner", "may name only"),
        ("subject.txt", "Case $case, $urgency", "may name only"),
        ("body.txt", "costs 5$ ", "may name only"),
        ("urgency.txt", "Immediate: now", "lacks"),
        ("urgency.txt", None, "cannot be read"),
        ("body.txt", None, "cannot be read"),
    ],
)
def test_case_89_a_template_that_asks_for_more_does_not_load(
    tmp_path: Path, file: str, content: str | None, complaint: str
) -> None:
    folder = tmp_path / "en"
    folder.mkdir()
    for source in (TEMPLATES / "en").iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    load_wordings(tmp_path)
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(content)
    with pytest.raises(ChannelNotUsable, match=complaint):
        load_wordings(tmp_path)
