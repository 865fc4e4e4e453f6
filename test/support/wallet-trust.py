"""Meets TLS servers of loopback as the Electrum wallet would meet them for the first time.

Arguments: the file of known authorities, then HOST PORT pairs. Prints a line
for each: accepted, or the reason that Python's ssl gives. The steps are those
of the protocol facts, section 9: contexts as Python makes them by default, the
known authorities first; a leaf that signed itself (code 18) is pinned and met
again without looking at its names.
"""
import socket
import ssl
import sys


def meet(context, host, port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname=host) as secure:
            return secure.getpeercert(binary_form=True)


def leaf_of(host, port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return ssl.DER_cert_to_PEM_cert(meet(context, host, port))


def verdict(authorities, host, port):
    try:
        meet(ssl.create_default_context(cafile=authorities), host, port)
        return "accepted"
    except ssl.SSLCertVerificationError as error:
        if error.verify_code != 18:
            return "certificate: " + error.verify_message
    except (ssl.SSLError, OSError) as error:
        return "handshake: " + str(error)
    try:
        pinned = ssl.create_default_context(cadata=leaf_of(host, port))
        pinned.verify_flags &= ~ssl.VERIFY_X509_STRICT
        pinned.check_hostname = False
        meet(pinned, host, port)
        return "accepted"
    except (ssl.SSLError, OSError) as error:
        return "pinned: " + str(error)


authorities, *pairs = sys.argv[1:]
for host, port in zip(pairs[::2], pairs[1::2]):
    print(verdict(authorities, host, int(port)), flush=True)
