// The map from above, by Leaflet on a canvas: for screens without WebGL2.

import "../vendor/leaflet-1.9.4/leaflet.js"; // sets the global L
import { colourOf, stops, UNKNOWN, URGENCY } from "./colours.js";
import { splitCity } from "./ground.js";

const flip = ([lon, lat]) => [lat, lon];

export function drawFlat({ host, geojson, calm, margins, onMove, onPick }) {
  const L = globalThis.L;
  const city = splitCity(geojson);
  const [west, south, east, north] = city.bounds;
  const map = L.map(host, {
    preferCanvas: true, zoomControl: false, attributionControl: false, zoomSnap: 0.25,
    fadeAnimation: !calm, zoomAnimation: !calm, inertia: !calm, minZoom: 12, maxZoom: 20,
  });
  const outline = (features, style) => L.geoJSON(city.collection(features), { style, interactive: false }).addTo(map);
  outline(city.committees, { color: "#3fd6bd", weight: 3, fill: false });
  outline(city.committees, { stroke: false, fillColor: "#0a1c2d", fillOpacity: 1, fillRule: "nonzero" });
  const plain = { color: "#1d5478", weight: 0.8, fillColor: "#0e2a42", fillOpacity: 0.75 };
  const grids = outline(city.grids, plain);
  let key = "n";
  let scale = [];
  let spots = [];
  const hot = (feature) => spots.find((s) => s.place === feature.id)?.urgency;
  const styleOf = (feature) => ({ weight: 0, fillOpacity: 1, fillColor: URGENCY[hot(feature)] ?? colourOf(feature.properties[key], scale) ?? UNKNOWN });
  const buildings = L.geoJSON(city.collection(city.buildings), {
    style: styleOf, onEachFeature: (feature, layer) => layer.on("click", (e) => { L.DomEvent.stopPropagation(e); onPick(feature); }),
  }).addTo(map);
  const lights = L.layerGroup().addTo(map);
  map.on("click", () => onPick(null));
  map.on("move zoom zoomanim resize", onMove);
  const home = () => {
    const m = margins();
    map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [m.left, m.top], paddingBottomRight: [m.right, m.bottom], animate: !calm });
  };
  home();
  return {
    ready: Promise.resolve(), home, city, map,
    paint(wanted) {
      key = wanted;
      scale = stops(city.buildings.map((f) => f.properties[key]));
      buildings.setStyle(styleOf);
      return scale;
    },
    show(given) {
      spots = given;
      grids.setStyle((f) => (hot(f) ? { color: URGENCY[hot(f)], weight: 2, fillColor: URGENCY[hot(f)], fillOpacity: 0.3 } : plain));
      buildings.setStyle(styleOf);
      lights.clearLayers();
      for (const s of spots) L.circle(flip(s.at), { radius: 20, color: URGENCY[s.urgency], weight: 2, fillOpacity: 0.2, interactive: false }).addTo(lights);
    },
    fly(at) {
      const m = margins();
      const zoom = Math.max(map.getZoom(), 17);
      const shifted = map.unproject(map.project(flip(at), zoom).subtract([(m.left - m.right) / 2, (m.top - m.bottom) / 2]), zoom);
      map.setView(shifted, zoom, { animate: !calm });
    },
    project(at) {
      const point = map.latLngToContainerPoint(flip(at));
      return [point.x, point.y];
    },
  };
}
