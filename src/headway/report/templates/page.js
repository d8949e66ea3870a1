(() => {
  const root = document.documentElement;
  const figures = [...document.querySelectorAll("figure[data-chart]")];
  const size = (width) => (width < 520 ? "narrow" : width < 820 ? "medium" : "wide");

  const draw = async (figure) => {
    const live = figure.querySelector(".live");
    const wanted = size(live.clientWidth || window.innerWidth);
    if (figure.dataset.drawn === wanted) return;
    figure.dataset.drawn = wanted;
    try {
      const specs = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
      if (figure.view) figure.view.finalize();
      const result = await vegaEmbed(live, specs[wanted], {
        actions: false,
        ast: true,
        renderer: "svg",
        tooltip: { disableDefaultStyle: true },
      });
      figure.view = result.view;
      const svg = live.querySelector("svg");
      svg.removeAttribute("width");
      svg.removeAttribute("height");
      svg.setAttribute("aria-hidden", "true");
      figure.classList.add("ready");
    } catch (error) {
      figure.classList.add("failed");
      console.error(error);
    }
  };

  const drawAll = () => Promise.all(figures.map(draw));
  drawAll().then(() => root.classList.add("drawn"));

  let waiting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 150);
  });

  const button = document.querySelector(".theme");
  const dark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const show = () => button.setAttribute("aria-pressed", String(dark()));
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try {
      localStorage.setItem("headway-theme", root.dataset.theme);
    } catch {
      // A browser may refuse storage to a local file; the choice then lasts for this visit.
    }
    show();
  });
  show();
})();
