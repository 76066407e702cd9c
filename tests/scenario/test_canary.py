"""Case 88: one invented person through everything, on real processes and a real broker; then every byte that
was left anywhere is searched for her, in every form that a careless program could have left her in.

Case 89: the mails hold the allowed text and nothing else.
"""

import base64
import email
import email.policy
import hashlib
import hmac
import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from demo.cast import LYON, VILNIUS
from demo.client import DeskAnswer, DeskClient
from services.intake.domain.alert import Choices
from services.notify.channels.email.message import TEMPLATES
from shared.runtime.ids import short
from tests.faults.system.network import Network, eventually, network
from tests.scenario import canary

pytestmark = [pytest.mark.broker, pytest.mark.slow, pytest.mark.timeout(900)]

GIVEN, FAMILY = "Žydrūnė", "Kanarėlė-Testauskienė"
BORN, PLACE = "1993-07-19", "Kuktiškės"
PHONE, CODE = "+37061299871", "49307190417"
NOTE = f"Skambinti {PHONE}, kodas {CODE}; paskutinį kartą matyta prie Kregždynėlio baro"
TOKENS = (
    GIVEN,
    "Kanarėlė",
    "Testauskienė",
    FAMILY,
    f"{GIVEN} {FAMILY}",
    BORN,
    PLACE,
    PHONE,
    CODE,
    "Kregždynėlio",
)
PERSON = {
    "given_name": GIVEN,
    "family_name": FAMILY,
    "sex": "female",
    "date_of_birth": BORN,
    "height_cm": 171,
    "eye_colour": "green",
    "languages": ["lt"],
    "last_seen_place": PLACE,
}
HEADINGS = "id,kind,given_name,family_name,sex,date_of_birth,last_seen_place,category"
GOOD_CSV = f"{HEADINGS}\nK-1,missing,{GIVEN},{FAMILY},female,{BORN},{PLACE},adult\n"
BAD_CSV = (
    f"{HEADINGS}\n{GIVEN},lost,{FAMILY},{PHONE},{CODE},{BORN} {GIVEN},{PLACE},{NOTE.replace(',', ';')}\n"
)
WANTED = canary.needles(TOKENS)


def test_the_search_finds_her_where_she_is(tmp_path: Path) -> None:
    """The positive control: without it, a search that finds nothing proves nothing."""
    (tmp_path / "input.csv").write_text(GOOD_CSV, encoding="utf-8")
    found = canary.search(tmp_path, WANTED)
    assert {f"input.csv: {canary.folded(token)}: raw" for token in (GIVEN, FAMILY, BORN, PLACE)} <= set(found)
    for data in (
        FAMILY.encode("utf-16-le"),
        b"x" + base64.b64encode(b"ab" + f"{GIVEN} {FAMILY}".encode() + b"cd"),
        json.dumps({"family_name": FAMILY}).encode(),
        FAMILY.upper().encode().hex().encode(),
        canary.folded(FAMILY).lower().encode(),
        hashlib.sha256(GIVEN.lower().encode()).digest(),
        hmac.new(b"", canary.folded(FAMILY).encode(), hashlib.sha256).hexdigest().encode(),
        urllib.parse.quote(PLACE).encode(),
    ):
        assert canary.traces(b"before" + data + b"after", WANTED), data
    assert not canary.traces(os.urandom(1_000_000), WANTED)


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Two nodes with their desks; every temporary file of theirs lies where it is searched, too."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with network("intake", "matching", "notify", "web") as made:
        yield made


def desk(net: Network, organisation: str) -> DeskClient:
    """A desk over HTTP."""
    node = net.nodes[organisation]
    return DeskClient(organisation, node.address, node.token)


def sign_in_as(address: str, login: str, password: str) -> tuple[int, str]:
    """What a browser does; status and page."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = browser.open(f"{address}/sign-in", timeout=30).read().decode()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    form = {"csrf_token": found[1], "login": login, "password": password}
    filled, headers = urllib.parse.urlencode(form).encode(), {"Referer": f"{address}/sign-in"}
    request = urllib.request.Request(f"{address}/sign-in", filled, headers)  # noqa: S310 - our own desk
    try:
        with browser.open(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def raw(net: Network, organisation: str, path: str, data: bytes, kind: str) -> bytes:
    """POST some bytes to the API, whatever they are; the answer, good or bad."""
    node = net.nodes[organisation]
    headers = {"Authorization": f"Bearer {node.token}", "Content-Type": kind}
    request = urllib.request.Request(f"{node.address}/api/v1{path}", data, headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        return error.read()


def keep_pages(net: Network, pages: Path) -> None:
    """The metrics and health pages of every process, to be searched."""
    pages.mkdir(exist_ok=True)
    ports = {
        int(number)
        for toml in (net.folder / "nodes").rglob("service.toml")
        for number in re.findall(r"health_port = (\d+)", toml.read_text())
    }
    for port in ports:
        for page in ("metrics", "readyz", "healthz"):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=10) as answer:
                    (pages / f"{port}-{page}").write_bytes(answer.read())
            except urllib.error.HTTPError as error:
                (pages / f"{port}-{page}").write_bytes(error.read())
    assert any(path.stat().st_size for path in pages.glob("*-metrics"))


def make_mistakes(net: Network) -> None:
    """What people and programs send that is wrong, each with her name in it."""
    vilnius, address = desk(net, VILNIUS.id), net.nodes[VILNIUS.id].address
    status, _ = sign_in_as(address, f"{GIVEN} {FAMILY}", CODE)
    assert status == 401, net.service(VILNIUS.id, "web").log.read_text()
    raw(net, VILNIUS.id, "/imports/dry-run", BAD_CSV.encode(), "text/csv")
    raw(net, VILNIUS.id, "/imports/dry-run", BAD_CSV.encode("utf-16"), "text/csv")
    raw(net, VILNIUS.id, "/cases", f'{{"person": "{GIVEN} {FAMILY}", '.encode(), "application/json")
    raw(net, VILNIUS.id, "/cases", GOOD_CSV.encode(), "application/json")
    for path in (f"/cases/{urllib.parse.quote(FAMILY)}", f"/cases?q={urllib.parse.quote(GIVEN)}"):
        raw(net, VILNIUS.id, path, b"{}", "application/json")
    for person in ({**PERSON, "date_of_birth": f"{BORN} {GIVEN}"}, {**PERSON, FAMILY: NOTE}):
        with pytest.raises(DeskAnswer) as refused:
            vilnius.post("/cases", {"kind": "missing", "category": "adult", "person": person})
        assert refused.value.status in (400, 422)


def back_up(net: Network, organisation: str) -> None:
    """An encrypted backup, as an administrator makes one."""
    secret = net.folder / "backup.passphrase"
    secret.write_text("a long passphrase for a backup\n")
    secret.chmod(0o600)
    node = net.nodes[organisation].folder
    command = [
        sys.executable,
        "-m",
        "admin",
        "--node",
        str(node),
        "backup",
        str(net.folder / f"{organisation}.bak"),
    ]
    done = subprocess.run(
        [*command, "--passphrase-file", str(secret)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    (net.folder / f"{organisation}.backup.out").write_text(done.stdout + done.stderr)


def test_nothing_of_her_is_left_anywhere(net: Network, tmp_path: Path) -> None:
    """Case 88: node folders, databases, logs, mails, broker files, metrics, temporary files, backups."""
    vilnius, lyon = desk(net, VILNIUS.id), desk(net, LYON.id)
    eventually(lambda: vilnius.answers() and lyon.answers())
    make_mistakes(net)
    lyon.post("/cases", {"kind": "found", "category": "adult", "person": PERSON, "note": NOTE})
    net.wait_for_pseudonyms()
    case = vilnius.post(
        "/cases", {"kind": "missing", "category": "adult", "risk": "high", "person": PERSON, "note": NOTE}
    )["summary"]["id"]
    app, worker = net.apps[VILNIUS.id].use_cases, net.actor(VILNIUS.id)
    batch, _ = app.imports.commit(GOOD_CSV.encode(), worker)
    assert batch.rows == 1
    assert len(app.cases.search(FAMILY, worker)) == 2

    alert = vilnius.post(
        "/alerts", {"case": case, "release": ["sex", "birth_decade", "height", "eye_colour"]}
    )
    eventually(lambda: len(lyon.get("/matches")["matches"]) == 1)
    [match] = lyon.get("/matches")["matches"]
    assert FAMILY not in str(lyon.get(f"/matches/{match['id']}"))
    assert FAMILY in str(lyon.get(f"/cases/{match['case_id']}"))  # where she belongs, she is
    decision = {
        "state": "need_information",
        "note": NOTE,
        "version": match["version"],
        "seen_state": match["state"],
    }
    lyon.post(f"/matches/{match['id']}/decision", decision)
    app.alerts.update(alert["id"], worker, choices=Choices(released=frozenset({"sex", "birth_decade"})))
    eventually(lambda: len(net.mailbox.messages()) >= 1)
    check_mails(net)
    net.wait_for_states(
        [share["id"] for share in vilnius.get(f"/alerts/{alert['id']}")["shares"]], "compared"
    )
    back_up(net, VILNIUS.id)
    keep_pages(net, net.folder / "pages")
    look(net, tmp_path)

    vilnius.post(f"/alerts/{alert['id']}/withdraw")
    net.wait_for_states([share["id"] for share in vilnius.get(f"/alerts/{alert['id']}")["shares"]], "deleted")
    app.cases.erase(case, worker)
    keep_pages(net, net.folder / "pages")
    assert net.troupe.stop() == []
    net.broker.stop()
    look(net, tmp_path)


def look(net: Network, temporary: Path) -> None:
    """Search everything of this run; and make sure that there was something to search."""
    assert canary.size_of(net.folder / "nodes") > 500_000
    assert canary.size_of(net.folder / "broker") > 100_000
    assert canary.size_of(net.folder / "logs") > 1_000
    assert canary.search(net.folder, WANTED) == []
    assert canary.search(temporary, WANTED) == []


def check_mails(net: Network) -> None:
    """Case 89: header by header and line by line what the templates allow, and no word of the case."""
    references = net.rows(LYON.id, "notify", "SELECT reference FROM waiting")
    names = {short(row["reference"]) for row in references}
    template = (TEMPLATES / LYON.duty_language / "body.txt").read_text(encoding="utf-8")
    urgencies = (TEMPLATES / LYON.duty_language / "urgency.txt").read_text(encoding="utf-8")
    sentences = [line.partition(": ")[2] for line in urgencies.splitlines() if line.strip()]
    for path in net.mailbox.messages():
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        said = str(mail.get_content()).replace("\r\n", "\n").strip()
        allowed = {
            template.replace("$case", name)
            .replace("$urgency", sentence)
            .replace("$desk", f"{net.nodes[LYON.id].address}/")
            .strip()
            for name in names
            for sentence in sentences
        }
        assert said in allowed
        everything = path.read_text(encoding="utf-8")
        for word in (VILNIUS.id, "token", "match_", "alert_", "case_", "?"):
            assert word not in everything.replace("=?utf-8?", "").replace("?=", "").replace("?q?", "")


def test_a_crash_leaves_no_core(net: Network) -> None:
    """Case 88: a process that is killed writes nothing of its memory anywhere below its folders."""
    net.kill(net.service(LYON.id, "matching"))
    net.wait_until_running()
    assert [
        path for path in net.folder.rglob("core*") if path.is_file() and path.suffix in ("", ".dump")
    ] == []
    shutil.rmtree(net.folder / "pages", ignore_errors=True)
