"""Reads a calendar feed as calendar programs do: once with `icalendar`, once with `vobject`.

    run.py feed.py SERVER URL

The two parsers know nothing of each other; what they read must be the same. Prints the events as JSON, their times in UTC
as the feed's own VTIMEZONE has them: the zone database of this machine is not asked.
"""

import datetime
import json
import re
import sys

import icalendar
import requests
import vobject

UTC = datetime.timezone.utc


def spelled(moment: datetime.datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def own_zone(calendar: icalendar.Calendar):
    """The zone as the feed describes it: onset in local time, offset before, offset after."""
    changes = []
    for zone in calendar.walk("VTIMEZONE"):
        for part in zone.subcomponents:
            onset, before, after = part["DTSTART"].dt, part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td
            assert onset.tzinfo is None, "an onset is local time"
            changes.append((onset - before, after, str(zone["TZID"])))
    return sorted(changes)


def in_own_zone(changes, local: datetime.datetime) -> datetime.datetime:
    """A local time as UTC, by the observance that holds then."""
    naive = local.replace(tzinfo=None)
    holds = [after for onset, after, _ in changes if onset + after <= naive]
    assert holds, f"no observance holds at {naive}"
    return (naive - holds[-1]).replace(tzinfo=UTC)


def first(text: str):
    calendar = icalendar.Calendar.from_ical(text)
    assert str(calendar["VERSION"]) == "2.0" and str(calendar["METHOD"]) == "PUBLISH"
    changes = own_zone(calendar)
    events = {}
    for event in calendar.walk("VEVENT"):
        uid = str(event["UID"])
        assert uid not in events, f"{uid} stands twice"
        assert not event.errors, event.errors
        start, end = event["DTSTART"], event["DTEND"]
        if "TZID" in start.params:
            assert start.params["TZID"] in {name for _, _, name in changes}, "a zone that is not described"
            begins, ends = in_own_zone(changes, start.dt), in_own_zone(changes, end.dt)
            # And the zone's name means the same to who has a zone database.
            assert spelled(start.dt) == spelled(begins), f"{start.dt} is {begins} by the feed's own zone"
        else:
            begins, ends = start.dt, end.dt
        events[uid] = {
            "uid": uid,
            "start": spelled(begins),
            "end": spelled(ends),
            "summary": str(event["SUMMARY"]),
            "location": str(event["LOCATION"]),
            "status": str(event["STATUS"]),
            "sequence": int(event["SEQUENCE"]),
        }
        for stamp in ("DTSTAMP", "LAST-MODIFIED"):
            assert event[stamp].dt.utcoffset() == datetime.timedelta(0), f"{stamp} is UTC"
    # It leaves properties that it has no type for as they are written.
    return re.sub(r"\\(.)", r"\1", str(calendar["X-WR-CALNAME"])), events


def second(text: str):
    calendar = vobject.readOne(text)
    events = {}
    for event in getattr(calendar, "vevent_list", []):
        # vobject takes a TZID from the VTIMEZONE that stands in the text.
        events[event.uid.value] = {
            "uid": event.uid.value,
            "start": spelled(event.dtstart.value),
            "end": spelled(event.dtend.value),
            "summary": event.summary.value,
            "location": event.location.value,
            "status": event.status.value,
            "sequence": int(event.sequence.value),
        }
    return calendar.x_wr_calname.value, events


def main() -> None:
    answer = requests.get(sys.argv[2], timeout=30)
    answer.raise_for_status()
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8", answer.headers
    text = answer.content.decode("utf-8")
    lines = answer.content.split(b"\r\n")
    assert lines[-1] == b"" and not any(b"\n" in line or b"\r" in line for line in lines), "lines end in CRLF"
    assert max(len(line) for line in lines) <= 75, "lines are folded at 75 octets"
    name, events = first(text)
    other_name, other_events = second(text)
    assert (name, events) == (other_name, other_events), (events, other_events)
    print(json.dumps({"name": name, "events": list(events.values())}, ensure_ascii=False))


if __name__ == "__main__":
    main()
