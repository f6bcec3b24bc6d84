"""The one door for every format that is read: sizes known before allocation, one set of caps, refusals and no surprises."""
