"""Prints every lead from one country, page by page."""

import json
import os
import urllib.parse
import urllib.request

MARKET, KEY = os.environ["MARKET"], os.environ["KEY"]

query = {"country": "VN", "fields": "title,price,currency", "page_size": "1000"}
while True:
    address = f"{MARKET}/api/v1/leads/?{urllib.parse.urlencode(query)}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {KEY}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        page = json.load(answer)
    for lead in page["results"]:
        print(lead["id"], lead["price"], lead["currency"], lead["title"])
    if page["next"] is None:
        break
    query["after"] = page["next"]
