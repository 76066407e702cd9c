"""The client's side of TLS to a broker: 1.2 or newer, our own authority only, the host name checked."""

import ssl

from shared.bus.port import BrokerAddress, BrokerUnavailable, Trouble


def client_context(address: BrokerAddress) -> ssl.SSLContext:
    """A context for one connection. Raises `BrokerUnavailable` when a file is missing or does not fit."""
    try:
        # With `cafile` given, the authorities of the operating system are not loaded.
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(address.ca_file))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(address.cert_file, address.key_file)
    except (OSError, ssl.SSLError) as problem:
        raise BrokerUnavailable(
            Trouble.TLS,
            "The certificate files for the broker cannot be read or do not belong together: "
            "check ca_file, cert_file and key_file.",
        ) from problem
    return context
