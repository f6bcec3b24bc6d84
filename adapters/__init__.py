"""A room per source; each turns recordings into one AdapterResult and its arrays."""
