"""What is typed at the gateway: each command does it, writes it down, and refuses what cannot be meant."""

from __future__ import annotations

import errno
import io
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from gateway.__main__ import main
from gateway.kept import grants, requests, tokens
from gateway.kept.database import GRANTS, REQUESTS, open_database
from gateway.kept.webhooks import webhooks
from gateway.settings import Settings
from schemas.manifest import read_manifest
from tests.gateway import COUNTY, PRODUCT
from tests.servers.gateway import told

ROBOT = "https://oapi.dingtalk.com/robot/send"


@pytest.fixture
def settings(three_versions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A gateway of the test's own that nobody has been let in to."""
    made = told(three_versions / "supply", tmp_path / "gateway")
    monkeypatch.setattr("gateway.__main__.settings", lambda: made)
    return made


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine is set to a zone behind China's."""
    with monkeypatch.context() as zone:
        zone.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def written(settings: Settings) -> list[dict[str, Any]]:
    """The records of the audit log."""
    file = settings.log
    return [json.loads(line) for line in file.read_bytes().splitlines()] if file.exists() else []


def test_a_client_is_ended_by_its_id_once_and_that_is_written_down(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_database(settings)
    to = grants.add_recipient(engine, COUNTY, "数据局")
    client, other = (tokens.add_client(engine, to.id) for _ in range(2))
    assert main(["unclient", client.id]) == 0
    assert tokens.access(engine, client.id, client.secret) is None
    assert tokens.access(engine, other.id, other.secret) is not None
    (record,) = written(settings)
    assert (record["what"], record["client"]) == ("client ended", client.id)
    capsys.readouterr()
    assert main(["unclient", client.id]) == 1
    assert "stands in its profile file" in capsys.readouterr().out and len(written(settings)) == 1


def test_a_webhook_is_listed_and_ended_by_its_number_and_its_address_is_not_written_down(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("SEC0\n"))
    assert main(["recipient", COUNTY, "数据局"]) == 0
    assert main(["webhook", "1", f"{ROBOT}?access_token=geheim", "--form", "dingtalk"]) == 0
    assert main(["grants", COUNTY]) == 0
    assert "webhook 1  oapi.dingtalk.com, dingtalk" in capsys.readouterr().out
    assert main(["unhook", "1"]) == 0
    assert webhooks(open_database(settings)) == []
    assert main(["unhook", "1"]) == 1
    assert "There is no webhook 1 that holds" in capsys.readouterr().out
    added, ended = written(settings)[-2:]
    assert (added["what"], added["webhook"], added["host"]) == ("webhook", 1, "oapi.dingtalk.com")
    assert datetime.fromisoformat(added["at"]) <= datetime.fromisoformat(ended["at"])
    assert (ended["what"], ended["webhook"]) == ("webhook ended", 1)
    assert "geheim" not in settings.log.read_text()


def test_of_an_address_with_a_password_its_host_alone_is_listed_and_written_down(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    to = grants.add_recipient(open_database(settings), COUNTY, "数据局")
    assert main(["webhook", str(to.id), "https://ju:geheim@hooks.example:8443/x"]) == 0
    capsys.readouterr()
    assert main(["grants", COUNTY]) == 0
    assert "webhook 1  hooks.example:8443, plain" in capsys.readouterr().out
    assert written(settings)[-1]["host"] == "hooks.example:8443" and "geheim" not in settings.log.read_text()


class Typed(io.StringIO):
    """What a person types unseen."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("given", [io.StringIO, Typed])
@pytest.mark.parametrize(("line", "secret", "said"), [(" SECgeheim\n", "SECgeheim", "signed by the robot's own secret"),
                                                      ("\n", "", "not signed"), ("", "", "not signed")])  # fmt: skip
def test_a_robots_secret_is_the_one_that_dingtalk_shows_and_no_argument(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    given: type[io.StringIO], line: str, secret: str, said: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", given(line))
    monkeypatch.setattr("getpass.getpass", lambda _: line)
    assert main(["recipient", COUNTY, "数据局"]) == 0
    assert main(["webhook", "1", ROBOT, "--form", "dingtalk"]) == 0
    (made,) = webhooks(open_database(settings))
    told = capsys.readouterr().out
    assert made.secret == secret and said in told and "geheim" not in told + settings.log.read_text()


def test_a_secret_that_is_not_typed_makes_no_webhook(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def left(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("sys.stdin", Typed())
    monkeypatch.setattr("getpass.getpass", left)
    assert main(["recipient", COUNTY, "数据局"]) == 0
    assert main(["webhook", "1", ROBOT, "--form", "dingtalk"]) == 1
    assert "No webhook is made" in capsys.readouterr().out and webhooks(open_database(settings)) == []


def test_a_webhook_is_added_where_something_is_served_that_it_is_to_know(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is where a store was away when its mirror was to be filled."""
    engine = open_database(settings)
    to = grants.add_recipient(engine, COUNTY, "数据局")
    monkeypatch.setattr("gateway.__main__.settings", lambda: replace(settings, supply=tmp_path / "mirror"))
    assert main(["webhook", f"{to.id}", ROBOT]) == 1 and webhooks(engine) == written(settings) == []
    assert f"Nothing is released for {COUNTY} below" in capsys.readouterr().out


def test_the_days_of_grants_and_requests_are_chinas_on_a_machine_of_another_zone(
    settings: Settings, capsys: pytest.CaptureFixture[str], elsewhere: None
) -> None:
    engine, early = open_database(settings), int(datetime(2026, 12, 31, 20, tzinfo=UTC).timestamp())
    to = grants.add_recipient(engine, COUNTY, "数据局")
    grants.grant(engine, to, PRODUCT, "L1", purpose="亩均评价", approver="张处", days=1)
    requests.ask(engine, to, PRODUCT, "L2", purpose="亩均评价", contact="王工")
    with engine.begin() as connection:
        connection.execute(update(GRANTS).values(expires=early))
        connection.execute(update(REQUESTS).values(asked=early))
    assert main(["grants", COUNTY]) == main(["requests"]) == 0
    said = capsys.readouterr().out
    assert "to 2027-01-01: " in said and "request 1  2027-01-01  数据局" in said


@pytest.mark.parametrize(
    ("network", "advice"),
    [
        ("10.33.1.0/16", "write 10.33.0.0/16, or 10.33.1.0 for it alone"),
        ("fd00::1/64", "write fd00::/64, or fd00::1 for it alone"),
        ("10.33.0.0/16,10.34.0.0/16", "--network anew before each"),
        ("10.33.0.0/33", "such as 10.33.0.0/16"),
    ],
)
def test_a_network_that_is_none_is_told_with_what_to_write(
    settings: Settings, capsys: pytest.CaptureFixture[str], network: str, advice: str
) -> None:
    assert main(["recipient", COUNTY, "数据局", "--network", network]) == 1
    said = capsys.readouterr().out
    assert f"'{network}'" in said and advice in said
    assert grants.recipients(open_database(settings), COUNTY) == []


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
@pytest.mark.parametrize("ending", ["client", "recipient"])
def test_a_token_got_while_its_client_is_ended_ends_with_it(
    settings: Settings, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, backend: str, ending: str
) -> None:
    if backend == "postgresql":
        url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg2://")
        settings = replace(settings, database=url)
    engine = open_database(settings)
    to = grants.add_recipient(engine, COUNTY, "数据局")
    client = tokens.add_client(engine, to.id)
    asked = {"client": (tokens.revoke_client, client.id), "recipient": (tokens.shut_out, to.id)}[ending]
    ends = threading.Thread(target=asked[0], args=(engine, asked[1]))

    def meanwhile(kept: str, told: str) -> bool:
        ends.start()
        ends.join(0.5)
        return kept == told

    monkeypatch.setattr(tokens.secrets, "compare_digest", meanwhile)
    token = tokens.access(engine, client.id, client.secret)
    ends.join()
    assert token is None or tokens.good_token(engine, token.secret) is None


def test_what_a_trial_is_given_is_written_down_and_its_second_asking_gives_a_token_alone(settings: Settings) -> None:
    assert main(["try", COUNTY]) == 0
    (to,) = grants.recipients(open_database(settings), COUNTY)
    (given,) = grants.holding(open_database(settings), to.id)
    assert main(["try", COUNTY]) == 0
    told = written(settings)
    assert [each["what"] for each in told] == ["recipient", "granted", "token", "token"]
    assert {(each["recipient"], each["county"]) for each in told} == {(to.id, COUNTY)}
    assert (told[1]["grant"], told[1]["product"], told[1]["view"]) == (given.id, PRODUCT, "L3")


def test_nothing_is_granted_or_answered_where_its_line_has_no_room(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_database(settings)
    to = grants.add_recipient(engine, COUNTY, "数据局")
    given = grants.grant(engine, to, PRODUCT, "L1", purpose="亩均评价", approver="张处", days=30)
    asked = requests.ask(engine, to, PRODUCT, "L2", purpose="亩均评价", contact="王工")
    settings.log.symlink_to("/dev/full")
    for each in (
        f"grant {to.id} {PRODUCT} L3 --purpose 用途 --approver 张处", f"try {COUNTY}",
        f"approve {asked} --approver 张处", f"decline {asked} --by 张处 --reason 用途不明", f"link {to.id}",
        f"recipient {COUNTY} 统计局", f"client {to.id}", f"webhook {to.id} https://例.中国/hook",
    ):  # fmt: skip
        assert main(each.split()) == 1
        assert f"{settings.state} cannot be written (No space left on device). Make room" in capsys.readouterr().out
    assert grants.holding(engine, to.id) == [given] and grants.recipients(engine, COUNTY) == [to]
    assert [each.id for each, _ in requests.pending(engine)] == [asked] and webhooks(engine) == []


def test_what_ends_has_ended_also_where_its_line_has_no_room(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_database(settings)
    to = grants.add_recipient(engine, COUNTY, "数据局")
    given = grants.grant(engine, to, PRODUCT, "L1", purpose="亩均评价", approver="张处", days=30)
    client, token = tokens.add_client(engine, to.id), tokens.issue(engine, to.id)
    settings.log.symlink_to("/dev/full")
    for each in (f"revoke {given.id}", f"unclient {client.id}", f"shut-out {to.id}"):
        assert main(each.split()) == 1
        assert f"{settings.state} cannot be written (No space left on device). Make room" in capsys.readouterr().out
    assert grants.holding(engine, to.id) == [] and tokens.good_token(engine, token) is None
    assert tokens.access(engine, client.id, client.secret) is None


def test_a_fault_of_ours_keeps_its_trace(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr("gateway.kept.granted.write", fails)
    with pytest.raises(OSError, match="Bad file descriptor"):
        main(["granted"])


def test_a_trial_is_told_of_tables_that_there_are(
    settings: Settings, three_versions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pointer = three_versions / "supply" / COUNTY / PRODUCT / "manifest.json"
    manifest = read_manifest(pointer)
    only = manifest.model_copy(update={"views": {"L2": manifest.views["L2"]}})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("gateway.commands.serving.served", lambda *_: only)
        assert main(["try", COUNTY]) == 0
    line = manifest.contract_version.split(".")[0]
    assert f"Its tables: {COUNTY}.{PRODUCT}_v{line}.L2 …" in capsys.readouterr().out


def test_every_activation_link_is_written_down_without_its_code(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recipient", COUNTY, "数据局"]) == main(["link", "1"]) == 0
    assert [(each["what"], each["recipient"]) for each in written(settings)] == [("recipient", 1), *[("link", 1)] * 2]
    codes = re.findall(r"/activate/(\S+)", capsys.readouterr().out)
    log = settings.log.read_text()
    assert len(codes) == 2 and not any(code in log for code in codes)


@pytest.mark.parametrize("county", ["999999", "33011", "余杭区", "..", ""])
def test_a_county_that_is_not_served_is_let_in_by_no_command(
    settings: Settings, capsys: pytest.CaptureFixture[str], county: str
) -> None:
    for command in (["recipient", county, "某局"], ["grants", county], ["try", county], ["shelf", county]):
        assert main(command) == 1
        assert f"Nothing is released for {county} below" in capsys.readouterr().out
    assert grants.recipients(open_database(settings), county) == written(settings) == []


def test_grants_tell_that_nobody_is_let_in_and_go_on_telling_of_who_was(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grants", COUNTY]) == 0
    assert f"python -m gateway recipient {COUNTY}" in capsys.readouterr().out
    grants.add_recipient(open_database(settings), "330103", "原下城区数据局")
    assert main(["grants", "330103"]) == 0
    assert "原下城区数据局" in capsys.readouterr().out


@pytest.mark.parametrize("days", ["-5", "0", "36501", "9" * 30, "一年", "1.5", "９０", ""])
def test_a_grant_holds_for_a_number_of_days(settings: Settings, capsys: pytest.CaptureFixture[str], days: str) -> None:
    to = grants.add_recipient(open_database(settings), COUNTY, "数据局")
    said = ["--approver", "张三", f"--days={days}"]
    for command in (["grant", str(to.id), PRODUCT, "L1", "--purpose", "试用", *said], ["approve", "1", *said]):
        with pytest.raises(SystemExit):
            main(command)
        assert f"found '{days}'; expected a number of days from 1 to 36,500" in capsys.readouterr().err
    assert grants.grants_of(open_database(settings), to.id) == written(settings) == []


def test_nothing_is_granted_below_a_products_lowest_view(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = read_manifest(settings.supply / COUNTY / PRODUCT / "manifest.json")
    only = manifest.model_copy(update={"views": {"L2": manifest.views["L2"]}})
    monkeypatch.setattr("gateway.commands.granting.served", lambda *_: only)
    engine = open_database(settings)
    to = grants.add_recipient(engine, COUNTY, "数据局")
    below, lowest = (requests.ask(engine, to, PRODUCT, each, purpose="亩均", contact="王工") for each in ("L1", "L2"))
    for each in (f"grant {to.id} {PRODUCT} L1 --purpose 亩均 --approver 张处", f"approve {below} --approver 张处"):
        assert main(each.split()) == 1
        assert f"{PRODUCT} has no view up to L1 for {COUNTY}: the lowest is L2" in capsys.readouterr().out
    assert len(requests.pending(engine)) == 2 and grants.grants_of(engine, to.id) == written(settings) == []
    assert main(["approve", f"{lowest}", "--approver", "张处"]) == 0
    assert main(["grant", f"{to.id}", PRODUCT, "L3", "--purpose", "亩均", "--approver", "张处"]) == 0


def test_who_approves_or_declines_is_said_in_place_of_what_is_printed(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_database(settings)
    to = grants.add_recipient(engine, COUNTY, "数据局")
    asked = requests.ask(engine, to, PRODUCT, "L1", purpose="亩均评价", contact="王工")
    words = (["approve", f"{asked}", "--approver", "…"], ["decline", f"{asked}", "--by", "…", "--reason", "不明"],
             ["decline", f"{asked}", "--by", "张处", "--reason", "…"],
             ["grant", f"{to.id}", PRODUCT, "L1", "--purpose", "试用", "--approver", "…"])  # fmt: skip
    told = [(main(each), capsys.readouterr().out) for each in words]
    assert all(ended == 1 and "write" in said for ended, said in told)
    assert len(requests.pending(engine)) == 1 and grants.grants_of(engine, to.id) == written(settings) == []


def test_a_port_that_is_taken_is_told_before_the_gateway_claims_to_answer(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[int] = []
    monkeypatch.setattr("uvicorn.run", lambda *_, port, **__: served.append(port))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["free", "--port", str(port)]) == main(["serve", "--port", str(port)]) == 1
        said = capsys.readouterr().out
    assert "answers on" not in said and f"port {port}" in said and "make gateway" in said and served == []
    assert main(["free", "--port", str(port)]) == 0
    assert main(["serve", "--port", str(port)]) == 0
    assert "The gateway answers on" in capsys.readouterr().out and served == [port]


@pytest.mark.parametrize(
    ("address", "port"),
    [("http://127.0.0.1:8477", 8477), ("http://localhost:8477", 8477), ("http://[::1]", 8400),
     ("https://share.example:8477", 8400)],
)  # fmt: skip
def test_the_gateway_answers_where_an_address_on_this_machine_says(
    address: str, port: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[int] = []
    monkeypatch.setattr("uvicorn.run", lambda *_, port, **__: served.append(port))
    monkeypatch.setattr("gateway.commands.serving._refuse_taken", lambda *_: None)
    monkeypatch.setattr("gateway.__main__.settings", lambda: replace(settings, address=address))
    assert main(["serve"]) == main(["serve", "--port", "8499"]) == 0
    assert served == [port, 8499]


def test_a_gateway_that_serves_tells_retention_of_its_pins_also_of_none(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: None)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    file = settings.state / "pins.json"
    assert main(["shelf", COUNTY]) == main(["grants", COUNTY]) == 0 and not file.exists()
    assert main(["serve", "--port", str(port)]) == 0
    assert json.loads(file.read_bytes()) == {"pins": []}


@pytest.mark.parametrize(("backlog", "why"), [(None, "Connection refused"), (1, "timeout expired")])
def test_a_database_that_is_away_or_silent_is_told_soon_and_in_a_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], backlog: int | None,
    why: str,
) -> None:  # fmt: skip
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        if backlog:
            nobody.listen(backlog)
        away = f"postgresql+psycopg2://jubian:geheim@127.0.0.1:{nobody.getsockname()[1]}/gateway"
        monkeypatch.setattr("gateway.__main__.settings", lambda: replace(settings, database=away))
        begun = time.monotonic()
        assert main(["grants", COUNTY]) == 1
        assert time.monotonic() - begun < 20
    said = capsys.readouterr().out
    assert why in said and "JUBIAN_GATEWAY_DATABASE" in said
    assert said.count("\n") == 1 and "geheim" not in said


def test_a_version_that_was_never_released_is_not_pinned_and_the_shelf_is_named(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recipient", COUNTY, "数据局"]) == 0
    assert main(["grant", "1", PRODUCT, "L2", "--purpose", "审计", "--approver", "张三"]) == 0
    for version in ("99", "0"):
        capsys.readouterr()
        assert main(["pin", "1", version]) == 1
        told = f"Version {version} of {PRODUCT} was never released for {COUNTY}; see: make shelf COUNTY={COUNTY}\n"
        assert capsys.readouterr().out == told
    assert not any(each["what"] == "pinned" for each in written(settings))
