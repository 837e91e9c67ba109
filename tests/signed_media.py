"""Pictures with a signed C2PA manifest, made by a test authority of our own."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

SINCE, UNTIL = datetime(2020, 1, 1), datetime(2060, 1, 1)  # noqa: DTZ001  # as the certificate library takes them
IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A certificate authority and a signer with a certificate of it."""

    root: str
    """The authority's certificate in PEM form: a trust list of one."""
    chain: bytes
    key: bytes


@cache
def authority() -> Authority:
    """The test authority, new in each run."""
    root_key, signer_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("Test Root", root_key, by=root_key, is_authority=True)
    signer = _certificate("Test Signer", signer_key, by=root_key, is_authority=False)
    return Authority(root=root, chain=(signer + root).encode(), key=signer_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test"), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(name: str, key: ec.EllipticCurvePrivateKey, *, by: ec.EllipticCurvePrivateKey, is_authority: bool) -> str:
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=is_authority, crl_sign=is_authority, encipher_only=False, decipher_only=False)
    made = (x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name("Test Root")).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(SINCE).not_valid_after(UNTIL)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
            .add_extension(usage, critical=True))
    if not is_authority:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=True)
    return made.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def signed_picture(source_type: str, *, remote: str | None = None) -> bytes:
    """A JPEG whose manifest states `source_type`; with `remote`, the manifest stands only at that address."""
    plain, out = io.BytesIO(), io.BytesIO()
    Image.linear_gradient("L").resize((96, 96)).convert("RGB").save(plain, "JPEG")
    plain.seek(0)
    ours = authority()
    signer = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=ours.chain, private_key=ours.key, ta_url=None)
    store = {"claim_generator_info": [{"name": "Test Model", "version": "1"}], "assertions": [
        {"label": "c2pa.actions", "data": {"actions": [
            {"action": "c2pa.created", "digitalSourceType": IPTC + source_type}]}}]}
    with c2pa.Builder(store) as builder, c2pa.Signer.from_info(signer) as with_key:
        if remote is not None:
            builder.set_no_embed()
            builder.set_remote_url(remote)
        builder.sign(with_key, "image/jpeg", plain, out)
    return out.getvalue()
