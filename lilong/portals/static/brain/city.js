// The map in three dimensions, by MapLibre: tiers full (real GPU) and lite (software GL).

import { Map as MapLibre, MercatorCoordinate, setWorkerCount } from "../vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";
import { BEAM_METRES, lightLayer } from "./beams.js";
import { parts, stops, URGENCY } from "./colours.js";
import { roofEdges, scaleGrid, splitCity } from "./ground.js";
import { buildingColour, makeStyle } from "./style.js";

const FONT = "PingFang SC, HarmonyOS Sans SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, sans-serif";
const PITCH = 54;
const BEAT = 50; // ms between the frames of the beams' slow pulse: enough for the eye, little for the machine
const BEARINGS = [-20, 20, -38, 38]; // the nearest to north that still fills the screen

function mercator(at) {
  const point = MercatorCoordinate.fromLngLat({ lng: at[0], lat: at[1] }, 0);
  return { x: point.x, y: point.y, metre: point.meterInMercatorCoordinateUnits() };
}

const camera = (map) => ({ center: map.getCenter(), zoom: map.getZoom(), pitch: map.getPitch(), bearing: map.getBearing() });

const pixelsAMetre = (map) => (512 * 2 ** map.getZoom()) / (40_075_017 * Math.cos((map.getCenter().lat * Math.PI) / 180));

/** Moves the camera so that the city fills the part of the map that no panel covers, turned the way it fits best. */
function fit(map, city, { left, right, top, bottom }) {
  const { clientWidth: width, clientHeight: height } = map.getContainer();
  const [w, s, e, n] = city.bounds;
  const look = (bearing) => {
    map.jumpTo({ center: [(w + e) / 2, (s + n) / 2], zoom: 15, bearing, pitch: PITCH, padding: { left: 0, right: 0, top: 0, bottom: 0 } });
    for (let turn = 0; turn < 5; turn++) {
      const points = city.edges.map((at) => map.project(at));
      const [xs, ys] = [points.map((p) => p.x), points.map((p) => p.y)];
      const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
      const above = top + BEAM_METRES * pixelsAMetre(map) * Math.sin((PITCH * Math.PI) / 180); // the pins' heads
      const room = Math.min((width - left - right) / (x1 - x0), (height - above - bottom) / (y1 - y0));
      const middle = map.unproject([(x0 + x1) / 2 + (right - left) / 2 / room, (y0 + y1) / 2 + (bottom - above) / 2 / room]);
      map.jumpTo({ center: middle, zoom: Math.min(18, map.getZoom() + Math.log2(room)) });
    }
    return { ...camera(map), gain: map.getZoom() - Math.abs(bearing) / 150 };
  };
  const { gain: _, ...best } = BEARINGS.map(look).reduce((a, b) => (b.gain > a.gain ? b : a));
  map.jumpTo(best);
}

/** Draws `geojson` into `host`; gives what the page may do with the map. `margins()` says what the panels cover. */
export function drawCity({ host, geojson, tier, calm, title, margins, onMove, onPick }) {
  const city = splitCity(geojson);
  const full = tier === "full";
  const scale = (key) => stops(city.buildings.map((f) => f.properties[key]));
  const moving = full && !calm;
  let frame = null;
  let near = 16.9; // the zoom at which a chosen place is shown: closer than the whole
  let hot = [];
  setWorkerCount(1);
    const map = new MapLibre({
    container: host,
    style: makeStyle({ city, grid: scaleGrid(city.bounds), edges: full ? roofEdges(city.buildings) : null, tier, font: FONT }),
    center: city.bounds.slice(0, 2), zoom: 15, pitch: PITCH, maxPitch: 68, minZoom: 12, maxZoom: 19,
    attributionControl: false, renderWorldCopies: false, maplibreLogo: false, localIdeographFontFamily: FONT,
    canvasContextAttributes: { antialias: full, powerPreference: "high-performance" },
    pixelRatio: full ? Math.min(devicePixelRatio, 2) : Math.min(devicePixelRatio, 1),
    fadeDuration: calm ? 0 : 160, validateStyle: false, locale: { "Map.Title": title },
  });
  const rings = lightLayer({ id: "rings", kind: "ring", mercator, moving });
  const beams = lightLayer({ id: "beams", kind: "beam", mercator, moving, onFrame: (m) => { frame = m; onMove(); } });

  const home = ({ atOnce = !moving } = {}) => {
    const from = camera(map);
    fit(map, city, margins());
    const to = camera(map);
    near = Math.min(18, Math.max(16.9, to.zoom + 0.6));
    if (atOnce) return;
    map.jumpTo(from);
    map.flyTo({ ...to, duration: 1200 });
  };
  const ready = new Promise((resolve) => {
    map.on("load", () => {
      map.addLayer(rings, "buildings");
      map.addLayer(beams, "building-names");
      home({ atOnce: true });
      resolve();
    });
  });
  if (moving) setInterval(() => { if (hot.length && !document.hidden) map.triggerRepaint(); }, BEAT);
  map.on("webglcontextrestored", () => location.reload()); // the beams' own buffers went with the old context
  map.on("click", (event) => {
    const [found] = map.queryRenderedFeatures(event.point, { layers: ["buildings"] });
    onPick(found ? city.places.get(found.id) : null);
  });
  return {
    ready, home, city, map,
    paint(key) {
      const stepped = scale(key);
      map.setPaintProperty("buildings", "fill-extrusion-color", buildingColour(key, stepped));
      return stepped;
    },
    /** spots: [{place (id), at, urgency, building}] */
    show(spots) {
      for (const was of hot) map.removeFeatureState(was);
      hot = spots.map((s) => ({ source: s.building ? "buildings" : "grids", id: s.place }));
      hot.forEach((target, i) => map.setFeatureState(target, { hot: spots[i].urgency }));
      const lights = spots.map((s) => ({ at: s.at, tint: parts(URGENCY[s.urgency]) }));
      rings.setPlaces(lights);
      beams.setPlaces(lights);
    },
    fly(at) {
      const go = { center: at, zoom: Math.max(map.getZoom(), near), pitch: 58, padding: margins() };
      if (moving) map.flyTo({ ...go, duration: 1400 });
      else map.jumpTo(go);
    },
    /** Where the head of the beam at `at` is on the screen, in CSS pixels, or null behind the camera. */
    project(at) {
      if (!frame) return null;
      const { x, y, metre } = mercator(at);
      const z = metre * BEAM_METRES;
      const [cx, cy, , cw] = [0, 1, 2, 3].map((r) => frame[r] * x + frame[4 + r] * y + frame[8 + r] * z + frame[12 + r]);
      if (cw <= 0) return null;
      return [((cx / cw + 1) / 2) * host.clientWidth, ((1 - cy / cw) / 2) * host.clientHeight];
    },
  };
}
