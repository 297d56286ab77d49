# --compressed asks for gzip. The second call answers 304, and nothing is sent again.
for call in first second; do
  curl --fail-with-body --compressed --header "Authorization: Bearer $KEY" \
    --etag-compare categories.etag --etag-save categories.etag --output categories.json \
    --write-out '%{http_code}\n' "$MARKET/api/v1/categories/?page_size=1000"
done
