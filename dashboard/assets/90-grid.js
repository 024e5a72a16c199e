/* How the list's cells look; React escapes what is inside them. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const make = (...args) => window.React.createElement(...args);
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

  cells.GisopsRoot = ({ data }) =>
    make("div", { className: "cell-root" },
      make("span", { className: `sym sym-${gisops.STATES[data.state]}` }),
      make("div", null,
        make("div", { className: "cell-name" }, data.name),
        make("div", { className: "cell-note" }, [data.device !== data.name && data.device, data.district].filter(Boolean).join(" · "))));

  cells.GisopsLost = ({ data }) =>
    make("div", { className: data.lost ? "cell-lost some" : "cell-lost" }, data.lost || "–");

  cells.GisopsCause = ({ data }) =>
    make("div", { className: "cell-cause", title: `${gisops.localTime(data.since)} (${gisops.utcTime(data.since)})` },
      make("div", { className: "cell-name" }, data.cause, data.p === null ? null : make("span", { className: "cell-p" }, ` ${Math.round(100 * data.p)} %`)),
      make("div", { className: data.dark ? "cell-note cell-dark" : "cell-note" },
        data.dark ? `dark in ${gisops.darkIn(data.dark)}` : `${gisops.age(gisops.now() - data.since)} ago`));

  cells.GisopsDark = ({ data }) => (data.dark ? make("div", { className: "cell-note cell-dark" }, gisops.darkIn(data.dark)) : make("div", { className: "cell-note" }, "–"));
})();
