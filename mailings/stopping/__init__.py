"""How mail is stopped: links, the mail program's own button, and what a no does to mail that waits."""
