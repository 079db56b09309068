"""The environment is read once, and loudly."""

import random
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from config.environment import BadEnvironment, Environment, WeakKey

HERE = Path("/etc/leafnotes")


def read(**variables: str) -> Environment:
    return Environment.read({f"LEAFNOTES_{name}": value for name, value in variables.items()}, config_dir=HERE)


def fault(**variables: str) -> str:
    with pytest.raises(BadEnvironment) as caught:
        read(**variables)
    [problem] = caught.value.problems
    return str(problem)


def test_an_empty_environment_is_complete() -> None:
    environment = read()

    assert environment.database_url == "sqlite:////etc/leafnotes/leafnotes.db"
    assert environment.directory == HERE
    assert (environment.broker_url, environment.smtp_url, environment.public_url) == (None, None, None)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read(BROKER_URL="", SMTP_URL=" ", DATABASE_URL="") == read()


def test_the_directory_comes_from_the_environment_where_none_is_given() -> None:
    assert Environment.read({"LEAFNOTES_CONFIG": "/srv/notes"}).directory == Path("/srv/notes")
    assert Environment.read({}).directory == Path("leafnotes.d")


@pytest.mark.parametrize(
    ("url", "becomes"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h:5433/d?sslmode=require", "postgresql+psycopg://u:p@h:5433/d?sslmode=require"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql:///d?host=/run/pg", "postgresql+psycopg:///d?host=/run/pg"),
        ("sqlite:///other.db", "sqlite:////etc/leafnotes/other.db"),
        ("sqlite:////var/x.db", "sqlite:////var/x.db"),
    ],
)
def test_a_database_url_is_brought_to_the_form_that_is_used(url: str, becomes: str) -> None:
    assert read(DATABASE_URL=url).database_url == becomes


@pytest.mark.parametrize(
    ("name", "url", "words"),
    [
        ("DATABASE_URL", "mysql://h/d", "'mysql', which is not supported"),
        ("DATABASE_URL", "leafnotes.db", "is not a URL"),
        ("DATABASE_URL", "postgresql://h", "names no database"),
        ("DATABASE_URL", "postgresql://u:a/b@h/d", "%2F"),
        ("DATABASE_URL", "postgresql://u:a@b@h/d", "%40"),
        ("DATABASE_URL", "postgresql://u:1/a?b@h/d", "%3F"),
        ("DATABASE_URL", "postgresql://u:a%00b@h/d", "is not a URL"),
        ("DATABASE_URL", "postgresql://h/d#x", "%23"),
        ("DATABASE_URL", "postgresql://h/d?conect_timeout=3", "Did you mean connect_timeout?"),
        ("DATABASE_URL", "postgresql://h/d?connect_timeout=soon", "a whole number"),
        ("DATABASE_URL", "postgresql://h/d?sslmode=on", "verify-full"),
        ("DATABASE_URL", "postgresql://h/d?sslmode=require&sslmode=disable", "twice"),
        ("DATABASE_URL", "sqlite:///a.db?bogus=1", "options"),
        ("DATABASE_URL", "sqlite://", "forgets everything"),
        ("DATABASE_URL", "sqlite:///:memory:", "forgets everything"),
        ("DATABASE_URL", "sqlite://leafnotes.db", "two slashes"),
        ("BROKER_URL", "amqp://h", "Redis"),
        ("BROKER_URL", "redis://", "names no host"),
        ("BROKER_URL", "redis://h:port", "port"),
        ("BROKER_URL", "redis://u:a@b@h", "%40"),
        ("BROKER_URL", "redis://u:a;b@h", "%3B"),
        ("BROKER_URL", "redis://h/first", "number of a database"),
        ("BROKER_URL", "redis://h?socket_timeout=3", "Known are ssl_cert_reqs"),
        ("BROKER_URL", "rediss://h?ssl_cert_reqs=CERT_NONE", "required, optional, none"),
        ("BROKER_URL", "redis://h?ssl_cert_reqs=none", "rediss://"),
        ("SMTP_URL", "http://h", "mail server"),
        ("SMTP_URL", "smtp://", "names no host"),
        ("SMTP_URL", "smtp://u:a@b@h", "%40"),
        ("SMTP_URL", "smtp://u:p@h/inbox", "goes on after its host"),
        ("SMTP_URL", "smtp://h?tls=yes", "starttls"),
        ("SMTP_URL", "smtp://h?starttls=maybe", "required, optional, no"),
        ("SMTP_URL", "smtp.example.org", "mail server"),
        ("PUBLIC_URL", "http://notes.example.org", "https://"),
        ("PUBLIC_URL", "http://127.0.0.1.example.org", "https://"),
        ("PUBLIC_URL", "notes.example.org", "web site"),
        ("PUBLIC_URL", "https://u:p@notes.example.org", "a user"),
        ("PUBLIC_URL", "https://u:a@b@notes.example.org", "%40"),
        ("PUBLIC_URL", "https://notes.example.org/?a=1", "? or #"),
        ("PUBLIC_URL", "https://[", "is not a URL"),
        ("PUBLIC_URL", "javascript:alert(1)", "web site"),
    ],
)
def test_a_url_that_cannot_be_used_is_a_problem_with_a_remedy(name: str, url: str, words: str) -> None:
    problem = fault(**{name: url})

    assert problem.startswith(f"environment: LEAFNOTES_{name}: ")
    assert words in problem


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://127.0.0.1:8000/", "http://[::1]:8000", "https://a.example/n/"]
)
def test_a_public_url_is_https_or_on_this_machine(url: str) -> None:
    assert read(PUBLIC_URL=url).public_url == url.rstrip("/")


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", "mysql+u:hunter2@h://x"),
        ("DATABASE_URL", "postgresql://u:1/d?hunter2x@h/d"),
        ("DATABASE_URL", "postgresql://h/d?hunter2=1"),
        ("DATABASE_URL", "postgresql://h/d?connect_timeout=hunter2"),
        ("BROKER_URL", "redis://u:a@hunter2@h"),
        ("BROKER_URL", "redis://h/hunter2"),
        ("SMTP_URL", "smtp://h/hunter2"),
        ("SMTP_URL", "smtp://h?starttls=hunter2"),
    ],
)
def test_a_problem_never_repeats_what_may_be_secret(name: str, url: str) -> None:
    assert "hunter2" not in fault(**{name: url})


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("database_url", "postgresql+psycopg://u:p%40q@h/d?connect_timeout=3&keepalives=1&keepalives_idle=30"),
        ("database_url", "postgresql+psycopg://h/d?sslmode=verify-full&sslrootcert=/ca.pem&channel_binding=require"),
        ("database_url", "postgresql+psycopg://h/d?options=-c%20statement_timeout%3D5000&application_name=notes"),
        ("broker_url", "rediss://:p%40q@h:6380/1?ssl_cert_reqs=required&ssl_ca_certs=/ca.pem&ssl_check_hostname=false"),
        ("broker_url", "redis://h"),
    ],
)
def test_options_that_the_drivers_know_are_kept(name: str, url: str) -> None:
    assert getattr(read(**{name.upper(): url}), name) == url


def test_a_misspelt_variable_is_answered_with_the_nearest_name() -> None:
    assert "Did you mean LEAFNOTES_DATABASE_URL?" in fault(DATABASEURL="x")
    assert "Known are LEAFNOTES_CONFIG" in fault(XYZZY="x")


def test_what_kubernetes_says_of_a_service_of_our_name_is_no_mistake() -> None:
    read(SERVICE_HOST="10.0.0.1", PORT="tcp://10.0.0.1:80", WEB_SERVICE_PORT_HTTP="80", WEB_PORT_80_TCP_ADDR="10.0.0.1")


def test_all_problems_are_told_at_once() -> None:
    environment, problems = Environment.survey(
        {"LEAFNOTES_BROKER_URL": "x", "LEAFNOTES_SMTP_URL": "x", "LEAFNOTES_PUBLIC_URL": "x", "LEAFNOTES_X": "x"}
    )

    assert environment is None
    assert len(problems) == 4


def test_no_password_shows_in_messages_or_in_the_value_itself() -> None:
    password = "hunter2"
    environment = read(
        DATABASE_URL=f"postgresql://u:{password}@h/d", BROKER_URL=f"redis://:{password}@h", SMTP_URL=f"smtp://u:{password}@h",
        SECRET_KEY=password,
    )  # fmt: skip

    assert password not in repr(environment)
    assert password not in fault(DATABASE_URL=f"mysql://u:{password}@h/d")
    assert password not in fault(BROKER_URL=f"redis://:{password}/x@h")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "is not set"),
        ("x7Gq2", "shorter than 32"),
        ("a" * 64, "repeats"),
        ("abcd1234" * 8, "repeats"),
        ("0123456789abcdefghijklmnopqrstuvwxyz", "repeats"),
        ("change-me-change-me-change-me-now!", "example"),
        ("your-secret-key-goes-here-please-1234", "example"),
        ("django-insecure-8f7d6s5a4g3h2j1k0l9z8x7", "example"),
    ],
)
def test_a_key_that_can_be_guessed_is_refused_with_how_to_make_one(key: str, words: str) -> None:
    with pytest.raises(WeakKey) as caught:
        read(SECRET_KEY=key).require_secret_keys()

    assert words in caught.value.problem.message
    assert "secrets.token_urlsafe" in caught.value.problem.remedy
    assert not key or key not in str(caught.value)


def test_keys_that_chance_makes_are_accepted() -> None:
    chance = random.Random(11)
    for _ in range(500):
        raw = chance.randbytes(48)
        for key in (urlsafe_b64encode(raw[:24]).decode(), raw[:16].hex(), urlsafe_b64encode(raw).decode()):
            assert read(SECRET_KEY=key).require_secret_keys() == (key,)


def test_a_weak_key_stops_only_those_who_sign() -> None:
    assert read(SECRET_KEY="short").secret_key is not None


NEW, OLD = "qZ8w-Vt3_kL0pXs6NcR1yBm5TgH9aJf2eDuOi7W4", "Gf5dQ1-zP8mK_cV3xL9tR7sB2nJ6wY0hAaEeUuIi"


def test_a_key_with_a_comma_of_its_own_is_one() -> None:
    key = "many words, and a comma among all of them: 7"

    assert read(SECRET_KEY=key).require_secret_keys() == (key,)


def test_an_old_key_stands_after_the_new_one() -> None:
    assert read(SECRET_KEY=f"{NEW}, {OLD}").require_secret_keys() == (NEW, OLD)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (f"{'a' * 64},{OLD}", "number 1 can be guessed"),
        (f"{NEW},", "number 2 is not set"),
        (f"{NEW},{NEW}", "twice"),
    ],
)
def test_each_of_several_keys_has_to_be_strong(keys: str, words: str) -> None:
    with pytest.raises(WeakKey) as caught:
        read(SECRET_KEY=keys).require_secret_keys()

    assert words in caught.value.problem.message
    assert OLD not in str(caught.value)
