"""Crashes on purpose: kills while publishing, kills of whole runs, disks that are full."""
