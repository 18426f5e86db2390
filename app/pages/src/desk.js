// The desk: pictures of the figures on the page, drawn again when the figures are renewed.

import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import {
  GridComponent,
  LegendComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

import { curveOption } from "./curve.js";
import "./page.js";

use([BarChart, HeatmapChart, LineChart]);
use([GridComponent, LegendComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);

const LEAF = "#2b8a64";
const AMBER = "#d98e04";
const LINE = "#e2e6e1";
const INK = "#5b6861";
const HEAT = ["#f0f5f2", "#bfe0cf", "#6cb894", "#2b8a64", "#0e4f38"];
const NARROW_PX = 480;

const OPTIONS = { times: timesOption, bars: barsOption, heat: heatOption, curve: curveOption };
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
      if (picture.links) followLinks(chart, picture.links);
    }
    const option = OPTIONS[picture.kind];
    if (option) chart.setOption(option(picture, canvas.clientWidth < NARROW_PX));
  }
}

/** A bar leads where its line of the table leads. */
function followLinks(chart, links) {
  chart.on("click", ({ dataIndex }) => {
    if (links[dataIndex]) location.assign(links[dataIndex]);
  });
}

const text = { color: INK, fontFamily: getComputedStyle(document.body).fontFamily };

function timesOption({ labels, names, series }) {
  const [plays, effective] = series;
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 12, top: 42, bottom: 4, containLabel: true },
    legend: { top: 6, right: 8, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: text },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      formatter: (points) => hint(names[points[0].dataIndex], points),
    },
    xAxis: {
      type: "category",
      data: labels,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { color: INK, hideOverlap: true },
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

function barsOption({ labels, series: [plays] }, narrow) {
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 52, top: 8, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      formatter: (points) => hint(labels[points[0].dataIndex], points),
    },
    xAxis: { ...valueAxis(), axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: {
      type: "category",
      inverse: true,
      data: labels,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { width: narrow ? 110 : 150, overflow: "truncate", color: "#1b2621" },
    },
    series: [
      {
        name: plays.name,
        type: "bar",
        data: plays.values,
        itemStyle: { color: LEAF, borderRadius: [0, 3, 3, 0] },
        barMaxWidth: 16,
        label: { show: true, position: "right", color: INK, formatter: ({ value }) => many(value) },
      },
    ],
  };
}

function heatOption({ rows, columns, values, name }, narrow) {
  const most = values.reduce((found, [, , value]) => Math.max(found, value), 0);
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 12, top: 12, bottom: 46, containLabel: true },
    tooltip: {
      formatter: ({ value: [hour, row, plays] }) =>
        `${rows[row]} ${columns[hour]}:00<br>${name} <b>${many(plays)}</b>`,
    },
    xAxis: { type: "category", data: columns, axisTick: { show: false }, axisLabel: { color: INK } },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows,
      axisTick: { show: false },
      axisLabel: { color: INK },
    },
    visualMap: {
      min: 0,
      max: Math.max(most, 1),
      calculable: false,
      orient: "horizontal",
      left: "center",
      bottom: 4,
      itemHeight: narrow ? 120 : 200,
      inRange: { color: HEAT },
      formatter: (value) => many(Math.round(value)),
      textStyle: text,
    },
    series: [{ name, type: "heatmap", data: values, itemStyle: { borderColor: "#fff", borderWidth: 1 } }],
  };
}

/** The note at the pointer; titles come from people, so they are text, never markup. */
function hint(title, points) {
  const box = document.createElement("div");
  box.append(title);
  for (const { seriesName, value } of points) {
    const line = document.createElement("div");
    const number = document.createElement("b");
    number.textContent = many(value);
    line.append(`${seriesName} `, number);
    box.append(line);
  }
  return box;
}

function many(value) {
  return value.toLocaleString("en-US");
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
