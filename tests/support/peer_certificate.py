"""A certificate for localhost and 127.0.0.1, from an authority made for it."""

import datetime
import ipaddress
import os
import ssl
import sys

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID
except ImportError as missing:
    sys.stderr.write(f"peer_certificate.py: {missing}: install python3-cryptography\n")
    sys.exit(77)


def certificate_context(directory):
    """Of a server. Writes directory/ca.pem, the authority, for its clients."""

    def name(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def write(path, *parts):
        with open(os.path.join(directory, path), "wb") as file:
            file.write(b"".join(parts))
        return file.name

    def certificate(subject, issuer, key, signer, extensions):
        now = datetime.datetime.utcnow()
        builder = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
                   .public_key(key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(now - datetime.timedelta(days=1))
                   .not_valid_after(now + datetime.timedelta(days=1)))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(signer, hashes.SHA256())

    pem = serialization.Encoding.PEM
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = certificate("Test Authority", "Test Authority", authority_key, authority_key,
                            [(x509.BasicConstraints(ca=True, path_length=None), True)])
    own = certificate("localhost", "Test Authority", key, authority_key,
                      [(x509.SubjectAlternativeName([x509.DNSName("localhost"),
                                                     x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)])
    write("ca.pem", authority.public_bytes(pem))
    chain = write("server.pem", own.public_bytes(pem),
                  key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context
