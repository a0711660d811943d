"""Whether the files of deploy/ hold together: variables, Dagster's settings, units, the nginx site, the cluster's."""

from __future__ import annotations

import ast
import asyncio
import importlib.metadata
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import yaml
from dagster import DagsterInstance, DefaultRunLauncher
from dagster._core.instance.config import retention_config_schema
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from assets import automation, instance
from gateway.serving import files
from schemas.feed import Api, all_feeds
from tests.conftest import REPOSITORY
from tests.gateway import PRODUCT
from tests.servers.gateway import serving, told
from tests.servers.postgres import free_port

DEPLOY = REPOSITORY / "deploy"
ROOMS = ("schemas", "pipelines", "assets", "gateway", "demo")
# The library of the object store reads these by itself.
OF_THE_LIBRARY = {"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
PECULIAR = r"a$b&c #d;e\f\"g`h"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def variables_read() -> set[str]:
    """The variables of ours, and the object store's, that the code names; the address of each feed with an API is one
    more."""
    trees = (ast.parse(file.read_text()) for room in ROOMS for file in (REPOSITORY / room).rglob("*.py"))
    texts = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"(JUBIAN|AWS)_[A-Z0-9_]*[A-Z]", text)}


def addresses() -> set[str]:
    """The variables that give a feed's API its address, of which the environment file shows one."""
    return {f"JUBIAN_{feed.key.upper()}_URL" for feed in all_feeds().values() if isinstance(feed.source, Api)}


def variables_listed() -> set[str]:
    """The variables of ours, and the object store's, that the environment file sets or shows."""
    return set(re.findall(r"^#?((?:JUBIAN|AWS)_[A-Z_0-9]+)=", (DEPLOY / "jubian.env").read_text(), re.MULTILINE))


def test_the_environment_file_lists_what_the_code_reads_and_nothing_else() -> None:
    assert variables_listed() - addresses() - OF_THE_LIBRARY == variables_read() and variables_listed() & addresses()
    assert {"JUBIAN_HOME", "JUBIAN_GATEWAY_SECRET", "JUBIAN_DAGSTER_SETTINGS"} <= variables_read()


def test_the_object_stores_page_names_each_of_its_variables() -> None:
    told = set(re.findall(r"\bAWS_[A-Z0-9_]*[A-Z]\b", (REPOSITORY / "docs" / "object-store.md").read_text()))
    read = {name for name in variables_read() if name.startswith("AWS_")}
    assert len(read) > 10 and told == read | OF_THE_LIBRARY


def test_the_gateways_page_has_a_row_for_each_of_its_variables() -> None:
    rows = re.findall(r"^\| (`JUBIAN_.*?) \|", (REPOSITORY / "docs" / "gateway.md").read_text(), re.MULTILINE)
    of_gateway = {name for name in variables_read() if name.startswith("JUBIAN_GATEWAY_")}
    assert of_gateway <= set(re.findall(r"`(JUBIAN_[A-Z_]+)`", " ".join(rows)))


def test_every_variable_has_its_meaning_above_it() -> None:
    lines = (DEPLOY / "jubian.env").read_text().splitlines()
    for at, line in enumerate(lines):
        if re.match(r"#?[A-Z_0-9]+=", line):
            above = next(each for each in reversed(lines[:at]) if not re.match(r"#?[A-Z_0-9]+=", each))
            assert re.match(r"# \S.{20}", above), line


def test_user_jubian_reads_a_secret_with_the_shells_own_letters_as_systemd_does(tmp_path: Path) -> None:
    """systemd takes what stands between single quotes as it is, up to the next one."""
    text = (DEPLOY / "jubian.env").read_text()
    assert "install -o jubian -g jubian -m 0600" in text
    asked = re.findall(r"^#?([A-Z_]+)=(.*PASSWORD.*)$", text, re.MULTILINE)
    assert {"JUBIAN_DAGSTER_URL", "JUBIAN_EXCHANGE_URL", "JUBIAN_GATEWAY_SECRET"} <= {name for name, _ in asked}
    file = tmp_path / "jubian.env"
    lines = [f"{name}={written}" for name, written in asked]
    file.write_text("\n".join(lines).replace("PASSWORD", PECULIAR))
    shell = [
        "bash",
        "-c",
        'set -a; . "$1"; python -c "import json, os; print(json.dumps(dict(os.environ)))"',
        "-",
        file,
    ]
    seen = json.loads(subprocess.run(shell, capture_output=True, text=True, check=True).stdout)
    assert [seen.get(name) for name, _ in asked] == [
        written.strip("'").replace("PASSWORD", PECULIAR) for _, written in asked
    ]


def test_dagster_starts_under_the_production_settings(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres_url.replace("postgresql://", "postgresql+psycopg2://")
    monkeypatch.setenv("JUBIAN_DAGSTER_URL", url)
    prepared = _prepared(tmp_path, url)
    with DagsterInstance.from_config(str(prepared)) as instance:
        assert "postgres" in type(instance.run_storage).__module__
        assert type(instance.run_coordinator).__name__ == "QueuedRunCoordinator"
        assert type(instance.run_launcher).__name__ == "DefaultRunLauncher"
        assert instance.run_monitoring_enabled and not instance.telemetry_enabled
        assert instance.run_monitoring_max_runtime_seconds == 24 * 60 * 60


def _prepared(home: Path, url: str) -> Path:
    named = {
        "JUBIAN_DAGSTER_URL": url,
        "DAGSTER_HOME": str(home / "dagster"),
        "JUBIAN_DAGSTER_SETTINGS": "deploy/dagster.yaml",
    }
    python = [str(REPOSITORY / ".venv/bin/python"), "-m", "assets.instance"]
    subprocess.run(python, cwd=REPOSITORY, env=os.environ | named, check=True)
    assert (home / "dagster" / "dagster.yaml").read_bytes() == (DEPLOY / "dagster.yaml").read_bytes()
    return home / "dagster"


def test_settings_are_put_in_the_place_of_those_that_another_process_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Daemon and UI start side by side: a reader has the old ones or the new ones whole."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("JUBIAN_DAGSTER_SETTINGS", "deploy/dagster.yaml")
    file = tmp_path / "dagster.yaml"
    file.write_text("telemetry: {enabled: false}\n")
    with file.open() as reading:
        instance.prepare()
        assert reading.read() == "telemetry: {enabled: false}\n"
    assert file.read_bytes() == (DEPLOY / "dagster.yaml").read_bytes()
    assert list(tmp_path.iterdir()) == [file]


def test_dagster_finds_no_settings_in_the_folder_in_which_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`dagster dev` would warn of them at each `make ui`."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    for name in ("JUBIAN_DAGSTER_URL", "JUBIAN_DAGSTER_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    instance.prepare()
    assert (tmp_path / "dagster.yaml").read_bytes() == (REPOSITORY / "dagster.files.yaml").read_bytes()
    assert not any((REPOSITORY / name).exists() for name in ("dagster.yaml", "dagster.yml"))


def test_dagster_still_frees_nothing_but_ticks_so_that_the_run_book_must() -> None:
    assert set(retention_config_schema().config_type.fields) == {"schedule", "sensor", "auto_materialize"}
    book = (REPOSITORY / "docs" / "runbook.md").read_text()
    assert '\n$ find "${DAGSTER_HOME:-$JUBIAN_HOME/dagster}/storage" ' in book


@pytest.mark.parametrize("name", ["kubernetes", "celery"])
def test_a_launcher_has_only_what_its_class_knows(name: str) -> None:
    known = json.loads((REPOSITORY / "tests/deploy/launchers.json").read_text())
    assert importlib.metadata.version("dagster-postgres") == known["version"], "write launchers.json anew"
    launcher = _launcher(name)
    fields = known["classes"][f"{launcher['module']}.{launcher['class']}"]
    assert set(fields["required"]) <= set(launcher["config"]) <= set(fields["known"])
    assert f"=={known['version']}" in (DEPLOY / "launchers" / f"{name}.yaml").read_text()


@pytest.mark.parametrize("name", ["kubernetes", "celery"])
def test_a_launcher_is_what_its_library_takes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = _launcher(name)
    library = pytest.importorskip(launcher["module"], reason=f"{launcher['module']} is not installed")
    from dagster._config import process_config
    from dagster._config.field import resolve_to_config_type

    monkeypatch.setenv("CELERY_BROKER", "pyamqp://broker")
    monkeypatch.setenv("CELERY_BACKEND", "rpc://")
    taken = resolve_to_config_type(getattr(library, launcher["class"]).config_type())
    assert process_config(taken, launcher["config"]).errors in (None, [])


@pytest.mark.parametrize("name", ["kubernetes", "celery"])
def test_a_run_as_a_job_stands_where_the_daemon_stands(name: str) -> None:
    """In its namespace and with its account, environment and home: else it cannot be made, or knows no database."""
    config, (daemon,) = (
        _launcher(name)["config"],
        (each for each in resources() if each["metadata"]["name"] == "daemon"),
    )
    pod = daemon["spec"]["template"]["spec"]
    (container,), (home,) = pod["containers"], (each for each in pod["volumes"] if each["name"] == "data")
    assert config["job_namespace"] == daemon["metadata"]["namespace"]
    assert config["service_account_name"] == pod["serviceAccountName"]
    told = {kind: each["name"] for source in container["envFrom"] for kind, each in source.items()}
    assert {"configMapRef": config["env_config_maps"], "secretRef": config["env_secrets"]} == {
        kind: [named] for kind, named in told.items()
    }
    assert config["volumes"] == [home]
    assert config["volume_mounts"] == [each for each in container["volumeMounts"] if each["name"] == "data"]


def test_what_celerys_launcher_needs_besides_is_told() -> None:
    """It knows an image by this variable alone, and asks for this key; our steps are run by another executor."""
    head = (DEPLOY / "launchers" / "celery.yaml").read_text().split("run_launcher", 2)[1]
    assert "executor=dg.in_process_executor" in (REPOSITORY / "assets" / "definitions.py").read_text()
    for word in (
        "in_process_executor",
        "DAGSTER_CURRENT_IMAGE",
        "postgresql-password",
        "CELERY_BROKER",
        "CELERY_BACKEND",
    ):
        assert word in head


def _launcher(name: str) -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "launchers" / f"{name}.yaml").read_text())["run_launcher"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("systemd-analyze is not here: apt-get install systemd")
    here = tmp_path / unit.name
    here.write_text(unit.read_text().replace("/opt/jubian", str(REPOSITORY)))
    done = subprocess.run([analyse, "verify", "--man=no", str(here)], capture_output=True, text=True)
    assert (done.returncode, [line for line in done.stderr.splitlines() if unit.stem in line]) == (0, [])


def test_the_units_start_what_there_is() -> None:
    assert [unit.stem for unit in UNITS] == ["jubian-daemon", "jubian-gateway", "jubian-webserver"]
    for unit in UNITS:
        text = unit.read_text()
        assert "EnvironmentFile=/etc/jubian/jubian.env" in text and "User=jubian" in text
        (program,) = re.findall(r"^ExecStart=/opt/jubian/(\S+)", text, re.MULTILINE)
        assert (REPOSITORY / program).exists()


@pytest.mark.parametrize("unit", ["jubian-daemon", "jubian-webserver"])
def test_dagsters_programs_find_the_storage_that_the_settings_name(
    unit: str, postgres_url: str, tmp_path: Path
) -> None:
    """They do not look for modules where they are started."""
    text = (DEPLOY / "systemd" / f"{unit}.service").read_text()
    told = dict(re.findall(r"^Environment=(PYTHONPATH)=(.*)$", text, re.MULTILINE))
    image = (DEPLOY / "Containerfile").read_text()
    assert told == dict(re.findall(r"^ENV .*\b(PYTHONPATH)=(\S+)$", image, re.MULTILINE))
    url = postgres_url.replace("postgresql://", "postgresql+psycopg2://")
    named = {"JUBIAN_DAGSTER_URL": url, "DAGSTER_HOME": str(_prepared(tmp_path, url))}
    found = {key: value.replace("/opt/jubian", str(REPOSITORY)) for key, value in told.items()}
    asked = [str(Path(sys.executable).parent / "dagster"), "instance", "info"]
    done = subprocess.run(asked, cwd=tmp_path, env=os.environ | named | found, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_daemon_and_ui_have_one_folder_for_sockets_and_may_write_it() -> None:
    texts = [unit.read_text() for unit in UNITS if unit.stem != "jubian-gateway"]
    named = [re.findall(r"^(?:Environment=TMPDIR=|ReadWritePaths=)(\S+)", text, re.MULTILINE) for text in texts]
    (sockets, writable) = named[0]
    assert named == [[sockets, writable]] * 2 and Path(sockets).parent == Path(writable)
    for text in texts:
        first = next(line for line in text.splitlines() if line.startswith("ExecStart"))
        assert first == f"ExecStartPre=/usr/bin/mkdir -p -m 700 {sockets}"


def test_a_stop_of_the_daemon_waits_for_the_release_at_work() -> None:
    unit = (DEPLOY / "systemd" / "jubian-daemon.service").read_text()
    assert "\nExecStop=-/opt/jubian/.venv/bin/python -m assets.drain\nTimeoutStopSec=600\n" in unit
    (pod,) = [each["spec"]["template"]["spec"] for each in resources() if each["metadata"]["name"] == "daemon"]
    (container,) = pod["containers"]
    assert container["lifecycle"]["preStop"]["exec"]["command"] == ["python", "-m", "assets.drain"]
    assert pod["terminationGracePeriodSeconds"] == 600


def test_what_died_with_the_last_daemon_is_closed_before_the_next_one_starts() -> None:
    """Dagster's own launcher cannot tell whether a run lives, so that its monitoring never fails one."""
    assert not DefaultRunLauncher().supports_check_run_worker_health
    unit = (DEPLOY / "systemd" / "jubian-daemon.service").read_text()
    begun = re.findall(r"^ExecStart(?:Pre)?=/opt/jubian/.venv/bin/(.*)$", unit, re.MULTILINE)
    assert begun == ["python -m assets.instance", "python -m assets.close", "dagster-daemon run -w workspace.yaml"]
    (pod,) = [each["spec"]["template"]["spec"] for each in resources() if each["metadata"]["name"] == "daemon"]
    (container,) = pod["containers"]
    assert container["command"] == ["sh", "-c", f"{' && '.join(begun[:2])} && exec {begun[2]}"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The nginx site with certificates and ports of this test's, as a whole configuration."""
    if not Path("/usr/sbin/nginx").exists() or shutil.which("openssl") is None:
        pytest.skip("nginx or openssl is not here: apt-get install nginx-light openssl")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=share.example",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return tmp_path


def _configured(folder: Path, supply: Path, inner: int) -> tuple[Path, int]:
    port = free_port()
    text = (DEPLOY / "nginx" / "jubian.conf").read_text()
    for written, here in (
        ("listen 443 ssl http2", f"listen 127.0.0.1:{port} ssl http2"),
        ("listen 80", f"listen 127.0.0.1:{free_port()}"),
        ("127.0.0.1:8400", f"127.0.0.1:{inner}"), ("/etc/jubian/tls", str(folder)), ("/srv/jubian/supply", str(supply)),
    ):  # fmt: skip
        assert written in text
        text = text.replace(written, here)
    user = "user root;" if os.getuid() == 0 else ""
    temporary = " ".join(
        f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{text}\n}}"
    )
    return whole, port


def test_nginx_takes_the_site(site: Path) -> None:
    whole, _ = _configured(site, site, free_port())
    done = subprocess.run(["/usr/sbin/nginx", "-t", "-c", whole], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_file_comes_through_nginx_over_tls_and_never_without_the_gateway(three_versions: Path, site: Path) -> None:
    supply = shutil.copytree(three_versions / "supply", site / "supply")
    settings = told(supply, site / "state", accel="/released")
    whole, port = _configured(site, supply, int(settings.address.rsplit(":", 1)[1]))
    server = subprocess.Popen(["/usr/sbin/nginx", "-c", whole])
    trusted = ssl.create_default_context(cafile=str(site / "cert.pem"))
    try:
        with serving(settings) as gateway, httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=trusted) as http:
            _until_it_listens(http)
            pointer = json.loads((supply / "330110" / PRODUCT / "manifests" / "000001.json").read_bytes())
            file = pointer["views"]["L1"]["snapshot"]["path"]
            address = f"/files/330110/{PRODUCT}/L1/{pointer['version']}/snapshot.parquet"
            bearer = {"Authorization": f"Bearer {gateway.recipient('330110')}"}
            assert http.get(address, headers=bearer).content == (supply / "330110" / PRODUCT / file).read_bytes()
            assert http.get(address).status_code == 401
            _marked_alike(http, address, bearer, pointer["views"]["L1"]["snapshot"]["sha256"])
            assert http.get(f"/released/330110/{PRODUCT}/{file}", headers=bearer).status_code == 404
            _refused_as_a_link(http, address, bearer, supply / "330110" / PRODUCT / file)
    finally:
        server.terminate()
        server.wait(10)


def _refused_as_a_link(http: httpx.Client, address: str, bearer: dict[str, str], file: Path) -> None:
    """nginx itself sends nothing of what a link in the supply leads to, had the gateway let it pass."""
    outside = file.rename(file.parents[4] / "outside")
    file.symlink_to(outside)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(files, "_open", lambda download, at: os.open(download.path, os.O_RDONLY))
        assert http.get(address, headers=bearer).status_code == 403


def _marked_alike(http: httpx.Client, address: str, bearer: dict[str, str], sha256: str) -> None:
    """A file has one mark, whoever sends it, by which a part is asked for; no cache keeps it."""
    for method in ("HEAD", "GET"):
        told = http.request(method, address, headers=bearer).headers
        assert told.get_list("etag") == [f'"{sha256}"'], method
        assert told.get_list("cache-control") == ["private, no-store"], method
        assert told.get_list("strict-transport-security") == ["max-age=31536000"], method
    for mark, status in ((sha256, 206), ("another", 200)):
        part = http.get(address, headers=bearer | {"Range": "bytes=0-3", "If-Range": f'"{mark}"'})
        assert part.status_code == status and part.content.startswith(b"PAR1")


def _until_it_listens(http: httpx.Client) -> None:
    for _ in range(50):
        try:
            http.get("/delta-sharing/shares")
            return
        except httpx.TransportError:
            time.sleep(0.1)


def resources() -> list[dict[str, Any]]:
    """The cluster's resources."""
    return list(yaml.safe_load_all((DEPLOY / "kubernetes" / "jubian.yaml").read_text()))


def test_the_clusters_resources_name_only_what_is_there() -> None:
    found = {(each["kind"], each["metadata"]["name"]) for each in resources()}
    assert {kind for kind, _ in found} == {
        "Namespace", "ServiceAccount", "Role", "RoleBinding", "ConfigMap", "PersistentVolumeClaim", "Deployment",
        "Service", "Ingress",
    }  # fmt: skip
    assert all(each["metadata"].get("namespace") == "jubian" for each in resources() if each["kind"] != "Namespace")
    made_by_hand = {("Secret", "jubian-secrets"), ("Secret", "jubian-tls"), ("ConfigMap", "jubian-dagster")}
    head = (DEPLOY / "kubernetes" / "jubian.yaml").read_text().split("apiVersion", 1)[0]
    assert all(name in head for _, name in made_by_hand)
    assert set(_named(resources())) <= found | made_by_hand


def _named(told: list[dict[str, Any]]) -> list[tuple[str, str]]:
    named: list[tuple[str, str]] = []
    for each in (one for one in told if one["kind"] == "Deployment"):
        pod = each["spec"]["template"]["spec"]
        assert each["spec"]["selector"]["matchLabels"] == each["spec"]["template"]["metadata"]["labels"]
        named.append(("ServiceAccount", pod["serviceAccountName"]))
        for volume in pod["volumes"]:
            claim, config = volume.get("persistentVolumeClaim"), volume.get("configMap")
            named.append(("PersistentVolumeClaim", claim["claimName"]) if claim else ("ConfigMap", config["name"]))
        (container,) = pod["containers"]
        assert {one["name"] for one in container["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
        for source in container["envFrom"]:
            config, secret = source.get("configMapRef"), source.get("secretRef")
            named.append(("ConfigMap", config["name"]) if config else ("Secret", secret["name"]))
    return named


def test_runs_as_jobs_are_allowed_what_the_launchers_ask_and_the_gateway_is_given_none_of_it() -> None:
    (role,), (binding,) = ([each for each in resources() if each["kind"] == kind] for kind in ("Role", "RoleBinding"))
    allowed = {
        f"{group}/{resource}": rule["verbs"]
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }
    assert allowed == json.loads((REPOSITORY / "tests/deploy/launchers.json").read_text())["asks_of_the_cluster"]
    assert (binding["roleRef"]["kind"], binding["roleRef"]["name"]) == ("Role", role["metadata"]["name"])
    (subject,) = binding["subjects"]
    assert subject == {"kind": "ServiceAccount", "name": "jubian", "namespace": "jubian"}
    assert _launcher("kubernetes")["config"]["service_account_name"] == subject["name"]
    pods = {
        each["metadata"]["name"]: each["spec"]["template"]["spec"]
        for each in resources()
        if each["kind"] == "Deployment"
    }
    assert [name for name, pod in pods.items() if pod.get("automountServiceAccountToken", True)] == [
        "daemon",
        "webserver",
    ]


def test_the_gateway_sees_the_callers_address_through_the_ingress_and_believes_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (config,) = [each["data"] for each in resources() if each["kind"] == "ConfigMap"]
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", config.get("FORWARDED_ALLOW_IPS", ""))
    assert [_seen_from(peer) for peer in ("10.244.0.9", "192.0.2.1")] == ["10.33.0.7", "192.0.2.1"]


def _seen_from(peer: str) -> str:
    """The address that the gateway's server sees of a caller in 10.33.0.7 whom a peer passes on."""
    seen: list[str] = []

    async def application(scope: Any, *_: Any) -> None:
        seen.append(scope["client"][0])

    trusted = uvicorn.Config("gateway.app:application", factory=True).forwarded_allow_ips
    scope = {"type": "http", "scheme": "http", "client": (peer, 4711), "headers": [(b"x-forwarded-for", b"10.33.0.7")]}
    asyncio.run(ProxyHeadersMiddleware(application, trusted)(scope, None, None))  # type: ignore[arg-type]
    return seen[0]


def test_services_reach_a_deployments_port_and_no_secret_is_written_down() -> None:
    told = resources()
    ports = {
        (tuple(each["spec"]["selector"]["matchLabels"].items()), port["name"])
        for each in told
        if each["kind"] == "Deployment"
        for port in each["spec"]["template"]["spec"]["containers"][0].get("ports", [])
    }
    services = [each for each in told if each["kind"] == "Service"]
    assert {
        (tuple(each["spec"]["selector"].items()), each["spec"]["ports"][0]["targetPort"]) for each in services
    } <= ports
    (config,) = [each["data"] for each in told if each["kind"] == "ConfigMap"]
    assert {name for name in config if name.startswith("JUBIAN")} <= variables_listed()
    assert not {"JUBIAN_GATEWAY_SECRET", "JUBIAN_GATEWAY_DATABASE", "JUBIAN_DAGSTER_URL"} & set(config)


def test_what_starts_only_when_somebody_says_so_is_told_with_what_to_type() -> None:
    told = re.findall(
        r"dagster (schedule|sensor) start -w workspace.yaml (\w+)", (REPOSITORY / "docs" / "production.md").read_text()
    )
    stopped = {("schedule", each.name) for each in automation.SCHEDULES if each.default_status.value == "STOPPED"}
    stopped |= {("sensor", each.name) for each in automation.SENSORS if each.default_status.value == "STOPPED"}
    assert set(told) == stopped


def test_what_the_production_page_types_starts_each_of_them(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its folder and with its variables, which say nothing of where our modules are."""
    url = postgres_url.replace("postgresql://", "postgresql+psycopg2://")
    named = {"JUBIAN_DAGSTER_URL": url, "DAGSTER_HOME": str(_prepared(tmp_path, url))}
    monkeypatch.delenv("PYTHONPATH", raising=False)
    page = (REPOSITORY / "docs" / "production.md").read_text()
    typed = re.findall(r"\| `([^`]*\bdagster (?:schedule|sensor) start [^`]*)` \|$", page, re.MULTILINE)
    assert len(typed) == 3
    running = [
        subprocess.Popen(
            ["bash", "-c", each], cwd=REPOSITORY, env=os.environ | named, stderr=subprocess.PIPE, text=True
        )
        for each in typed
    ]
    for each in running:
        _, wrong = each.communicate(timeout=300)
        assert each.returncode == 0, wrong
