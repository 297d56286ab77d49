curl --fail-with-body --compressed --header "Authorization: Bearer $KEY" \
  --output leads.ndjson "$MARKET/api/v1/export/leads.ndjson"
head -n 1 leads.ndjson
tail -n 1 leads.ndjson
