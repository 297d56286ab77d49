curl --fail-with-body --header "Authorization: Bearer $KEY" "$MARKET/api/v1/leads/?page_size=2"
