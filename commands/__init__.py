"""The commands, one small file a group; `cli.py` puts them together."""
