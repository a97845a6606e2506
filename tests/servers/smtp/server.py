"""An SMTP server for tests, on aiosmtpd: 127.0.0.1 only, on a port of the system's choice. Run it by start.py.

It prints what happens as one JSON object a line:

    {"event": "listening", "port": 40001}
    {"event": "connected", "connection": 1}
    {"event": "mail", "connection": 1, "tls": true, "user": "ward", "from": "a@b.example", "to": ["c@d.example"],
     "headers": [["Subject", "decoded"], ...], "text": "decoded body", "raw": "as it came, one character a byte"}
    {"event": "refused", "connection": 1, "code": 550}      an answer of the table below
    {"event": "waiting", "connection": 1}                   an answer is being withheld

What it answers is asked for by the local part of the recipient:

    later@   451 4.7.1 to RCPT          full@    452 4.2.2 to the letter
    never@   550 5.1.1 to RCPT          spam@    554 5.7.1 to the letter
    log-in@  530 5.7.0 to RCPT          bare@    550 to RCPT, without an enhanced code
    hang@    no answer to the letter    wait@    no answer to RCPT
    cut@     the connection ends before the answer to the letter
    slow@    the letter is taken and said to be here; the answer comes three seconds later

It ends when its standard input does, so that it does not outlive the test that started it.
"""

import argparse
import asyncio
import email
import email.policy
import itertools
import json
import logging
import ssl
import sys
import threading
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

TO_RECIPIENT = {
    "later": "451 4.7.1 <{to}> greylisted, come back later",
    "never": "550 5.1.1 <{to}> no such user",
    "log-in": "530 5.7.0 authentication required for {to}",
    "bare": "550 {to} is unknown here",
}
TO_LETTER = {
    "full": "452 4.2.2 the mailbox of {to} is full",
    "spam": "554 5.7.1 {to} does not want this",
}


def say(event: str, **fields) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


class Server(SMTP):
    """One connection."""

    numbers = itertools.count(1)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.number = 0

    def connection_made(self, transport):
        # Called a second time after STARTTLS.
        if self.number == 0:
            self.number = next(self.numbers)
            say("connected", connection=self.number)
        super().connection_made(transport)


class Handler:
    """Answers, and tells what came."""

    async def handle_RCPT(self, server, _session, envelope, address, _options):
        wish = address.partition("@")[0]
        if wish == "wait":
            await self.withhold(server)
        if wish in TO_RECIPIENT:
            return self.refuse(server, TO_RECIPIENT[wish], address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        wish = to.partition("@")[0]
        if wish == "hang":
            await self.withhold(server)
        if wish == "cut":
            server.transport.abort()
            return "421 4.4.2 gone"
        if wish in TO_LETTER:
            return self.refuse(server, TO_LETTER[wish], to)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        say(
            "mail",
            connection=server.number,
            tls=server.transport.get_extra_info("ssl_object") is not None,
            user=session.auth_data if session.authenticated else None,
            **{"from": envelope.mail_from},
            to=envelope.rcpt_tos,
            headers=[[name, str(value)] for name, value in message.items()],
            text=message.get_content(),
            raw=envelope.content.decode("latin-1"),
        )
        if wish == "slow":
            await asyncio.sleep(3)
        return "250 2.0.0 taken"

    def refuse(self, server, answer, address):
        say("refused", connection=server.number, code=int(answer[:3]))
        return answer.format(to=address)

    async def withhold(self, server):
        say("waiting", connection=server.number)
        await asyncio.Event().wait()


def arguments():
    parser = argparse.ArgumentParser(description="An SMTP server for tests.")
    parser.add_argument("--security", choices=["none", "starttls", "tls"], default="none")
    parser.add_argument("--certificate", help="PEM file of the server's chain")
    parser.add_argument("--key", help="PEM file of its key")
    parser.add_argument("--user", help="demand a log-in of this name")
    parser.add_argument("--password", help="and this password")
    parser.add_argument("--smtputf8", action="store_true", help="offer international addresses (RFC 6531)")
    return parser.parse_args()


async def serve(options, ended: asyncio.Event) -> None:
    tls = None
    if options.security != "none":
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.certificate, options.key)

    def authenticate(_server, _session, _envelope, _mechanism, data):
        user, password = data.login.decode(), data.password.decode()
        good = (user, password) == (options.user, options.password)
        return AuthResult(success=good, handled=False, auth_data=user)

    def connection():
        return Server(
            Handler(),
            hostname="smtp.test",
            enable_SMTPUTF8=options.smtputf8,
            tls_context=tls if options.security == "starttls" else None,
            require_starttls=options.security == "starttls",
            auth_required=options.user is not None,
            # Where TLS is there from the first byte aiosmtpd does not know of it.
            auth_require_tls=options.security == "starttls",
            authenticator=authenticate,
        )

    wrapped = tls if options.security == "tls" else None
    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", 0, ssl=wrapped)
    say("listening", port=server.sockets[0].getsockname()[1])
    await ended.wait()


def be_quiet() -> None:
    """Keeps aiosmtpd's complaints about clients that hang up, and about log-in without TLS, out of the tests' output."""
    logging.getLogger("mail.log").disabled = True
    warnings.simplefilter("ignore", UserWarning)


async def main() -> None:
    be_quiet()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def until_input_ends():
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=until_input_ends, daemon=True).start()
    await serve(arguments(), ended)


if __name__ == "__main__":
    asyncio.run(main())
