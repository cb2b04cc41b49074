"""What a second step is made of: an app's codes, and a passkey as if it had been added."""

from __future__ import annotations

import time
from hashlib import sha256
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from gym.models import User


def app_code(secret: str) -> str:
    """What the app shows now. Each counts once; the next step's is taken as well."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def passkey(user: User, name: str) -> Authenticator:
    """A passkey of theirs; the key that it would sign with is thrown away."""
    key = uuid4().bytes
    public = ES256.from_cryptography_key(generate_private_key(SECP256R1()).public_key())
    held = AttestedCredentialData.create(Aaguid(bytes(16)), key, public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    told = AuthenticatorData.create(sha256(b"testserver").digest(), flags, 0, held)
    credential = {
        "id": websafe_encode(key),
        "rawId": websafe_encode(key),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(
                b'{"type":"webauthn.create","challenge":"AA","origin":"http://testserver"}'
            ),
            "attestationObject": websafe_encode(AttestationObject.create("none", told, {})),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
    made: Authenticator = Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": credential}
    )
    return made


def typed_a_code(client: Client) -> Client:
    """The browser of somebody who typed a mailed code just now."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client
