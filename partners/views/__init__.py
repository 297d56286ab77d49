"""Pages: how to become a partner, and services that members connect."""
