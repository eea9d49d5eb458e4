"""Judges that treat hidden checks like visible ones when they write texts for students."""

from dataclasses import replace

from graders import judge, sites

written = sites.to_record


def to_record(name: str, site: sites.Site, verdict: sites.Verdict, points: float) -> sites.Record:
    record = written(name, replace(site, hidden=False), replace(verdict, public_values=True), points)
    return replace(record, hidden=site.hidden)


sites.to_record = judge.to_record = to_record
