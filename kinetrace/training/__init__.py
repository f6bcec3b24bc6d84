"""The fitting of what is in `kinetrace/models`, from a corpus of recordings."""
