"""What is in a corpus, for people and for machines: minutes a source, subject, movement and licence."""

from __future__ import annotations

from collections import Counter
from typing import Any

from schemas.corpus import Corpus

GROUPS = ("source", "subject", "movement", "licence")
_SHOWN = 12


def corpus_minutes(corpus: Corpus) -> dict[str, Any]:
    """Give recordings and minutes in all, minutes by each group, and the refused takes."""
    fps = corpus.states.fps
    found: dict[str, Any] = {
        "recordings": len(corpus.recordings),
        "anchors": sum(recording.anchors for recording in corpus.recordings),
        "minutes": round(sum(recording.anchors for recording in corpus.recordings) / fps / 60, 3),
        "refused": [{"name": take.name, "reason": take.reason} for take in corpus.refused],
    }
    for group in GROUPS:
        found[group] = {
            key: {"recordings": count, "minutes": round(anchors / fps / 60, 3)}
            for key, (count, anchors) in sorted(_sums(corpus, group).items())
        }
    return found


def corpus_text(corpus: Corpus) -> str:
    """Write the same as a page of tables; of many refusals of one reason the first are named."""
    told = corpus_minutes(corpus)
    lines = [f"{told['recordings']} recordings, {told['minutes']:.1f} min at {corpus.states.fps:g} Hz"]
    for group in GROUPS:
        lines += ["", f"{group:<60} recordings   minutes"]
        lines += [f"{key[:58]:<60} {row['recordings']:>10} {row['minutes']:>9.2f}" for key, row in told[group].items()]
    if corpus.refused:
        lines += ["", f"{len(corpus.refused)} takes refused:"]
        lines += [f"  {take.name}: {take.reason}" for take in corpus.refused[:_SHOWN]]
        if len(corpus.refused) > _SHOWN:
            lines.append(f"  … and {len(corpus.refused) - _SHOWN} more; --json lists all")
    return "\n".join(lines)


def _sums(corpus: Corpus, group: str) -> dict[str, tuple[int, int]]:
    counts: Counter[str] = Counter()
    anchors: Counter[str] = Counter()
    for recording in corpus.recordings:
        key = str(getattr(recording, group))
        counts[key] += 1
        anchors[key] += recording.anchors
    return {key: (counts[key], anchors[key]) for key in counts}
