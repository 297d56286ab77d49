curl --fail-with-body --get "$MARKET/api/v1/leads/" --header "Authorization: Bearer $KEY" \
  --data-urlencode 'q=green coffee' --data kind=sell_offer --data country=VN --data country=BR \
  --data fields=title,price,currency,valid_until
