// The style of the map, without any outside source: ground, outlines, buildings, names.

import { INK, UNKNOWN, URGENCY } from "./colours.js";
import { nameOf } from "./ground.js";

const PLATE = "#0a1c2d";
const hot = (name) => ["==", ["feature-state", "hot"], name];
const byUrgency = (otherwise) => [
  "case", hot("urgent"), URGENCY.urgent, hot("watch"), URGENCY.watch, hot("normal"), URGENCY.normal, otherwise,
];
const lit = (yes, no) => ["case", ["!=", ["coalesce", ["feature-state", "hot"], ""], ""], yes, no];
/** A width of `n` metres on the ground (at latitude 31°) and some pixels more. */
const metres = (n, more = 0) => ["interpolate", ["exponential", 2], ["zoom"], 13, n * 0.06 + more, 19, n * 3.84 + more];
const AROUND = 28; // metres: a committee's parts are joined where they lie closer than this
const geojson = (data, more = {}) => ({ type: "geojson", data, ...more });

/** The colour of a building: its own urgency where something is open in it, else its place on the ramp. */
export function buildingColour(key, scale) {
  if (scale.length < 2) return byUrgency(scale[0]?.[1] ?? UNKNOWN);
  const ramp = ["interpolate-lab", ["linear"], ["get", key], ...scale.flat()];
  return byUrgency(["case", ["==", ["get", key], null], UNKNOWN, ramp]);
}

export function makeStyle({ city, grid, edges, tier, font }) {
  const full = tier === "full";
  const wall = { "fill-extrusion-height": ["get", "h"], "fill-extrusion-vertical-gradient": true };
  const text = (size, colour, halo = 1.6) => ({
    layout: { "text-field": ["get", "label"], "text-font": [font], "text-size": size, "text-padding": 6 },
    paint: { "text-color": colour, "text-halo-color": INK, "text-halo-width": halo },
  });
  const line = (id, paint) => ({ id, type: "line", source: "committees", layout: { "line-join": "round" }, paint });
  const labels = (features) => city.collection(
    features.map((f) => ({ type: "Feature", properties: { label: nameOf(f, city.committees) }, geometry: { type: "Point", coordinates: f.properties.at } })),
  );
  return {
    version: 8,
    light: { anchor: "viewport", color: "#e8f4ff", intensity: 0.42, position: [1.4, 205, 42] },
    transition: { duration: 0 },
    sources: {
      scale: geojson(grid),
      committees: geojson(city.collection(city.committees)),
      grids: geojson(city.collection(city.grids)),
      buildings: geojson(city.collection(city.buildings)),
      ...(full ? { edges: geojson(edges) } : {}),
      committeeNames: geojson(labels(city.committees)),
      gridNames: geojson(labels(city.grids)),
      buildingNames: geojson(labels(city.buildings)),
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": INK } },
      { id: "scale", type: "line", source: "scale", paint: { "line-color": "#1b4a6b", "line-opacity": 0.45, "line-width": 0.7 } },
      // the plate lies over its own edge and is almost as wide: what is left to see is one line around all of it
      ...(full ? [line("edge-glow", { "line-color": "#3fd6bd", "line-width": metres(AROUND, 24), "line-blur": 22, "line-opacity": 0.42 })] : []),
      line("edge", { "line-color": "#3fd6bd", "line-width": metres(AROUND, 3) }),
      line("plate-edge", { "line-color": PLATE, "line-width": metres(AROUND) }),
      { id: "plate", type: "fill", source: "committees", paint: { "fill-color": PLATE, "fill-antialias": false } },
      { id: "grid-fill", type: "fill", source: "grids", paint: { "fill-color": byUrgency("#0e2a42"), "fill-opacity": lit(0.3, 0.75) } },
      { id: "grid-line", type: "line", source: "grids", paint: { "line-color": byUrgency("#1d5478"), "line-width": lit(1.8, 0.8), "line-opacity": lit(0.95, 0.55) } },
      ...(full ? [{ id: "contact", type: "line", source: "buildings", paint: { "line-color": "#02070c", "line-opacity": 0.75, "line-width": metres(9), "line-blur": metres(8) } }] : []),
      { id: "buildings", type: "fill-extrusion", source: "buildings", paint: { ...wall, "fill-extrusion-opacity": 1 } },
      ...(full ? [{
        id: "roofs", type: "fill-extrusion", source: "edges",
        paint: { "fill-extrusion-base": ["get", "h"], "fill-extrusion-height": ["+", ["get", "h"], 0.7], "fill-extrusion-color": "#9fe2ff", "fill-extrusion-vertical-gradient": false },
      }] : []),
      { id: "building-names", type: "symbol", source: "buildingNames", minzoom: 17.2, ...text(12, "#d6e8f4") },
      { id: "grid-names", type: "symbol", source: "gridNames", minzoom: 16.5, maxzoom: 17.6, ...text(12.5, "#b4cde0") },
      { id: "committee-names", type: "symbol", source: "committeeNames", maxzoom: 17, ...text(["interpolate", ["linear"], ["zoom"], 13, 13, 16, 20], "#f2f8fc", 2) },
    ],
  };
}
