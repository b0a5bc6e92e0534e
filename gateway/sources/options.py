"""What may stand behind `?` in a URL of a database: read from text, and refused when it cannot work.

Drivers take what they are given: to mysql-connector the text "false" is true. And some of their options would
make answers wrong, since the gateway decides these for every connection.
"""

import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from difflib import get_close_matches
from functools import cache
from math import inf
from typing import Any

from sqlalchemy import URL

from gateway.sources.features import BY_DRIVERNAME

Read = Callable[[str], Any]
"""Makes the driver's value of a text. Raises ValueError, with what may be written, for one it cannot read."""

TRUE = frozenset({"true", "yes", "on", "1", "y", "t"})
FALSE = frozenset({"false", "no", "off", "0", "n", "f"})


def _flag(text: str) -> bool:
    if text.lower() not in TRUE | FALSE:
        raise ValueError("true or false")
    return text.lower() in TRUE


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError("a whole number")
    return int(text)


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 <= (seconds := float(text)) < inf:
            return seconds
    raise ValueError("a number of seconds")


def _listed(text: str) -> list[str]:
    names = [name.strip() for name in text.strip("[]").split(",")]
    if not all(names):
        raise ValueError("names with commas between them")
    return names


def _one_of(*words: str) -> Read:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(" or ".join(words))
        return text

    return read


def _threshold(text: str) -> int | None:
    if text == "none":
        return None
    try:
        return _whole(text)
    except ValueError:
        raise ValueError("5, or none for a pooler that keeps no prepared statements") from None


MYSQL: Mapping[str, Read] = {
    **dict.fromkeys(
        ("ssl_disabled", "ssl_verify_cert", "ssl_verify_identity", "compress", "use_pure"), _flag
    ),
    **dict.fromkeys(("allow_local_infile", "force_ipv6", "get_warnings", "raise_on_warnings"), _flag),
    **dict.fromkeys(("connection_timeout", "connect_timeout", "read_timeout", "write_timeout"), _whole),
    **dict.fromkeys(("tls_versions", "tls_ciphersuites"), _listed),
    **dict.fromkeys(("unix_socket", "ssl_ca", "ssl_cert", "ssl_key", "ssl_cipher", "auth_plugin"), str),
    **dict.fromkeys(("password1", "password2", "password3", "allow_local_infile_in_path"), str),
    **dict.fromkeys(("krb_service_principal", "kerberos_auth_mode", "openid_token_file"), str),
    **dict.fromkeys(("oci_config_file", "oci_config_profile"), str),
    **dict.fromkeys(("option_files", "option_groups", "init_command"), str),
    "charset": _one_of("utf8mb4"),
    "collation": _one_of("utf8mb4_bin"),
}
SQLITE: Mapping[str, Read] = {
    "timeout": _seconds,
    "cached_statements": _whole,
    "uri": _flag,
    "mode": _one_of("rw", "ro"),
    "cache": _one_of("private", "shared"),
    **dict.fromkeys(("immutable", "nolock", "psow"), _flag),
    "vfs": str,
}
POSTGRESQL: Mapping[str, Read] = {
    "prepare_threshold": _threshold,
    "client_encoding": lambda _text: "utf8",  # texts of every other one are among its own
    **dict.fromkeys(("connect_timeout", "tcp_user_timeout", "keepalives", "keepalives_idle"), _whole),
    **dict.fromkeys(("keepalives_interval", "keepalives_count", "sslcompression", "sslsni"), _whole),
    "sslmode": _one_of("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "sslnegotiation": _one_of("postgres", "direct"),
    "sslcertmode": _one_of("disable", "allow", "require"),
    "gssencmode": _one_of("disable", "prefer", "require"),
    "channel_binding": _one_of("disable", "prefer", "require"),
    "target_session_attrs": _one_of("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    "load_balance_hosts": _one_of("disable", "random"),
}
"""Beside these, whatever libpq knows, as text."""

_OURS = "leave it out: the gateway sets it for every connection"
_FRONT = "write it in front of the ?, as dialect://user:password@host:port/database"
_REFUSED: Mapping[str, Mapping[str, str]] = {
    "mysql": {
        **dict.fromkeys(("autocommit", "raw", "buffered", "consume_results", "use_unicode"), _OURS),
        **dict.fromkeys(("converter_class", "converter_str_fallback", "client_flags", "client_flag"), _OURS),
        **dict.fromkeys(("sql_mode", "time_zone", "pool_name", "pool_size", "pool_reset_session"), _OURS),
        **dict.fromkeys(("host", "port", "user", "username", "password", "passwd", "database", "db"), _FRONT),
    },
    "sqlite": dict.fromkeys(("check_same_thread", "isolation_level", "detect_types", "autocommit"), _OURS),
    "postgresql": {
        **dict.fromkeys(("autocommit", "row_factory", "cursor_factory", "context", "replication"), _OURS),
        **dict.fromkeys(("user", "password", "dbname"), _FRONT),
    },
}
_ALIASES = {"mysql": {"connect_timeout": "connection_timeout"}}
_OF_A_FILE = frozenset({"mode", "cache", "immutable", "nolock", "psow", "vfs"})
"""What SQLite reads itself, from the name of the file."""


def read_options(url: URL) -> dict[str, Any]:
    """What a URL's options are to the driver, beside those that it takes as text. Raises ValueError."""
    name = BY_DRIVERNAME[url.drivername].name
    known, aliases = _known(name), _ALIASES.get(name, {})
    given = {key: value for key, value in url.query.items() if key not in _OF_A_FILE or name != "sqlite"}
    read = {key: _read(known[key], value) for key, value in given.items() if known.get(key, str) is not str}
    return {aliases.get(key, key): value for key, value in read.items()}


def mistakes(url: URL) -> list[tuple[str, str]]:
    """What is wrong with a URL's options, with a hint each; values are not repeated, which may be secrets."""
    name = BY_DRIVERNAME[url.drivername].name
    known, refused = _known(name), _REFUSED[name]
    found = []
    for key, value in url.query.items():
        if key in refused:
            found.append((f"its option {key} is not for a URL", refused[key]))
        elif key not in known:
            near = get_close_matches(key.lower(), known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known ones: {', '.join(sorted(known))}"
            found.append((f"its option {key!r} is not one of the driver's", hint))
        else:
            try:
                _read(known[key], value)
            except ValueError as error:
                found.append((f"its option {key} cannot be read", f"write {key}={error}"))
    return found or _tls_mistakes(url, name)


def _tls_mistakes(url: URL, name: str) -> list[tuple[str, str]]:
    """What mysql-connector would say, while connecting, about options that do not go together."""
    options = dict(url.query) | read_options(url)
    chosen = {key: value for key, value in options.items() if key.startswith(("ssl_", "tls_"))}
    if name != "mysql" or not chosen:
        return []
    from mysql.connector import Error
    from mysql.connector.connection import MySQLConnection

    try:
        with warnings.catch_warnings(action="ignore"):
            MySQLConnection().config(**chosen)
    except (AttributeError, ValueError, Error) as error:
        return [("its options for TLS cannot work", str(error))]
    return []


def flag_of(url: URL, name: str) -> bool:
    """Whether a URL's option is there and true."""
    given = url.query.get(name, "false")
    return isinstance(given, str) and given.lower() in TRUE


def _read(read: Read, value: str | tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return read(value)
    if read is not _listed:
        raise ValueError("one value, and not several")
    return [name for text in value for name in _listed(text)]


@cache
def _known(name: str) -> Mapping[str, Read]:
    if name != "postgresql":
        return MYSQL if name == "mysql" else SQLITE
    from psycopg.pq import Conninfo

    # What `options` says is read by the server, and what the gateway adds to it comes last.
    words: dict[str, Read] = {option.keyword.decode(): str for option in Conninfo.get_defaults()}
    words.update(POSTGRESQL)
    return {key: value for key, value in words.items() if key not in _REFUSED[name]}
