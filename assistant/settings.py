"""Settings: arguments, then ``STEWARD_…__…`` variables, then ``steward.toml``, then defaults.

Built once at the edge with :func:`load_settings` and passed down; library code reads neither globals nor
the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import (
    SettingsError as UnreadableError,
)

from assistant.errors import SettingsError
from assistant.roles import Role

PREFIX = "STEWARD_"
Audit = Literal["on", "required", "off"]
"""Whether there is an audit log, and whether an answer that it cannot note is refused."""


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReadingSettings(_Group):
    """How files are read, each in its own child process."""

    memory_mb: int = Field(1024, ge=128, le=16384, description="Memory a file may take while it is read, in MiB.")
    seconds: float = Field(120, ge=1, le=3600, description="Time a file may take to be read, in seconds.")
    max_file_mb: float = Field(100, gt=0, le=2048, description="Largest file that is read, in MiB.")
    max_text_chars: int = Field(20_000_000, ge=1000, description="Longest text taken from one file, in characters.")
    max_sentences: int = Field(
        200_000, ge=100, description="Most sentences, list items and table rows taken from one file."
    )


class FetchingSettings(_Group):
    """How originals are downloaded from their publishers."""

    at_start: bool = Field(
        True, description="Whether the web app downloads at its start the originals that are not there yet."
    )
    max_file_mb: float = Field(100, gt=0, le=2048, description="Largest original that is fetched, in MiB.")
    seconds: float = Field(120, ge=1, le=3600, description="Time one original may take, in seconds.")
    retries: int = Field(3, ge=0, le=10, description="Retries after a temporary failure.")
    backoff_s: float = Field(
        1.0, ge=0, le=60, description="Wait before the first retry, in seconds; doubles each time."
    )


class ChunkingSettings(_Group):
    """How texts are cut into chunks."""

    chunk_tokens: int = Field(220, ge=32, le=8192, description="Longest chunk, in tokens of the embedding model.")


class EmbeddingSettings(_Group):
    """Which model turns text into vectors."""

    model: str = Field(
        "steward-minilm",
        description="`steward-minilm` (all-MiniLM-L6-v2 with our tuning, packaged), `all-MiniLM-L6-v2` (as published, "
        "packaged), or any sentence-transformers model by name or path.",
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="Number format; `auto` takes bfloat16 where the CPU has AMX or AVX512-BF16."
    )
    batch_tokens: int = Field(8192, ge=256, le=262144, description="Tokens embedded at once, padding included.")


class IndexSettings(_Group):
    """Where vectors and words are kept."""

    folder: Path = Field(Path("indexes"), description="Folder of the built indexes.")
    chroma_url: str | None = Field(None, description="Address of a Chroma server; unset keeps vectors in the folder.")
    published: str | None = Field(
        None,
        pattern=r"^[^@]+$",  # an address is logged, so no password may be in it
        description="Folder or bucket to which another machine publishes its index with `steward publish`, such as "
        "`/srv/published` or `s3://bucket/steward`: the web app takes each new one and builds none; unset, the index "
        "is built here.",
    )


class RetrievalSettings(_Group):
    """How questions find chunks."""

    candidates: int = Field(60, ge=10, le=1000, description="Chunks taken from vectors and from words each.")
    reranker: str | None = Field(
        None,
        pattern=r"^(model|cross-encoder:\S.*)$",
        description="What reorders retrieved chunks: `cross-encoder:` and the name or path of a model on this machine, "
        "or `model`, the chat model of the settings; unset, nothing.",
    )


class ModelSettings(_Group):
    """Which chat model writes answers; without one, answers are quotes alone."""

    name: str | None = Field(
        None,
        pattern=r"^[a-z0-9_]+:\S+$",
        description="Chat model that writes answers, as `provider:model`, any of LangChain's; unset, answers only "
        "quote.",
    )
    checker: str | None = Field(
        None,
        pattern=r"^[a-z0-9_]+:\S+$",
        description="Chat model that checks what is written, as `provider:model`, at the same address with the same "
        "key; unset, `STEWARD_GROUNDING__MODEL` checks, or else the model that writes.",
    )
    base_url: str | None = Field(
        None,
        description="Address of a server that speaks the OpenAI protocol, with provider `openai`: Ollama, llama.cpp's "
        "or vLLM.",
    )
    key: SecretStr | None = Field(None, description="Key of the provider; the provider's own variable works too.")
    seconds: float = Field(
        60,
        ge=1,
        le=3600,
        description="Time that reading a question and writing its answer may take together, and each check, in "
        "seconds.",
    )
    max_tokens: int = Field(1000, ge=16, le=100_000, description="Longest reply of the model, in its tokens.")
    understands: Literal["always", "follow-ups"] = Field(
        "always",
        description="When the model reads a question before the search for a written answer: `always`, or only "
        "`follow-ups` and questions of several parts, which is one short call faster.",
    )
    writes_questions: bool = Field(
        False,
        description="At ingestion the model writes questions for chunks that have no authored ones; kept, so that an "
        "unchanged chunk is never asked about again.",
    )


class AnsweringSettings(_Group):
    """How answers are made."""

    max_words: int = Field(
        300, ge=30, le=1000, description="Longest extractive answer, in words, about; most are far shorter."
    )


class GroundingSettings(_Group):
    """How sentences are checked against what they cite."""

    model: str | None = Field(
        None,
        description="A sentence-transformers cross-encoder for natural language inference, by name or path, that "
        "judges whether other words mean the same, unless `STEWARD_MODEL__CHECKER` is set.",
    )


class WebSettings(_Group):
    """What users of the web app may do, how much, and which hosts it answers to."""

    add_files: bool | None = Field(
        None,
        description="`true` lets anybody who reaches the web app add files to the library, `false` nobody; unset, "
        "anybody may while only this machine reaches it: it listens on loopback, no host or proxy is set, and no "
        "request came through a proxy.",
    )
    keys_required: bool | None = Field(
        None,
        description="`false` lets anybody who reaches the web app contribute and accept cases under a name that they "
        "type, until `steward people add` registers somebody; `true` always asks for a key; unset, a name is enough "
        "while only this machine reaches it.",
    )
    hosts: tuple[str, ...] | None = Field(
        None,
        description="Hosts that the web app answers to besides this machine's own and the address it listens on, "
        "as a JSON list without ports; needed with `--host 0.0.0.0` and behind a proxy. `*` answers to any, and "
        "then a web page anywhere can reach it from a reader's browser.",
    )
    proxies: tuple[IPvAnyNetwork, ...] | None = Field(
        None,
        description="Addresses or networks of proxies whose `X-Forwarded-For`, `-Host` and `-Proto` are trusted, as a "
        "JSON list; unset, nobody's are. `Forwarded` and others never count.",
    )
    logs: Literal["plain", "json"] = Field(
        "plain",
        description="Form of the log: `plain` lines, or `json` with one object a line and a line for each request too.",
    )
    traces: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        description="Address of a collector for OpenTelemetry, such as `http://127.0.0.1:4318/v1/traces`, to which the "
        "steps of each request are sent, without its words; unset, none are.",
    )
    metrics_for: tuple[IPvAnyNetwork, ...] | None = Field(
        None,
        description="Addresses or networks that may read `/metrics`, as a JSON list; unset, this machine alone.",
    )
    questions_per_minute: int = Field(
        60,
        ge=1,
        le=1_000_000,
        description="Most questions a minute of one reader, calls by programs and MCP included; of one address 20 "
        "times as many. Counted in each process of the web app by itself.",
    )
    requests_per_minute: int = Field(
        600,
        ge=1,
        le=1_000_000,
        description="The same for everything that a reader does on the page, questions included.",
    )
    questions_at_once: int = Field(
        20,
        ge=1,
        le=40,
        description="Most questions taken up at the same time; as many as processors and one are worked on at once.",
    )
    queue_length: int = Field(
        100, ge=1, le=10_000, description="Most questions and other requests that wait; beyond it they are refused."
    )


class SignInSettings(_Group):
    """How people sign in to the web app: at a provider, or at a proxy in front; without either, nobody does."""

    issuer: str | None = Field(
        None,
        pattern=r"^(https://|http://(127\.0\.0\.1|localhost|\[::1\])(:|/|$))[^\s?#]*$",
        description="Address of the OpenID Connect provider where people sign in, to which "
        "`/.well-known/openid-configuration` is added; https, unless it is on this machine.",
    )
    client_id: str | None = Field(None, min_length=1, description="What the provider calls Steward.")
    client_secret: SecretStr | None = Field(
        None, description="Secret of Steward at the provider; unset where the provider gives none."
    )
    scopes: tuple[str, ...] = Field(
        ("openid", "profile", "email"), description="What the provider is asked for, as a JSON list."
    )
    header: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9-]+$",
        description="Instead of a provider: the header in which a proxy of `STEWARD_WEB__PROXIES` says who has signed "
        "in, for example `X-Forwarded-Email`; from anybody else it is removed.",
    )
    groups_header: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9-]+$",
        description="The header in which that proxy lists the person's groups, with commas between.",
    )
    groups_claim: str = Field(
        "groups",
        min_length=1,
        description="The claim of the provider's id token that lists the person's groups or roles; dots lead into "
        "nested claims, as in `realm_access.roles`.",
    )
    roles: dict[str, Role] | None = Field(
        None,
        description='The role of each group, as a JSON object such as `{"policy-librarians": "librarian"}`; who is '
        "in none of them is a reader. Unset, roles are kept in the database and changed with `steward people role`.",
    )
    allowed: tuple[str, ...] | None = Field(
        None,
        description="Groups whose members may use Steward, as a JSON list; unset, everybody who signs in may.",
    )
    idle_minutes: int = Field(
        120, ge=5, le=10_080, description="After this time without a request a person signs in again, in minutes."
    )
    hours: int = Field(12, ge=1, le=720, description="After this time a person signs in again in any case, in hours.")

    @property
    def is_on(self) -> bool:
        """Whether people must sign in."""
        return bool(self.issuer or self.header)

    @model_validator(mode="after")
    def _check_whole(self) -> SignInSettings:
        if self.issuer and self.header:
            raise ValueError("issuer and header are both set; people sign in at a provider or at a proxy. Unset one")
        if bool(self.issuer) != bool(self.client_id):
            raise ValueError("issuer and client_id belong together. Set both")
        if self.groups_header and not self.header:
            raise ValueError("groups_header is set without header. Set header, or unset groups_header")
        if not self.is_on and (given := self.model_dump(exclude_defaults=True)):
            # A misspelt issuer must not leave the app open.
            raise ValueError(f"{', '.join(given)} without issuer or header, so nobody would sign in. Set one of them")
        if "openid" not in self.scopes:
            raise ValueError("scopes is without openid, by which the provider says who signs in. Add it")
        return self


class StorageSettings(_Group):
    """Where conversations and contributed cases are kept, and for how long conversations are."""

    url: SecretStr | None = Field(
        None,
        description="Database of conversations, feedback and contributed cases, `sqlite:///PATH` or "
        "`postgresql://USER:PASSWORD@HOST/NAME`; unset, `steward.db` in the folder of the indexes.",
    )
    keep_days: int = Field(
        90, ge=1, le=36_500, description="Conversations untouched for longer are deleted with their feedback, in days."
    )
    keep_feedback_days: int | None = Field(
        None, ge=1, le=36_500, description="Feedback is deleted after this time, in days; unset, with its conversation."
    )
    keep_questions_days: int = Field(
        90, ge=1, le=36_500, description="The words of questions in the audit log are deleted after this time, in days."
    )
    keep_log_days: int = Field(
        730, ge=1, le=36_500, description="Rows of the audit log are removed after this time, in days."
    )
    audit: Audit | None = Field(
        None,
        description="Whether the database logs who asked and changed what: `on`, `off`, or `required`, which refuses "
        "what cannot be logged; unset, it does where people sign in.",
    )


class Settings(BaseSettings):
    """Every setting; see each group."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid", toml_file="steward.toml"
    )

    corpus: Path = Field(Path("corpus"), description="Folder of the catalogue, summaries, registers and originals.")
    quality_report: Path = Field(
        Path("evals/report.html"),
        description="Page that the web app shows under “How good are the answers?”; `steward eval report` makes it.",
    )
    reading: ReadingSettings = ReadingSettings()
    fetching: FetchingSettings = FetchingSettings()
    chunking: ChunkingSettings = ChunkingSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    index: IndexSettings = IndexSettings()
    model: ModelSettings = ModelSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answering: AnsweringSettings = AnsweringSettings()
    grounding: GroundingSettings = GroundingSettings()
    web: WebSettings = WebSettings()
    sign_in: SignInSettings = SignInSettings()
    storage: StorageSettings = StorageSettings()

    @property
    def audit(self) -> Audit:
        """Whether the audit log is kept; unless set, where people sign in."""
        return self.storage.audit or ("on" if self.sign_in.is_on else "off")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Rank arguments over variables over the TOML file; a ``.env`` would be refused for other programs' keys."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(environ: Mapping[str, str] | None = None, **arguments: Any) -> Settings:
    """Return the settings, validated.

    Raises:
        SettingsError: a value is out of range, or a ``STEWARD_`` variable names no setting (pydantic would ignore a
            misspelt top-level variable).
    """
    for name in os.environ if environ is None else environ:
        if not name.upper().startswith(PREFIX):
            continue
        group, *rest = name.upper().removeprefix(PREFIX).lower().split("__")
        if group not in Settings.model_fields or (rest and not _is_group(group)):
            known = ", ".join(sorted(PREFIX + field.upper() for field in Settings.model_fields))
            raise SettingsError(
                f"The variable {name} names no setting. The groups are {known}; `steward doctor` shows what is set."
            )
    try:
        return Settings(**arguments)
    except UnreadableError as error:
        raise SettingsError(f"Wrong settings: {error}; it must be JSON. Or set `STEWARD_GROUP__NAME`.") from None
    except ValidationError as error:
        lines = (
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}{_found(item['loc'], item['input'])}"
            for item in error.errors()
        )
        wrong = "; ".join(lines)
        raise SettingsError(f"Wrong settings: {wrong}. See the settings table in assistant/README.md.") from error


def _found(place: tuple[int | str, ...], value: object) -> str:
    """Return the refused value for the message; empty where it may be a secret, or a misspelt name may hold one."""
    shown = {
        "index": {*IndexSettings.model_fields} - {"published"},
        "model": {*ModelSettings.model_fields} - {"key"},
        "sign_in": {*SignInSettings.model_fields} - {"client_secret"},
        "storage": {*StorageSettings.model_fields} - {"url"},
    }.get(str(place[0]))
    secret = shown is not None and (len(place) < 2 or place[1] not in shown)
    return "" if secret else f" (found {value!r})"


def _is_group(name: str) -> bool:
    annotation = Settings.model_fields[name].annotation
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
