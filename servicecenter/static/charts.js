// Draws [data-chart] from the ECharts option in the JSON script that it names. Needs vendor/echarts.min.js.
(() => {
  const { words, find } = window.ui;

  // ECharts cannot read oklch() or light-dark(): one pixel tells the colour that a token has right now.
  function colour(token) {
    const probe = document.createElement("span");
    probe.style.color = `var(--${token})`;
    document.body.append(probe);
    const computed = getComputedStyle(probe).color;
    probe.remove();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const pen = canvas.getContext("2d");
    pen.fillStyle = computed;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
    return `rgb(${red}, ${green}, ${blue})`;
  }

  // An option names colours by token: "$chart-good", "$chart-bad", "$quiet", …
  function paint(value) {
    if (typeof value === "string") return value.startsWith("$") ? colour(value.slice(1)) : value;
    if (Array.isArray(value)) return value.map(paint);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, paint(part)]));
    return value;
  }

  const several = (value) => (Array.isArray(value) ? value : [value]);

  function dressed(raw) {
    const option = paint(raw);
    const quiet = colour("quiet");
    const line = colour("line");
    const ground = colour("surface");
    const axis = { axisLabel: { color: quiet, hideOverlap: true }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } }, nameTextStyle: { color: quiet } };
    const dress = (part) => ({ ...axis, ...part, axisLabel: { ...axis.axisLabel, ...part.axisLabel } });
    ["xAxis", "yAxis"].forEach((name) => { if (option[name]) option[name] = several(option[name]).map(dress); });
    return {
      color: [1, 2, 3, 4, 5, 6].map((number) => colour(`chart-${number}`)),
      backgroundColor: ground,
      grid: { left: 8, right: 16, top: 44, bottom: 8, containLabel: true },
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      // The HTML tooltip of ECharts needs inline style, which our CSP refuses.
      ...option,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: quiet, ...option.textStyle },
      tooltip: { renderMode: "richText", confine: true, backgroundColor: ground, borderColor: line, textStyle: { color: quiet }, ...option.tooltip },
      toolbox: { right: 0, top: 0, feature: { saveAsImage: { title: words.save_picture, pixelRatio: 2 } }, iconStyle: { borderColor: quiet }, ...option.toolbox },
      ...(option.legend ? { legend: { textStyle: { color: quiet }, left: 0, top: 0, ...option.legend } } : {}),
    };
  }

  function draw(element) {
    const source = document.getElementById(element.dataset.chart);
    const chart = window.echarts.getInstanceByDom(element) || window.echarts.init(element);
    chart.setOption(dressed(JSON.parse(source.textContent)), true);
    if (element.dataset.drawn) return;
    element.dataset.drawn = "yes";
    chart.on("click", ({ data }) => { if (data && data.url) location.assign(data.url); });
    new ResizeObserver(() => chart.resize()).observe(element);
  }

  const drawAll = () => find("[data-chart]").forEach(draw);
  drawAll();
  document.body.addEventListener("htmx:load", drawAll);
  new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
})();
