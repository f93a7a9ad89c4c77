"""Reads mails and calendar files as others do, and prints what it finds as JSON.

reader.py mail FILE…   headers, parts, and the calendar part's events of each
reader.py ics FILE…    the events of each calendar file

Zones are given strange names before reading, so that the file's own VTIMEZONE has to be right: a
parser that knows the name would never look at it.
"""

import datetime
import email
import email.policy
import json
import pathlib
import re
import sys

import icalendar
import recurring_ical_events

UTC = datetime.timezone.utc


def events(text):
    lines = text.split("\r\n")
    assert "\n" not in "".join(lines) and lines[-1] == "", "lines end with CRLF"
    assert all(len(line.encode()) <= 75 for line in lines), "lines are folded"
    # Unfold first: a name could lie across a fold.
    text = re.sub(r"\r\n ", "", text)
    renamed = re.sub(r"TZID([=:])([A-Za-z]+/[A-Za-z_/]+)", r"TZID\1Own-\2", text)
    calendar = icalendar.Calendar.from_ical(renamed)
    assert not calendar.errors, calendar.errors
    found = calendar.walk("VEVENT")
    for event in found:
        assert not event.errors, event.errors
    once = lambda part, name: str(part[name]) if name in part else None
    begin = datetime.datetime(2020, 1, 1, tzinfo=UTC)
    occurrences = []
    if calendar["METHOD"] != "CANCEL":
        end = datetime.datetime(2033, 1, 1, tzinfo=UTC)
        for event in recurring_ical_events.of(calendar).between(begin, end):
            occurrences.append([stamp(event.start), stamp(event.end)])
    return {
        "method": str(calendar["METHOD"]),
        "zones": [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")],
        "occurrences": sorted(occurrences)[:60],
        "alarms": [str(alarm["TRIGGER"].to_ical().decode()) for alarm in calendar.walk("VALARM")],
        "events": [
            {
                "uid": str(event["UID"]),
                "sequence": int(event["SEQUENCE"]),
                "status": once(event, "STATUS"),
                "start": stamp(event.start),
                "end": stamp(event.end),
                "summary": str(event["SUMMARY"]),
                "description": str(event["DESCRIPTION"]),
                "location": once(event, "LOCATION"),
                "recurrence_id": stamp(event["RECURRENCE-ID"].dt) if "RECURRENCE-ID" in event else None,
                "organizer": person(event["ORGANIZER"]),
                "attendees": [person(who) for who in many(event.get("ATTENDEE", []))],
            }
            for event in found
        ],
    }


def many(value):
    return value if isinstance(value, list) else [value]


def person(address):
    return {"address": str(address)} | {name.lower(): str(value) for name, value in address.params.items()}


def stamp(moment):
    return int(moment.astimezone(UTC).timestamp() * 1000)


def mail(raw):
    sender, recipients, raw = raw.split(b"\n", 2)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert not message.defects, message.defects
    parts = [part for part in message.walk() if not part.is_multipart()]
    for part in message.walk():
        assert not part.defects, part.defects
    calendars = [part for part in parts if part.get_content_type() == "text/calendar"]
    files = [part for part in parts if part.get_content_type() == "application/ics"]
    inside = None
    if calendars:
        text = calendars[0].get_payload(decode=True).decode()
        inside = events(text)
        assert calendars[0].get_param("method") == inside["method"]
        assert files[0].get_payload(decode=True).decode() == text
    words = lambda kind: next(
        p.get_content().replace("\r\n", "\n") for p in parts if p.get_content_type() == kind
    )
    return {
        "envelope": [sender.decode(), recipients.decode()],
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "structure": [part.get_content_type() for part in message.walk()],
        "text": words("text/plain"),
        "html": words("text/html"),
        "calendar": inside,
    }


def read(file):
    data = pathlib.Path(file).read_bytes()
    return mail(data) if sys.argv[1] == "mail" else events(data.decode())


json.dump([read(file) for file in sys.argv[2:]], sys.stdout)
