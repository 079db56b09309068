import base64
import datetime as dt
import gc
import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.smtp import Folder, MailUrlError, Smtp
from tests.connectors.scripted_smtp import CLOSE, HANG, RESET, scripted
from tests.local_servers import Box, smtp

MAIL = b"Message-ID: <digest-1@notes.example>\r\nSubject: notes\r\n\r\nfirst\r\n.hidden\r\nlast\r\n"
ROUTE = ("Leaf Notes <leaf@notes.example>", "ines@fernhill.example")
PASSWORD = "pa/ss word-7"
QUICK = 0.3


def _url(server_url: str, *, user: str = "leaf", query: str = "") -> str:
    return server_url.replace("smtp://", f"smtp://{user}:pa%2Fss%20word-7@") + query


# Every step, every fault: what the server keeps decides what may be repeated.

BEFORE = ("connect", "ehlo", "mail", "rcpt", "data")


@pytest.mark.parametrize("step", [*BEFORE, "dot"])
@pytest.mark.parametrize("code", [421, 450, 451])
def test_a_4xx_reply_defers_the_mail(step: str, code: int) -> None:
    with scripted({step: f"{code} not now"}) as server:
        outcome = Smtp(server.url, QUICK).send(MAIL, *ROUTE)

    assert outcome.kind == "deferred"
    assert str(code) in outcome.reply
    assert outcome.alarm is None
    assert server.kept == []


@pytest.mark.parametrize("step", ["connect", "ehlo"])
@pytest.mark.parametrize("code", [550, 554])
def test_a_server_that_will_not_talk_to_us_at_all_defers_the_mail_with_an_alarm(step: str, code: int) -> None:
    with scripted({step: f"{code} 5.7.1 go away", "helo": f"{code} go away"}) as server:
        outcome = Smtp(server.url, QUICK).send(MAIL, *ROUTE)

    assert outcome.kind == "deferred"
    assert outcome.alarm is not None
    assert str(code) in outcome.alarm


@pytest.mark.parametrize("step", [step for step in (*BEFORE, "dot") if step not in ("connect", "ehlo")])
@pytest.mark.parametrize("code", [550, 552, 554])
def test_a_5xx_reply_rejects_the_mail(step: str, code: int) -> None:
    with scripted({step: f"{code} 5.1.1 never", "helo": f"{code} never"}) as server:
        outcome = Smtp(server.url, QUICK).send(MAIL, *ROUTE)

    assert outcome.kind == "rejected"
    assert str(code) in outcome.reply
    assert server.kept == []


@pytest.mark.parametrize("step", [*BEFORE, "body"])
@pytest.mark.parametrize("fault", [HANG, CLOSE, RESET])
def test_a_line_lost_before_the_final_dot_defers_the_mail(step: str, fault: str) -> None:
    # More than the buffers of both sides hold, so that the content cannot have left when the line goes.
    large = MAIL + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 200_000
    with scripted({step: fault}) as server:
        outcome = Smtp(server.url, QUICK).send(large, *ROUTE)

    assert outcome.kind == "deferred"
    assert server.kept == []
    assert server.connections == 1


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("answer", [HANG, CLOSE, RESET, "354 what", "nonsense", "999 odd", "250-half"])
def test_without_a_clear_answer_to_the_final_dot_the_outcome_is_unknown(answer: str, kept: bool) -> None:
    with scripted({"dot": answer}, keep=kept) as server:
        outcome = Smtp(server.url, QUICK).send(MAIL, *ROUTE)

    assert outcome.kind == "unknown"
    assert server.seen.count("data") == 1


@pytest.mark.parametrize("fault", [HANG, CLOSE, RESET, "421 too late", "500 what"])
def test_what_was_accepted_stays_accepted_when_the_goodbye_fails(fault: str) -> None:
    with scripted({"quit": fault}) as server:
        outcome = Smtp(server.url, QUICK).send(MAIL, *ROUTE)

    assert outcome.kind == "accepted"
    assert server.kept == [MAIL]


@pytest.mark.parametrize("step", ["connect", "ehlo", "mail", "rcpt", "data"])
def test_a_reply_that_is_not_smtp_defers_the_mail(step: str) -> None:
    with scripted({step: "<html>login here</html>", "helo": "<html>"}) as server:
        outcome = Smtp(server.url, QUICK).send(MAIL, *ROUTE)

    assert outcome.kind == "deferred"
    assert server.kept == []


def test_a_refusal_in_mid_content_is_read_before_the_line_is_given_up() -> None:
    large = MAIL + (b"y" * 70 + b"\r\n") * 200_000
    with scripted({"body": "552 5.3.4 too large"}) as server:
        outcome = Smtp(server.url, QUICK).send(large, *ROUTE)

    assert outcome.kind == "rejected"
    assert "too large" in outcome.reply


def test_nothing_listening_defers_the_mail() -> None:
    with scripted() as server:
        url = server.url

    assert Smtp(url, QUICK).send(MAIL, *ROUTE).kind == "deferred"


def test_a_host_that_cannot_exist_defers_the_mail() -> None:
    assert Smtp(f"smtp://{'a' * 80}.example?starttls=no", QUICK).send(MAIL, *ROUTE).kind == "deferred"


# One connection for many mails.


def test_one_connection_carries_many_mails_past_a_refused_one() -> None:
    with smtp() as box:
        box.reject["gone"] = "550 5.1.1 no such person"
        box.reject["grey"] = "451 4.7.1 greylisted"
        with Smtp(box.url) as way:
            people = ("a@x.example", "gone@x.example", "grey@x.example", "b@x.example")
            kinds = [way.send(MAIL, ROUTE[0], to).kind for to in people]

    assert kinds == ["accepted", "rejected", "deferred", "accepted"]
    assert [message.rcpt_tos for message in box.messages] == [["a@x.example"], ["b@x.example"]]
    assert len(box.sessions) == 1


@pytest.mark.parametrize(("keep", "connections"), [(60.0, 1), (1e-9, 2), (0.0, 2)])
def test_a_connection_is_kept_for_a_mail_that_follows_soon(keep: float, connections: int) -> None:
    with smtp() as box:
        way = Smtp(box.url, keep=keep)
        kinds = [way.send(MAIL, ROUTE[0], to).kind for to in ("a@x.example", "b@x.example")]
        way.check()  # ends with a goodbye

    assert kinds == ["accepted", "accepted"]
    assert len(box.sessions) == connections


def test_a_connection_that_was_kept_ends_with_whoever_kept_it() -> None:
    with smtp() as box:
        way = Smtp(box.url, keep=60)
        kept = [way]
        assert way.send(MAIL, *ROUTE).kind == "accepted"
        kept.append(kept)  # type: ignore[arg-type]  # only the collector finds it
        line = way._client.sock  # type: ignore[union-attr]
        del way, kept
        gc.collect()

        assert line is not None
        assert line.fileno() == -1


@pytest.mark.parametrize("fault", [CLOSE, RESET, "421 idle too long", "452 too many mails in this session"])
def test_a_kept_connection_that_broke_costs_no_mail(fault: str) -> None:
    with scripted({"mail": "250 ok|" + fault}, once=True) as server:
        way = Smtp(server.url, QUICK, keep=60)
        kinds = [way.send(MAIL, *ROUTE).kind for _ in range(2)]
        way.check()

    assert kinds == ["accepted", "accepted"]
    assert server.kept == [MAIL, MAIL]


@pytest.mark.parametrize("fault", [CLOSE, RESET, "421 idle too long"])
def test_a_stale_connection_is_renewed_and_the_mail_sent_once(fault: str) -> None:
    with scripted({"mail": "250 ok|" + fault}, once=True) as server, Smtp(server.url, QUICK) as way:
        kinds = [way.send(MAIL, *ROUTE).kind for _ in range(2)]

    assert kinds == ["accepted", "accepted"]
    assert server.kept == [MAIL, MAIL]
    assert server.connections == 2


def test_after_a_lost_answer_the_next_mail_takes_a_new_connection() -> None:
    with scripted({"dot": CLOSE}, once=True) as server, Smtp(server.url, QUICK) as way:
        kinds = [way.send(MAIL, *ROUTE).kind for _ in range(2)]

    assert kinds == ["unknown", "accepted"]
    assert server.connections == 2


@pytest.mark.parametrize("answers", range(4))
def test_after_a_dialogue_that_was_broken_off_the_next_mail_takes_a_new_connection(
    answers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, left = smtplib.SMTP.getreply, answers

    def out_of_memory(client: smtplib.SMTP) -> tuple[int, bytes]:
        nonlocal left
        if not left:
            raise MemoryError
        left -= 1
        return read(client)

    with smtp() as box:
        way = Smtp(box.url, QUICK, keep=60)
        assert way.send(MAIL, ROUTE[0], "a@x.example").kind == "accepted"
        with monkeypatch.context() as patched, pytest.raises(MemoryError):
            patched.setattr(smtplib.SMTP, "getreply", out_of_memory)
            way.send(MAIL, ROUTE[0], "b@x.example")
        last = way.send(MAIL, ROUTE[0], "c@x.example")
        way.check()

    assert last.kind == "accepted"
    assert len(box.sessions) == 2
    assert {message.rcpt_tos[0] for message in box.messages} >= {"a@x.example", "c@x.example"}


# The bytes and the envelope.


def test_the_content_arrives_byte_for_byte_with_its_envelope() -> None:
    with smtp() as box:
        outcome = Smtp(box.url).send(MAIL, *ROUTE)

    assert outcome.kind == "accepted"
    (message,) = box.messages
    assert (message.mail_from, message.rcpt_tos) == ("leaf@notes.example", ["ines@fernhill.example"])
    assert message.content == MAIL


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_no_line_end_lets_a_second_mail_be_smuggled_in(end: bytes) -> None:
    smuggled = b"hello" + end + b"." + end + b"MAIL FROM:<evil@x.example>" + end
    with smtp() as box:
        Smtp(box.url).send(smuggled, *ROUTE)

    assert [message.content for message in box.messages] == [smuggled.replace(end, b"\r\n")]


@pytest.mark.parametrize(
    "address", ["", "ines", "a@b.example\r\nRCPT TO:<evil@x.example>", "a@b> SIZE=1", "ä@b.example", "a b@c.example"]
)
def test_a_recipient_that_is_no_address_is_rejected_without_connecting(address: str) -> None:
    with scripted() as server:
        outcome = Smtp(server.url, QUICK).send(MAIL, ROUTE[0], address)

    assert outcome.kind == "rejected"
    assert server.connections == 0


def test_a_bad_sender_is_the_operators_to_put_right() -> None:
    outcome = Smtp("smtp://127.0.0.1:1", QUICK).send(MAIL, "leaf notes", ROUTE[1])

    assert outcome.kind == "deferred"
    assert outcome.alarm is not None


# Encryption and login.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def client_tls(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def _only_leaf(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    assert isinstance(data, LoginPassword)
    right = (data.login, data.password) == (b"leaf", PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@pytest.fixture
def guarded(server_tls: ssl.SSLContext) -> Iterator[Box]:
    with smtp(tls_context=server_tls, authenticator=_only_leaf, auth_required=True, require_starttls=True) as box:
        yield box


def test_a_mail_leaves_over_starttls_and_login(guarded: Box, client_tls: ssl.SSLContext) -> None:
    url = _url(guarded.url, query="?starttls=required")

    outcome = Smtp(url, tls=client_tls).send(MAIL, *ROUTE)

    assert outcome.kind == "accepted"
    assert [message.content for message in guarded.messages] == [MAIL]


def test_a_check_says_what_it_found(guarded: Box, client_tls: ssl.SSLContext) -> None:
    url = _url(guarded.url, query="?starttls=required")

    found = Smtp(url, tls=client_tls).check()

    assert found.problem is None
    assert "encrypted with TLSv1.3" in found.says
    assert "login accepted" in found.says


def test_a_certificate_that_nobody_vouches_for_keeps_the_mail_here(guarded: Box) -> None:
    url = _url(guarded.url, query="?starttls=required")

    outcome = Smtp(url).send(MAIL, *ROUTE)

    assert outcome.kind == "deferred"
    assert "certificate" in (outcome.alarm or "")
    assert guarded.messages == []


def test_a_wrong_password_alarms_and_keeps_the_mail(guarded: Box, client_tls: ssl.SSLContext) -> None:
    url = _url(guarded.url, user="other", query="?starttls=required")

    outcome = Smtp(url, tls=client_tls).send(MAIL, *ROUTE)

    assert outcome.kind == "deferred"
    assert "AUTH" in (outcome.alarm or "")
    assert PASSWORD not in outcome.reply


def test_a_server_that_speaks_tls_from_the_start_is_understood(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    with smtp(ssl_context=server_tls) as box:
        outcome = Smtp(box.url.replace("smtp:", "smtps:"), tls=client_tls).send(MAIL, *ROUTE)

    assert outcome.kind == "accepted"


def test_nothing_is_said_in_the_clear_where_encryption_is_required() -> None:
    with scripted() as server:
        outcome = Smtp(_url(server.url, query="?starttls=required"), QUICK).send(MAIL, *ROUTE)

    assert outcome.kind == "deferred"
    assert "STARTTLS" in (outcome.alarm or "")
    assert not {"auth", "mail"} & set(server.seen)


@pytest.mark.parametrize("answer", ["454 4.7.0 not now", "501 no", HANG, CLOSE, RESET, "220 ready"])
def test_a_failed_starttls_keeps_the_mail_and_never_falls_back(answer: str) -> None:
    with scripted({"ehlo": "250-x\r\n250 STARTTLS", "star": answer}) as server:
        outcome = Smtp(server.url + "?starttls=optional", QUICK).send(MAIL, *ROUTE)

    assert outcome.kind == "deferred"
    assert "mail" not in server.seen


@pytest.mark.parametrize(
    ("answer", "alarmed"),
    [
        ("454 4.7.0 not now", False),
        ("535 5.7.8 wrong", True),
        ("534 weak", True),
        (HANG, False),
        (CLOSE, False),
        (RESET, False),
    ],
)
def test_a_failed_login_keeps_the_mail(answer: str, alarmed: bool) -> None:
    with scripted({"auth": answer}) as server:
        outcome = Smtp(_url(server.url), QUICK).send(MAIL, *ROUTE)

    assert outcome.kind == "deferred"
    assert (outcome.alarm is not None) is alarmed
    assert "mail" not in server.seen


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_a_server_that_wants_a_login_first_alarms_and_keeps_the_mail(step: str) -> None:
    with scripted({step: "530 5.7.0 authentication required"}) as server:
        outcome = Smtp(server.url, QUICK).send(MAIL, *ROUTE)

    assert outcome.kind == "deferred"
    assert "authentication required" in (outcome.alarm or "")


def test_a_password_outside_ascii_is_reported_without_being_shown() -> None:
    with scripted() as server:
        way = Smtp(server.url.replace("smtp://", "smtp://leaf:s%C3%A9cret@"), QUICK)
        outcome = way.send(MAIL, *ROUTE)

    assert outcome.kind == "deferred"
    assert "ASCII" in (outcome.alarm or "")
    assert "cret" not in str(outcome)


def test_credentials_appear_in_no_message() -> None:
    plain = base64.b64encode(f"\0leaf-user\0{PASSWORD}".encode()).decode()
    echo = f"535 no: leaf-user {PASSWORD} {plain} {base64.b64encode(PASSWORD.encode()).decode()}"
    with scripted({"auth": echo}) as server:
        way = Smtp(_url(server.url, user="leaf-user"), QUICK)
        said = f"{way.send(MAIL, *ROUTE)} {way!r} {way.check()} {way._server!r}"

    assert [secret for secret in ("leaf-user", PASSWORD, plain) if secret in said] == []


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example",
        "smtp://",
        "mail.example:25",
        "smtp://leaf:hush/word@mail.example",
        "smtp://leaf:hush#word@mail.example",
        "smtp://mail.example:hush",
        "smtp://leaf:hush@mail.example/inbox",
        "smtp://leaf:hush@mail.example?tls=hush",
        "smtp://leaf:hush@mail.example?starttls=hush",
        "smtp://[hush",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(MailUrlError) as refused:
        Smtp(url)

    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("smtp://mail.example", "mail.example:25, starttls=required"),
        ("smtp://u:p@mail.example", "mail.example:587, starttls=required"),
        ("smtps://u:p@mail.example", "mail.example:465, starttls=required"),
        ("smtp://localhost", "localhost:25, starttls=no"),
        ("smtp://127.0.0.5:2525", "127.0.0.5:2525, starttls=no"),
        ("smtp://[::1]:2525", "::1:2525, starttls=no"),
        ("smtp://10.0.0.1?starttls=no", "10.0.0.1:25, starttls=no"),
    ],
)
def test_the_defaults_are_safe_away_from_loopback(url: str, shown: str) -> None:
    assert repr(Smtp(url)) == f"Smtp({shown})"


def test_a_check_of_a_dead_server_names_it() -> None:
    with scripted({"connect": CLOSE}) as server:
        found = Smtp(server.url, QUICK).check()

    assert f"127.0.0.1:{server.port}" in (found.problem or "")


# The folder.


def test_a_folder_keeps_the_mail_as_it_is(tmp_path: Path) -> None:
    outcome = Folder(tmp_path / "mails").send(MAIL, *ROUTE)

    assert outcome.kind == "accepted"
    assert [(p.name, p.read_bytes()) for p in (tmp_path / "mails").iterdir()] == [("digest-1@notes.example.eml", MAIL)]


def test_writing_a_mail_twice_leaves_one_file(tmp_path: Path) -> None:
    way = Folder(tmp_path)

    kinds = [way.send(MAIL, *ROUTE, name="2026-W38/ines").kind for _ in range(2)]

    assert kinds == ["accepted", "accepted"]
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*")] == ["2026-W38/ines.eml"]


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/evil", "a/../../evil", ".hidden", "a\0b", "x" * 4000, "ü/\udc80", "/"]
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "mails"

    outcome = Folder(inside).send(MAIL, *ROUTE, name=name)

    assert outcome.kind == "accepted"
    assert [p.is_relative_to(inside) for p in tmp_path.rglob("*.eml")] == [True]
    assert not [p for p in inside.rglob("*") if p.name.startswith(".")]


def test_a_folder_that_cannot_be_written_alarms_and_keeps_the_mail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    way = Folder(tmp_path / "file")

    assert way.send(MAIL, *ROUTE).kind == "deferred"
    assert way.send(MAIL, *ROUTE).alarm is not None
    assert way.check().problem is not None
