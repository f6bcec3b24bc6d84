"""How far off a forecast may be, against how far ahead it looks."""

from __future__ import annotations

from typing import Any

from kinetrace.report.model_figures import LEGEND, MARGIN
from kinetrace.report.palette import MODELS
from schemas.uncertainty import Uncertainty

Figure = dict[str, Any]


def uncertainty_figure(known: Uncertainty) -> Figure:
    """Draw expected error and the radii of 80, 90 and 95 % balls against the horizon, in mm."""
    seconds = [round(row.horizon_s, 4) for row in known.horizons]
    series = {
        "95 %": [row.radius_95_mm for row in known.horizons],
        "90 %": [row.radius_90_mm for row in known.horizons],
        "80 %": [row.radius_80_mm for row in known.horizons],
        "expected error": [row.expected_mm for row in known.horizons],
    }
    dashes = {"95 %": "dot", "90 %": "dash", "80 %": "dashdot", "expected error": "solid"}
    return {
        "data": [
            {
                "type": "scatter", "mode": "lines+markers", "name": name, "x": seconds, "y": [round(v, 1) for v in values],
                "line": {"color": MODELS["model"], "width": 3 if name == "expected error" else 1.8, "dash": dashes[name]},
                "hovertemplate": "%{y:.0f} mm",
            }
            for name, values in series.items()
        ],
        "layout": {
            "height": 320, "hovermode": "x unified", "margin": MARGIN, "legend": LEGEND,
            "xaxis": {"title": {"text": "How far ahead [s]"}, "rangemode": "tozero"},
            "yaxis": {"title": {"text": "Distance from the forecast [mm]"}, "rangemode": "tozero"},
        },
    }  # fmt: skip
