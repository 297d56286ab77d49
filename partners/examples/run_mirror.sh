curl --fail-with-body --output mirror.py "$MARKET/api/v1/docs/mirror.py"
umask 077
printf '%s' "$KEY" > key.txt
python3 mirror.py "$MARKET" key.txt market.sqlite
