(() => {
  "use strict";
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const themed = (layout) => {
    const full = structuredClone(layout);
    Object.assign(full, { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", autosize: true });
    full.font = { family: "system-ui, -apple-system, Segoe UI, Roboto, sans-serif", size: 13, color: colour("--soft") };
    full.hoverlabel = { bgcolor: colour("--card"), bordercolor: colour("--line"), font: { color: colour("--ink") } };
    for (const name of Object.keys(full).filter((key) => /^[xy]axis\d*$/.test(key))) {
      full[name] = {
        gridcolor: colour("--grid"), tickfont: { size: 12 }, zerolinecolor: colour("--line"), linecolor: colour("--line"), automargin: true, ...full[name],
      };
      if (full[name].title) full[name].title.font = { size: 13 };
    }
    return full;
  };
  const draw = () => {
    for (const source of document.querySelectorAll("script[data-figure]")) {
      const spec = JSON.parse(source.textContent);
      const config = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"] };
      Plotly.react(document.getElementById(source.dataset.figure), spec.data, themed(spec.layout), config);
    }
  };
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  const resize = () => document.querySelectorAll(".js-plotly-plot").forEach((plot) => Plotly.Plots.resize(plot));
  addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
    resize();
  });
  addEventListener("afterprint", resize);
})();
