"""Settings: from a `gateway.toml`, the environment (`GATEWAY_…`) and keyword arguments; the later ones win.

`Settings()` reads all three and raises `ConfigurationError` with every problem at once. Messages name the
setting and never its value, since a value may be a secret.
"""

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from gateway.errors import ConfigurationError, Problem

PREFIX = "GATEWAY_"
CONFIG_FILE = "GATEWAY_CONFIG"
"""Environment variable with the path of the settings file; `gateway.toml` when it is not set."""
APP = "GATEWAY_APP"
"""Environment variable with the graph the command line serves, as `package.module:attribute`."""


def database_url(value: object) -> URL:
    """A database URL from text. Raises ValueError that does not repeat the text.

    Whether the database is a supported one is for the source to say.
    """
    try:
        return value if isinstance(value, URL) else make_url(str(value))
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise ValueError("is not a database URL") from None


def origins(value: object) -> object:
    """Comma-separated text, as an environment variable holds it, to a list."""
    if isinstance(value, str):
        return [origin.strip() for origin in value.split(",") if origin.strip()]
    return value


class SourceSettings(BaseModel):
    """Where one source's database is and how patient to be with it. What is not set is the source's own."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True
    )

    url: Annotated[URL, BeforeValidator(database_url)] | None = Field(
        default=None, repr=False, description="SQLAlchemy URL of the database."
    )
    tenants: dict[str, Annotated[URL, BeforeValidator(database_url)]] = Field(
        default={}, repr=False, description="SQLAlchemy URL of each tenant's database, by the tenant's name."
    )
    replicas: list[Annotated[URL, BeforeValidator(database_url)]] = Field(
        default=[], repr=False, description="SQLAlchemy URLs of read replicas."
    )
    replica_lag_max: float = Field(
        default=5.0, gt=0, description="Seconds a read replica may be behind and still be read."
    )
    deadline: float = Field(default=10.0, gt=0, description="Seconds one trip to the database may take.")
    connect_timeout: float = Field(default=2.0, gt=0, description="Seconds connecting may take.")
    threads: int = Field(default=4, ge=1, le=64, description="Threads, and so connections, per process.")
    queue: int = Field(
        default=128,
        ge=1,
        description="Trips that may wait for a thread before new ones fail with SOURCE_BUSY.",
    )


Profile = Literal["production", "debug"]

DEBUG: Mapping[str, Any] = {
    "graphiql": True,
    "preflight": False,
    "suggestions": True,
    "introspection": "everybody",
}
"""What the profile `debug` puts in the place of defaults, which are those of `production`."""


class _ProfileSource(PydanticBaseSettingsSource):
    """The defaults of the profile that the stronger sources chose."""

    def __call__(self) -> dict[str, Any]:
        default = self.settings_cls.model_fields["profile"].default
        return dict(DEBUG) if self.current_state.get("profile", default) == "debug" else {}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """Of no use here, but asked for by the class."""
        return DEBUG.get(field_name), field_name, False


class Settings(BaseSettings):
    """All settings of a gateway. Raises ConfigurationError when any is wrong."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    sources: dict[str, SourceSettings] = Field(
        default={}, description="Settings of each source, by its name."
    )
    page_size: int = Field(default=50, ge=1, description="Rows of a page when `first` is not given.")
    page_max: int = Field(default=1_000, ge=1, description="Largest `first` or `last` that is accepted.")
    rows_max: int = Field(
        default=200_000, ge=1, description="Most rows an operation's nested pages may add up to."
    )
    in_max: int = Field(default=10_000, ge=1, description="Most items of a list in a filter.")
    keys_max: int = Field(
        default=100_000, ge=1, description="Most keys a condition may bring from another source."
    )
    walk_max: int = Field(
        default=200_000, ge=1, description="Most rows a page walks when a condition has too many keys."
    )
    resolver_threads: int = Field(
        default=64, ge=1, description="Threads for resolvers of your own that block, per process."
    )
    resolver_deadline: float = Field(
        default=10.0, gt=0, description="Seconds one blocking piece of a resolver may take."
    )
    tokens_max: int = Field(default=10_000, ge=1, description="Most tokens of a document.")
    fields_max: int = Field(
        default=2_000, ge=1, description="Most fields of an operation, fragments counted wherever they stand."
    )
    depth_max: int = Field(default=30, ge=1, description="Most levels of fields, fragments included.")
    root_fields_max: int = Field(default=50, ge=1, description="Most fields at the root of an operation.")
    aliases_max: int = Field(default=200, ge=0, description="Most aliases of an operation.")
    directives_max: int = Field(default=200, ge=0, description="Most directives of an operation.")
    conditions_max: int = Field(default=1_000, ge=1, description="Most conditions in an operation's filters.")
    relations_max: int = Field(
        default=12, ge=1, description="Most relations inside each other in a filter or an order."
    )
    values_max: int = Field(
        default=50_000,
        ge=1,
        description="Most values in an operation's variables, objects and lists included.",
    )
    statements_max: int = Field(
        default=500,
        ge=1,
        description="Most statements of an operation: of its plan, and sent beyond a budget.",
    )
    time_max: float = Field(default=30.0, gt=0, description="Seconds one operation may take in all.")
    errors_max: int = Field(
        default=20, ge=1, description="Most mistakes of a document that are told at once."
    )
    decision_log: str = Field(
        default="file:gateway-log",
        description="Where commits over several databases are decided: file:FOLDER or source:NAME.",
    )
    best_effort: bool = Field(
        default=False, description="Whether writes that cannot be atomic are made nevertheless."
    )
    plan_cache: int = Field(default=512, ge=1, description="Plans kept, per process.")
    document_cache: int = Field(
        default=512, ge=1, description="Parsed and validated documents kept, per process."
    )
    cache_max: int = Field(
        default=64_000_000, ge=1, description="Most memory of documents, and of plans, in bytes (estimated)."
    )
    operations_max: int = Field(
        default=1_000, ge=1, description="Most requests in work at once, per process; one more is 503."
    )
    body_deadline: float = Field(default=10.0, gt=0, description="Seconds a request's body may take to come.")
    grace: float = Field(
        default=15.0, ge=0, description="Seconds running requests have when the server is told to stop."
    )
    body_max: int = Field(default=1_000_000, ge=1, description="Largest request body, in bytes.")
    tenants_open: int = Field(
        default=32,
        ge=1,
        description="Most tenants of a source whose databases are open at once, per process.",
    )
    tenant_idle: float = Field(
        default=300.0, gt=0, description="Seconds an unused tenant's connections and threads stay open."
    )
    cors_origins: Annotated[list[str], NoDecode, BeforeValidator(origins)] = Field(
        default=[], description="Origins of web pages that may call the gateway; `*` for all."
    )
    profile: Profile = Field(
        default="production", description="Which defaults apply: for strangers, or for those who develop."
    )
    graphiql: bool = Field(default=False, description="Whether a browser that opens /graphql gets GraphiQL.")
    preflight: bool = Field(
        default=True, description="Whether a GET needs a header that browsers ask permission for."
    )
    explain: bool = Field(
        default=False, description="Whether the header X-Gateway-Explain: 1 gets an answer's plan."
    )
    suggestions: bool = Field(
        default=False, description="Whether errors suggest names of the schema that may have been meant."
    )
    introspection: Literal["everybody", "known", "nobody"] = Field(
        default="known", description="Who may ask for the schema; `known` are callers who are not anonymous."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 for a free one.")
    metrics: bool = Field(default=False, description="Whether /metrics answers Prometheus.")
    tracing: bool = Field(
        default=False, description="Whether operations are sent as OpenTelemetry traces, as OTEL_… says."
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="How log lines look: for people, or one JSON object a line."
    )
    log_delay: float = Field(
        default=0.1,
        ge=0,
        le=10,
        description="Seconds that JSON lines of operations may wait to be written together; 0: each at once.",
    )

    def __init__(self, **values: Any) -> None:
        problems = _unknown_variables(os.environ)
        try:
            super().__init__(**values)
        except ValidationError as error:
            problems += [_problem(details, values) for details in error.errors(include_input=False)]
        except SettingsError as error:
            problems.append(Problem("environment", str(error), "A structured variable holds JSON."))
        if problems:
            raise ConfigurationError(problems)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Keyword arguments win over the environment, and that over the file."""
        file = TomlConfigSettingsSource(settings_cls, _readable_file())
        return init_settings, env_settings, file, _ProfileSource(settings_cls)

    @model_validator(mode="after")
    def _page_fits(self) -> Self:
        if self.page_size > self.page_max:
            raise ValueError("page_size is larger than page_max")
        return self


def config_file() -> Path:
    """The settings file: GATEWAY_CONFIG, else `gateway.toml` in the working directory. It may not exist."""
    return Path(os.environ.get(CONFIG_FILE) or "gateway.toml")


def _readable_file() -> Path | None:
    """The settings file when there is one to read, checked to be TOML."""
    file = config_file()
    if not file.is_file():
        if os.environ.get(CONFIG_FILE):
            hint = "Make the file, or unset the variable."
            raise ConfigurationError([Problem(CONFIG_FILE, f"there is no file {str(file)!r}", hint)])
        return None
    try:
        tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        hint = "Text values stand in quotes; a section starts as [sources.crm]."
        raise ConfigurationError([Problem(str(file), f"is not TOML: {error}", hint)]) from None
    return file


def _unknown_variables(environment: Mapping[str, str]) -> list[Problem]:
    """Misspelt variables. Ones that resemble no setting are left alone: they may be somebody else's."""
    known = [f"{PREFIX}{name}".upper() for name in Settings.model_fields]
    problems = []
    for variable in environment:
        name = variable.upper().split("__")[0]
        if not name.startswith(PREFIX) or name in (*known, CONFIG_FILE, APP):
            continue
        if near := get_close_matches(name, known, 1, cutoff=0.85):
            problems.append(Problem(variable, "there is no such setting", f"Did you mean {near[0]}?"))
    return problems


def _problem(details: Mapping[str, Any], given: Mapping[str, Any]) -> Problem:
    """One of pydantic's complaints in our words; `given` are the keyword arguments."""
    # Between a name and its own parts pydantic puts the type it tried.
    path = [str(part) for part in details["loc"] if "[" not in str(part)]
    message = str(details["msg"]).removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if details["type"] == "extra_forbidden":
        message = "there is no such setting"
    return Problem(_place(path, given), message, _hint(details["type"], path, message))


def _place(path: list[str], given: Mapping[str, Any]) -> str:
    """Where the reader has to look: the variable, the file, or the call."""
    if not path:
        return "settings"
    variables = {f"{PREFIX}{'__'.join(path[:length])}".upper() for length in range(1, len(path) + 1)}
    for variable in os.environ:
        if variable.upper() in variables:
            return variable
    name = ".".join(path)
    return f"Settings({name})" if path[0] in given else f"{config_file()}: {name}"


def _hint(kind: str, path: list[str], message: str) -> str:
    model: type[BaseModel] = SourceSettings if len(path) > 2 else Settings
    if kind == "extra_forbidden":
        near = get_close_matches(path[-1].lower(), list(model.model_fields), 1)
        known = f"Known ones: {', '.join(model.model_fields)}."
        return f"Did you mean {near[0]!r}?" if near else known
    if path and path[-1] == "url":
        return (
            "Write sqlite:///file.sqlite3, mysql+mysqlconnector://user:password@host/database "
            "or postgresql+psycopg://user:password@host/database."
        )
    if not path:
        return "Raise page_max or lower page_size." if "page_max" in message else "See docs/configuration.md."
    setting = model.model_fields.get(path[-1])
    return (setting.description if setting else None) or "See docs/configuration.md."
