"""Stage 9 packs what a clinician or a task needs: metrics with their methods, curves, segments, outcomes and pointers."""
