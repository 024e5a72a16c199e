/* How the lines and areas under the devices look: by theme, zoom and chosen district. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const INK = {
    dark: {
      land: "#121a25", dim: "#0d131b", edge: "#33455c", sea: "#081019", river: "#1c3d58", coast: "#2c5877",
      motorway: "#5b6d86", expressway: "#51637b", arterial: "#3b4b60", street: "#2a3747", fibre: "#27a3b8",
      text: "#9fb0c5", faint: "#5f7189", road: "#8595a9", halo: "#0d141d", place: "#d5c9a3",
    },
    light: {
      land: "#f4f2ec", dim: "#e6e6e3", edge: "#a9b4c2", sea: "#cfe1ec", river: "#a9cde2", coast: "#7fb0cd",
      motorway: "#d99a5b", expressway: "#dfae74", arterial: "#c9c3b4", street: "#d9d5ca", fibre: "#0b8ba0",
      text: "#33445a", faint: "#7d8b9d", road: "#6a6a64", halo: "#ffffff", place: "#6b5a1e",
    },
  };
  const WIDTH = { motorway: 1.5, expressway: 1.4, arterial: 1.1, street: 0.6 };

  gisops.ink = (name) => INK[gisops.theme][name];

  const still = { interactive: false, smoothFactor: 0.8 };
  const hideout = (context) => (context && context.hideout) || { theme: "dark", zoom: 12, district: null };
  const wide = (zoom) => Math.max(0.7, Math.pow(1.36, zoom - 11.5));

  /* dash-leaflet calls each with (feature, context). */
  gisops.styles = {
    sea: (feature, context) => ({
      ...still, stroke: false, fill: true, fillOpacity: 1, fillColor: INK[hideout(context).theme].sea,
    }),
    districts: (feature, context) => {
      const { theme, district, heat } = hideout(context);
      const away = district !== null && feature.properties.id !== district;
      const warm = heat && heat[feature.properties.id];
      return {
        ...still, fill: true, fillOpacity: 1, fillColor: warm && !away ? warm : INK[theme][away ? "dim" : "land"],
        color: INK[theme].edge, weight: away ? 0.6 : district === null ? 1 : 1.8, opacity: 0.9, dashArray: "5 4",
      };
    },
    rivers: (feature, context) => {
      const { theme, zoom } = hideout(context);
      return { ...still, fill: false, color: INK[theme].river, weight: Math.min(9, 1.5 * wide(zoom)), opacity: 0.9 };
    },
    coastline: (feature, context) => ({
      ...still, fill: false, color: INK[hideout(context).theme].coast, weight: 1.3, opacity: 0.9,
    }),
    roads: (feature, context) => {
      const { theme, zoom } = hideout(context);
      const kind = feature.properties.kind in WIDTH ? feature.properties.kind : "street";
      return { ...still, color: INK[theme][kind], weight: Math.min(14, WIDTH[kind] * wide(zoom)), opacity: 1, lineCap: "round" };
    },
    fibre: (feature, context) => {
      const { theme, zoom } = hideout(context);
      return {
        ...still, color: INK[theme].fibre, weight: Math.min(3, 0.8 * wide(zoom)), opacity: 0.85,
        dashArray: feature.properties.ring ? null : "4 3",
      };
    },
  };

  gisops.restyle = () => {
    if (!gisops.map || !gisops.city) return;
    const district = gisops.district < 0 ? null : gisops.city.districts.id[gisops.district];
    const context = { theme: gisops.theme, zoom: gisops.map.getZoom(), district };
    for (const name of Object.keys(gisops.styles)) {
      const heat = name === "districts" && gisops.heat ? gisops.heat() : null;
      gisops.put(`layer-${name}`, { hideout: heat ? { ...context, heat } : context });
    }
  };
})();
