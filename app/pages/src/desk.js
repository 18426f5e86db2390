// The desk: pictures of the figures on the page, drawn again when the figures are renewed.

import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

import "./page.js";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const LEAF = "#2b8a64";
const AMBER = "#d98e04";
const LINE = "#e2e6e1";
const INK = "#5b6861";

const drawn = new Map();

function draw() {
  for (const [place, chart] of drawn) {
    if (place.isConnected) continue;
    chart.dispose();
    drawn.delete(place);
  }
  for (const place of document.querySelectorAll(".chart")) {
    const picture = JSON.parse(place.querySelector("script").textContent);
    const canvas = place.querySelector(".canvas");
    let chart = drawn.get(canvas);
    if (!chart) {
      chart = init(canvas, null, { renderer: "svg" });
      drawn.set(canvas, chart);
    }
    chart.setOption(picture.kind === "days" ? daysOption(picture) : barsOption(picture));
  }
}

const text = { color: INK, fontFamily: getComputedStyle(document.body).fontFamily };

function daysOption({ labels, series }) {
  const [plays, effective] = series;
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 12, top: 42, bottom: 4, containLabel: true },
    legend: { top: 6, right: 8, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: text },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: {
      type: "category",
      data: labels,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { formatter: (day) => day.slice(5), color: INK, hideOverlap: true },
    },
    yAxis: valueAxis(),
    series: [
      {
        name: plays.name,
        type: "bar",
        data: plays.values,
        itemStyle: { color: LEAF, borderRadius: [3, 3, 0, 0] },
        barMaxWidth: 26,
      },
      {
        name: effective.name,
        type: "line",
        data: effective.values,
        itemStyle: { color: AMBER },
        lineStyle: { width: 2 },
        symbolSize: 5,
        showSymbol: labels.length <= 31,
      },
    ],
  };
}

function barsOption({ labels, series: [plays] }) {
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 44, top: 8, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: { ...valueAxis(), axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: {
      type: "category",
      inverse: true,
      data: labels,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { width: 150, overflow: "truncate", color: "#1b2621" },
    },
    series: [
      {
        name: plays.name,
        type: "bar",
        data: plays.values,
        itemStyle: { color: LEAF, borderRadius: [0, 3, 3, 0] },
        barMaxWidth: 16,
        label: { show: true, position: "right", color: INK },
      },
    ],
  };
}

function valueAxis() {
  return {
    type: "value",
    minInterval: 1,
    splitLine: { lineStyle: { color: "#edf0ec" } },
    axisLabel: { color: INK },
  };
}

draw();
document.addEventListener("htmx:after:swap", draw);
window.addEventListener("resize", () => {
  for (const chart of drawn.values()) chart.resize();
});

// A menu of regions asks at once; without scripts its button does.
document.addEventListener("change", (event) => {
  if (event.target.matches(".period select")) event.target.form.requestSubmit();
});
