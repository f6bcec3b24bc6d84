"""Everything a stranger may do to a sealed capture on disk, as small functions in tables, and what the audit says to it."""
