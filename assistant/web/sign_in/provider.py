"""The OpenID Connect provider where people sign in: the code flow with PKCE, by Authlib."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from assistant.errors import AssistantError, SettingsError
from assistant.settings import SignInSettings
from assistant.storage import Identity
from assistant.web.sign_in.identities import identity_of_claims

LEEWAY_S = 60
"""How far the provider's clock and ours may differ, in seconds."""
PATIENCE_S = 10
"""Longest wait for the provider, in seconds."""
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures by a key of the provider's own; with others, anybody could sign, or whoever knows our secret."""
UNREACHABLE = "The sign-in service does not answer. Try again in a moment."
REFUSED = "The sign-in failed. Try again; if that does not help, tell your administrator when it happened."


class SignInError(AssistantError):
    """Somebody could not sign in; ``status`` is that of the page that says so."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the browser of somebody who is signing in keeps until they are back."""

    state: str
    nonce: str
    code_verifier: str
    next: str
    """Where they wanted to go: a path of ours."""


class Provider:
    """The provider of the settings. What it publishes about itself is read at the first sign-in."""

    def __init__(self, settings: SignInSettings) -> None:
        """Raise ``SettingsError`` where Authlib is not installed."""
        try:
            from authlib.integrations.starlette_client import OAuth
        except ModuleNotFoundError as error:
            raise SettingsError(
                f"STEWARD_SIGN_IN__ISSUER needs the package {error.name}, which is not installed. Run `pip install "
                "'steward-assistant[sign-in]'`."
            ) from error
        self._settings = settings
        self._client: Any = OAuth().register(
            "provider",
            client_id=settings.client_id,
            client_secret=settings.client_secret and settings.client_secret.get_secret_value(),
            server_metadata_url=f"{str(settings.issuer).rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": " ".join(settings.scopes),
                "code_challenge_method": "S256",
                "timeout": PATIENCE_S,
            },
        )

    async def begin(self, return_to: str, next_path: str) -> tuple[str, Attempt]:
        """Return the provider's address where somebody signs in, and what their browser keeps meanwhile.

        Raises:
            SignInError: the provider cannot be used.
        """
        with _explained():
            await self._metadata()
            made = await self._client.create_authorization_url(return_to)
            return made["url"], Attempt(made["state"], made["nonce"], made["code_verifier"], next_path)

    async def finish(self, code: str, attempt: Attempt, return_to: str) -> Identity:
        """Return who signed in, by the code with which the provider sent them back.

        Raises:
            SignInError: the code is not valid, or the id token is not one of this provider for this attempt.
            NotAllowedError: none of their groups may use Steward.
        """
        with _explained():
            metadata = await self._metadata()
            token = await self._client.fetch_access_token(return_to, code=code, code_verifier=attempt.code_verifier)
            # Authlib checks the audience only if it is given one to expect.
            expected = {
                "iss": {"essential": True, "value": metadata["issuer"]},
                "aud": {"essential": True, "value": self._settings.client_id},
            }
            claims = await self._client.parse_id_token(
                token, nonce=attempt.nonce, claims_options=expected, leeway=LEEWAY_S
            )
            if claims is None:
                raise _failed("the provider sent no id token", 502)
        return identity_of_claims(claims, self._settings)

    async def end(self, return_to: str) -> str | None:
        """Return the provider's address that ends its own session; None where it has none, or does not answer."""
        try:
            with _explained():
                if not (await self._metadata()).get("end_session_endpoint"):
                    return None
                made = await self._client.create_logout_url(return_to, client_id=self._settings.client_id)
                return str(made["url"])
        except SignInError:
            return None

    async def _metadata(self) -> dict[str, Any]:
        """Return what the provider says about itself, with what we do not accept left out."""
        metadata: dict[str, Any] = await self._client.load_server_metadata()
        if str(metadata.get("issuer")).rstrip("/") != str(self._settings.issuer).rstrip("/"):
            why = f"the provider calls itself {metadata.get('issuer')!r}, not as STEWARD_SIGN_IN__ISSUER does"
            metadata.clear()  # it is read again at the next sign-in
            raise _failed(why, 502)
        signatures = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in signatures if name in SIGNATURES]
        if "client_secret_basic" not in metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            self._client.client_kwargs["token_endpoint_auth_method"] = "client_secret_post"  # noqa: S105 a method
        return metadata


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what goes wrong at the provider into `SignInError`."""
    from authlib.common.errors import AuthlibBaseError
    from httpx2 import HTTPError
    from joserfc.errors import JoseError

    try:
        yield
    except HTTPError as error:
        raise _failed(type(error).__name__, 502, UNREACHABLE) from None
    except (AuthlibBaseError, JoseError) as error:
        raise _failed(f"{type(error).__name__} {getattr(error, 'claim', error.error)}", 403) from None
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise _failed(type(error).__name__, 502) from None


def _failed(why: str, status: int, message: str = REFUSED) -> SignInError:
    """Log a failure, without what was sent, and return it as an error for the person."""
    logging.getLogger(__name__).warning("A sign-in failed: %s.", why)
    return SignInError(message, status)
