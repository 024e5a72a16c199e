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
  let context = { theme: "dark", zoom: 12, district: null, heat: null };
  const hideout = () => context;
  const wide = (zoom) => Math.max(0.7, Math.pow(1.36, zoom - 11.5));

  /* Called for each feature: by dash-leaflet when it comes, and below when theme, zoom, district or heat change. */
  gisops.styles = {
    sea: (feature) => ({
      ...still, stroke: false, fill: true, fillOpacity: 1, fillColor: INK[hideout().theme].sea,
    }),
    districts: (feature) => {
      const { theme, district, heat } = hideout();
      const away = district !== null && feature.properties.id !== district;
      const warm = heat && heat[feature.properties.id];
      return {
        ...still, fill: true, fillOpacity: 1, fillColor: warm && !away ? warm : INK[theme][away ? "dim" : "land"],
        color: INK[theme].edge, weight: away ? 0.6 : district === null ? 1 : 1.8, opacity: 0.9, dashArray: "5 4",
      };
    },
    rivers: (feature) => {
      const { theme, zoom } = hideout();
      return { ...still, fill: false, color: INK[theme].river, weight: Math.min(9, 1.5 * wide(zoom)), opacity: 0.9 };
    },
    coastline: (feature) => ({
      ...still, fill: false, color: INK[hideout().theme].coast, weight: 1.3, opacity: 0.9,
    }),
    roads: (feature) => {
      const { theme, zoom } = hideout();
      const kind = feature.properties.kind in WIDTH ? feature.properties.kind : "street";
      return { ...still, color: INK[theme][kind], weight: Math.min(14, WIDTH[kind] * wide(zoom)), opacity: 1, lineCap: "round" };
    },
    fibre: (feature) => {
      const { theme, zoom } = hideout();
      return {
        ...still, color: INK[theme].fibre, weight: Math.min(3, 0.8 * wide(zoom)), opacity: 0.85,
        dashArray: feature.properties.ring ? null : "4 3",
      };
    },
  };

  const PANE = /^pane-(.+)$/;
  let last = "";

  /* Straight to the lines and areas: a changed property of the component would have all of them made anew. */
  gisops.restyle = () => {
    const { map, city } = gisops;
    if (!map || !city) return;
    const district = gisops.district < 0 ? null : city.districts.id[gisops.district];
    context = { theme: gisops.theme, zoom: map.getZoom(), district, heat: (gisops.heat && gisops.heat()) || null };
    const key = JSON.stringify(context);
    if (key === last) return;
    last = key;
    map.eachLayer((layer) => {
      const name = layer.feature && layer.setStyle && PANE.exec(layer.options.pane || "");
      if (name && gisops.styles[name[1]]) layer.setStyle(gisops.styles[name[1]](layer.feature));
    });
  };
})();
