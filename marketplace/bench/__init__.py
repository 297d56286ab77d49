"""Measures the market's budgets (docs/performance.md) on a market of its own; `make bench` prints them."""
