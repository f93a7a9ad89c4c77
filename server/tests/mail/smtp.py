"""A real SMTP server for one test.

smtp.py FOLDER none|starttls|implicit [CERTIFICATE KEY [NAME PASSWORD]]

Prints its port. Each mail it takes becomes FOLDER/NNN.eml, the envelope as two lines before it. The
file FOLDER/mode says what it does to the next mails: `take`, `defer N` (450 to so many), `refuse`
(550), `drop N` (hangs up after the data of so many), `lose N` (takes so many mails, then hangs up
instead of saying so).
"""

import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder = pathlib.Path(sys.argv[1])
tls = sys.argv[2]
certificate = sys.argv[3:5]
credentials = [text.encode() for text in sys.argv[5:7]]
mode = folder / "mode"


def turn():
    """What to do with this mail; counts it."""
    words = mode.read_text().split() if mode.exists() else ["take"]
    if len(words) == 2:
        left = int(words[1])
        mode.write_text(f"{words[0]} {left - 1}" if left > 1 else "take")
    return words[0]


class Handler:
    taken = 0

    async def handle_DATA(self, server, session, envelope):
        match turn():
            case "defer":
                return "450 4.2.0 come back later"
            case "refuse":
                return "550 5.1.1 no such mailbox here"
            case "drop":
                server.transport.close()
                return "421 gone"
            case what:
                self.keep(envelope)
                if what == "lose":
                    server.transport.close()
                return "250 taken"

    def keep(self, envelope):
        Handler.taken += 1
        head = f"{envelope.mail_from}\n{','.join(envelope.rcpt_tos)}\n".encode()
        whole = folder / f"{Handler.taken:03}.part"
        whole.write_bytes(head + envelope.content)
        whole.rename(whole.with_suffix(".eml"))


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and [data.login, data.password] == credentials
    return AuthResult(success=right, handled=True if right else False)


def context():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


def protocol():
    options = {"hostname": "localhost", "enable_SMTPUTF8": True}
    if tls == "starttls":
        options |= {"tls_context": context(), "require_starttls": True}
    if credentials:
        required = {"authenticator": authenticate, "auth_required": True}
        options |= required | {"auth_require_tls": tls == "starttls"}
    return SMTP(Handler(), **options)


async def main():
    secure = context() if tls == "implicit" else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=secure)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
