"""One command a table; prints JSON and Markdown."""
