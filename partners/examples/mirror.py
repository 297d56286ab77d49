"""Keeps all leads in SQLite: everything the first time, then what has changed. Run it every minute or so."""

import json
import os
import sqlite3
import urllib.error
import urllib.parse
import urllib.request

MARKET, KEY = os.environ["MARKET"], os.environ["KEY"]
database = sqlite3.connect("mirror.sqlite")
database.execute("CREATE TABLE IF NOT EXISTS lead (id TEXT PRIMARY KEY, object TEXT)")
database.execute("CREATE TABLE IF NOT EXISTS place (cursor TEXT)")


def call(path, **query):
    address = f"{MARKET}/api/v1/{path}?{urllib.parse.urlencode(query)}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {KEY}"})
    return urllib.request.urlopen(request)


def keep(lead):
    database.execute("INSERT OR REPLACE INTO lead VALUES (?, ?)", (lead["id"], json.dumps(lead)))


def keep_place(cursor):
    database.execute("DELETE FROM place")
    database.execute("INSERT INTO place VALUES (?)", (cursor,))


def export():
    """Everything anew, or nothing if the connection breaks."""
    with database:
        database.execute("DELETE FROM lead")
        said = None
        for line in call("export/leads.ndjson"):
            thing = json.loads(line)
            said = thing.get("@")
            if said is None:
                keep(thing)
            elif said == "begin":
                keep_place(thing["changes"])
        if said != "end":
            raise ConnectionError("The export broke off.")


def follow(cursor):
    """Page by page, each with its cursor in one transaction."""
    more = True
    while more:
        page = json.load(call("changes/", after=cursor, kind="lead", page_size=1000))
        cursor, more = page["next"], page["has_more"]
        with database:
            for change in page["changes"]:
                if change["action"] == "upsert":
                    keep(change["object"])
                else:
                    database.execute("DELETE FROM lead WHERE id = ?", (change["id"],))
            keep_place(cursor)


place = database.execute("SELECT cursor FROM place").fetchone()
if place is None:
    export()
else:
    try:
        follow(place[0])
    except urllib.error.HTTPError as error:
        if error.code != 410:
            raise
        export()  # the cursor was too old
