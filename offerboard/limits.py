"""How large what a lead says may be: one rule for the form, the import and the columns."""

from decimal import Decimal

MOST_AMOUNT = Decimal(10**12)  # quantities and prices stay below it
QUANTITY_PLACES, PRICE_PLACES = 3, 4  # digits after the decimal point
VALID_DAYS = range(1, 366)
LEAD_TIME_DAYS = range(1001)
