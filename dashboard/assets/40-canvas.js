/* A canvas that lies on the map: placed, scaled while zooming, and repainted once a frame at most. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const MARGIN = 0.12; // of the view, painted beyond each edge so that a pan shows no gap

  gisops.CanvasLayer = L.Layer.extend({
    initialize(paint, options) {
      this._paint = paint;
      L.setOptions(this, options);
    },
    onAdd(map) {
      const pane = map.getPane(this.options.pane) || map.createPane(this.options.pane);
      pane.style.zIndex = this.options.zIndex;
      pane.style.pointerEvents = "none";
      this._canvas = L.DomUtil.create("canvas", "gisops-canvas leaflet-zoom-animated", pane);
      this._place();
    },
    onRemove() {
      this._canvas.remove();
    },
    getEvents() {
      return { moveend: this._place, resize: this._place, viewreset: this._place, zoomanim: this._animate };
    },
    margin() {
      return this._view.pad;
    },
    repaint() {
      if (this._asked || !this._canvas) return;
      this._asked = requestAnimationFrame(() => { this._asked = null; this._draw(); });
    },
    _place() {
      const map = this._map;
      const size = map.getSize();
      const pad = size.multiplyBy(MARGIN).round();
      const corner = map.containerPointToLayerPoint(pad.multiplyBy(-1));
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      const full = size.add(pad.multiplyBy(2));
      this._zoom = map.getZoom();
      this._corner = map.layerPointToLatLng(corner);
      if (this._canvas.width !== full.x * ratio || this._canvas.height !== full.y * ratio) {
        this._canvas.width = full.x * ratio;
        this._canvas.height = full.y * ratio;
        this._canvas.style.width = `${full.x}px`;
        this._canvas.style.height = `${full.y}px`;
      }
      L.DomUtil.setPosition(this._canvas, corner);
      this._view = { size: full, ratio, zoom: this._zoom, origin: map.getPixelOrigin().add(corner), pad };
      this._draw();
    },
    _animate(event) {
      const scale = this._map.getZoomScale(event.zoom, this._zoom);
      const corner = this._map._latLngToNewLayerPoint(this._corner, event.zoom, event.center);
      L.DomUtil.setTransform(this._canvas, corner, scale);
    },
    _draw() {
      const context = this._canvas.getContext("2d");
      const { size, ratio } = this._view;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, size.x, size.y);
      this._paint(context, this._view);
    },
  });

  /* World coordinates at zoom 0, so that a frame needs two multiplications a point and no trigonometry. */
  gisops.world = (lat, lon) => L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), 0);
  gisops.onView = (view, point) => {
    const scale = Math.pow(2, view.zoom);
    return { x: point.x * scale - view.origin.x, y: point.y * scale - view.origin.y };
  };
  gisops.inView = (view, spot, slack) =>
    spot.x > -slack && spot.y > -slack && spot.x < view.size.x + slack && spot.y < view.size.y + slack;
})();
