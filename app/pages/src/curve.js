// A line over many points of equal width: the plays of each minute, the viewers of each step.

const LEAF = "#2b8a64";
const LINE = "#e2e6e1";
const INK = "#5b6861";

// Left and right are fixed: what stands below the curve stands under its part of the axis
// (.frames in desk.css).
const GRID = { left: 56, right: 20, top: 18, bottom: 28 };

export function curveOption({ labels, names, unit = "", series: [line] }) {
  return {
    animation: false,
    textStyle: { color: INK, fontFamily: getComputedStyle(document.body).fontFamily },
    grid: GRID,
    tooltip: {
      trigger: "axis",
      valueFormatter: (value) => `${value}${unit}`,
      axisPointer: { label: { formatter: ({ seriesData }) => names[seriesData[0]?.dataIndex] } },
    },
    xAxis: {
      type: "category",
      data: labels,
      boundaryGap: unit === "%",
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { color: INK, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: unit === "%" ? 100 : undefined,
      minInterval: 1,
      splitLine: { lineStyle: { color: "#edf0ec" } },
      axisLabel: { color: INK, formatter: `{value}${unit}` },
    },
    series: [
      {
        name: line.name,
        type: "line",
        step: unit === "%" ? false : "end",
        data: line.values,
        showSymbol: line.values.length < 3,
        itemStyle: { color: LEAF },
        lineStyle: { width: 2 },
        areaStyle: { color: LEAF, opacity: 0.14 },
      },
    ],
  };
}
