"""Mails as they come back: reports in the shapes of well-known servers, replies as well-known programs quote."""

BOUNCE = "bounce+{token}@notes.rosta.example"

POSTFIX = """\
Return-Path: <>
Delivered-To: {to}
From: MAILER-DAEMON@mx.rosta.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4XyZ1.1773046800/mx.rosta.example"
Message-Id: <20260309090002.4XyZ1@mx.rosta.example>
Date: Mon,  9 Mar 2026 09:00:02 +0100 (CET)

This is a MIME-encapsulated message.

--4XyZ1.1773046800/mx.rosta.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.rosta.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

                   The mail system

<kit@rosta.example>: host imap.rosta.example[192.0.2.7] said: {code} {status}
    <kit@rosta.example>: {words} (in reply to RCPT TO command)

--4XyZ1.1773046800/mx.rosta.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.rosta.example
X-Postfix-Queue-ID: 4XyZ1
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Mon,  9 Mar 2026 09:00:01 +0100 (CET)

Final-Recipient: rfc822; kit@rosta.example
Original-Recipient: rfc822;kit@rosta.example
Action: {action}
Status: {status}
Remote-MTA: dns; imap.rosta.example
Diagnostic-Code: smtp; {code} {status} <kit@rosta.example>: {words}

--4XyZ1.1773046800/mx.rosta.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: Leaf Notes <notes@notes.rosta.example>
Reply-To: reply+aaaaaaaaaaaaaaaaaaaa@notes.rosta.example
To: kit@rosta.example
Subject: Stale beans | leaf notes, week 10

act: this is the mail that was given back by 2026-10-02

--4XyZ1.1773046800/mx.rosta.example--
"""

EXIM = """\
Return-path: <>
Envelope-to: {to}
Received: from Debian-exim by mail.rosta.example with local (Exim 4.96)
\tid 1tXyz-0001; Mon, 09 Mar 2026 09:00:02 +0100
X-Failed-Recipients: kit@rosta.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.rosta.example>
To: {to}
References: <digest-1@notes.rosta.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=1773046802-eximdsn-99
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1tXyz-0001@mail.rosta.example>
Date: Mon, 09 Mar 2026 09:00:02 +0100

--1773046802-eximdsn-99
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  kit@rosta.example
    host mx2.rosta.example [192.0.2.8]
    SMTP error from remote mail server after RCPT TO:<kit@rosta.example>:
    550 5.2.1 mailbox disabled

--1773046802-eximdsn-99
Content-type: message/delivery-status

Reporting-MTA: dns; mail.rosta.example

Action: failed
Final-Recipient: rfc822;kit@rosta.example
Status: 5.0.0
Remote-MTA: dns; mx2.rosta.example
Diagnostic-Code: smtp; 550 5.2.1 mailbox disabled

--1773046802-eximdsn-99
Content-type: message/rfc822

Subject: Stale beans

text

--1773046802-eximdsn-99--
"""

EXCHANGE = """\
From: "Microsoft Outlook" <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@rosta.example>
To: {to}
Date: Mon, 9 Mar 2026 08:00:05 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="3b2f-aaaa"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-GB
Message-ID: <8e2d@AM0PR07MB1.eurprd07.prod.outlook.com>
In-Reply-To: <digest-1@notes.rosta.example>
Subject: Undeliverable: Stale beans | leaf notes, week 10
Auto-Submitted: auto-replied
MIME-Version: 1.0

--3b2f-aaaa
Content-Type: multipart/alternative; differences=Content-Type; boundary="3b2f-bbbb"

--3b2f-bbbb
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Delivery has failed to these recipients or groups:

kit@rosta.example
Your message couldn't be delivered.

--3b2f-bbbb
Content-Type: text/html; charset="us-ascii"

<html><body><p>Delivery has failed</p></body></html>

--3b2f-bbbb--

--3b2f-aaaa
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR07MB1.eurprd07.prod.outlook.com
Received-From-MTA: dns;mx.rosta.example
Arrival-Date: Mon, 9 Mar 2026 08:00:04 +0000

Final-Recipient: rfc822;kit@rosta.example
Action: failed
Status: {status}
Diagnostic-Code: smtp;550 {status} {words}

--3b2f-aaaa
Content-Type: message/rfc822

Subject: Stale beans

text

--3b2f-aaaa--
"""

GMAIL = """\
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: {to}
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <digest-1@notes.rosta.example>
In-Reply-To: <digest-1@notes.rosta.example>
Message-ID: <69ae.050a@mx.google.com>
Date: Mon, 09 Mar 2026 01:00:03 -0700 (PDT)
Content-Type: multipart/report; boundary="00000000000aaa"; report-type=delivery-status

--00000000000aaa
Content-Type: multipart/related; boundary="00000000000bbb"

--00000000000bbb
Content-Type: multipart/alternative; boundary="00000000000ccc"

--00000000000ccc
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to kit@rosta.example because the address couldn't be found.

--00000000000ccc
Content-Type: text/html; charset="UTF-8"

<html><body>Address not found</body></html>

--00000000000ccc--
--00000000000bbb--

--00000000000aaa
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Received-From-MTA: dns; notes@notes.rosta.example
Arrival-Date: Mon, 09 Mar 2026 01:00:02 -0700 (PDT)
X-Original-Message-ID: <digest-1@notes.rosta.example>

Final-Recipient: rfc822; kit@rosta.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; gmail-smtp-in.l.google.com. (2a00:1450:4013:c14::1b, the server for the domain.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
 550-5.1.1 double-checking the recipient's email address for typos
Last-Attempt-Date: Mon, 09 Mar 2026 01:00:03 -0700 (PDT)

--00000000000aaa
Content-Type: message/rfc822

Subject: Stale beans

text

--00000000000aaa--
"""

QMAIL = """\
Return-Path: <>
From: MAILER-DAEMON@old.rosta.example
To: {to}
Subject: failure notice
Date: 9 Mar 2026 08:00:09 -0000

Hi. This is the qmail-send program at old.rosta.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<kit@rosta.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Subject: Stale beans
"""

DRAGONFLY = """\
Received: from MAILER-DAEMON
\tid e0720
\tby old.rosta.example (DragonFly Mail Agent v0.13);
\tMon, 09 Mar 2026 09:02:02 +0100
From: MAILER-DAEMON <>
To: {to}
Subject: Mail delivery failed
Message-Id: <e0720@old.rosta.example>

This is the DragonFly Mail Agent v0.13 at old.rosta.example.

There was an error delivering your mail to <kit@rosta.example>.

mx.rosta.example [192.0.2.9] did not like our final DATA:
550-5.7.26 Unauthenticated email from notes.rosta.example is not accepted due to
550-5.7.26 its DMARC policy.
550 5.7.26 see https://mx.rosta.example/policy

Message headers follow.

Subject: Stale beans
"""

GMAIL_REPLY = """\
{said}

On Mon, 9 Mar 2026 at 09:00, Leaf Notes <notes@notes.rosta.example> wrote:

> Good morning,
>
> act: not this line by 2026-01-01
> 1. Stale beans
"""

OUTLOOK_REPLY = """\
{said}

Kind regards
Kit

________________________________
From: Leaf Notes <notes@notes.rosta.example>
Sent: 09 March 2026 09:00
To: Kit <kit@rosta.example>
Subject: Stale beans | leaf notes, week 10

Good morning,
act: not this line by 2026-01-01
"""

APPLE_REPLY = """\
{said}

Sent from my iPhone

> On 9 Mar 2026, at 09:00, Leaf Notes <notes@notes.rosta.example> wrote:
>=20
> =EF=BB=BFGood morning,
> act: not this line by 2026-01-01
"""

BELOW_REPLY = """\
On 09/03/2026 09:00, Leaf Notes wrote:
> Good morning,
> act: not this line by 2026-01-01

{said}

--
Kit
"""


def reply(
    body: str,
    *,
    to: str,
    sender: str = "Kit <kit@rosta.example>",
    results: str | None = "mx.example; dmarc=pass (p=reject) header.from=rosta.example",
    head: str = "",
    message_id: str = "<CAF+one=1@mail.gmail.com>",
) -> bytes:
    """A reply as a mail server hands it over."""
    lines = [
        *([f"Authentication-Results: {results}"] if results else []),
        "Received: from mail.rosta.example by mx.example; Mon, 9 Mar 2026 11:00:00 +0100",
        f"From: {sender}",
        f"To: {to}",
        "Subject: Re: Stale beans | leaf notes, week 10",
        "Date: Mon, 9 Mar 2026 11:00:00 +0100",
        f"Message-ID: {message_id}",
        *([head] if head else []),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Transfer-Encoding: {'quoted-printable' if '=20' in body else '8bit'}",
    ]
    return ("\n".join(lines) + "\n\n" + body).encode()


def parted(kind: str, *parts: tuple[str, str], to: str, sender: str = "Kit <kit@rosta.example>") -> bytes:
    """A reply of several parts, each the value of its Content-Type with further headers, and its text."""
    told = "".join(f"--b\nContent-Type: {head}\n\n{text}\n" for head, text in parts)
    whole = f'Content-Type: multipart/{kind}; boundary="b"'.encode()
    return reply(f"{told}--b--\n", to=to, sender=sender).replace(b"Content-Type: text/plain; charset=utf-8", whole, 1)
