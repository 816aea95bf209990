// What the map makes of the buildings' GeoJSON: buildings, areas, roof edges and a scale grid, each its own collection.

const METRES = 111320;
const collection = (features) => ({ type: "FeatureCollection", features });

export function splitCity(city) {
  const of = (kind) => city.features.filter((f) => f.properties.kind === kind);
  const [buildings, grids, committees] = [of("building"), of("micro_grid"), of("committee")];
  const places = new Map(city.features.map((f) => [f.id, f]));
  const edges = (committees.length ? committees : buildings).flatMap((f) => f.geometry.coordinates.flat(committees.length ? 1 : 0)).flat();
  return { bounds: city.bbox, buildings, grids, committees, places, edges, collection };
}

/** A feature's name on the map: a micro-grid's without its committee's, which stands beside it. */
export function nameOf(feature, committees) {
  const { label } = feature.properties;
  const over = committees.find((c) => c !== feature && label.startsWith(c.properties.label));
  return over ? label.slice(over.properties.label.length) : label;
}

/** A strip along each roof's edge, so that roofs are lined with light; widths in metres. */
export function roofEdges(buildings, width = 0.9) {
  return collection(buildings.flatMap((f) => {
    const outer = f.geometry.coordinates[0];
    const inner = shrink(outer, width);
    if (!inner) return [];
    return [{ type: "Feature", id: f.id, geometry: { type: "Polygon", coordinates: [outer, inner] }, properties: f.properties }];
  }));
}

function shrink(ring, width) {
  const [lon, lat] = ring[0];
  const kx = METRES * Math.cos((lat * Math.PI) / 180);
  const flat = ring.slice(0, -1).map(([x, y]) => [(x - lon) * kx, (y - lat) * METRES]);
  const area = flat.reduce((sum, [x, y], i) => sum + x * flat[(i + 1) % flat.length][1] - flat[(i + 1) % flat.length][0] * y, 0);
  const turn = Math.sign(area);
  const moved = flat.map((p, i) => {
    const [before, after] = [flat.at(i - 1), flat[(i + 1) % flat.length]];
    const [a, b] = [unit(before, p), unit(p, after)];
    const bend = Math.max(0.35, 1 + a[0] * b[0] + a[1] * b[1]);
    return [p[0] - ((a[1] + b[1]) * turn * width) / bend, p[1] + ((a[0] + b[0]) * turn * width) / bend];
  });
  const back = moved.map(([x, y]) => [lon + x / kx, lat + y / METRES]);
  return Math.abs(area) < 40 ? null : [...back, back[0]].reverse();
}

function unit([ax, ay], [bx, by]) {
  const long = Math.hypot(bx - ax, by - ay) || 1;
  return [(bx - ax) / long, (by - ay) / long];
}

/** Lines every `step` metres around the city: the ground's scale. */
export function scaleGrid([west, south, east, north], step = 100, reach = 900) {
  const lat = (south + north) / 2;
  const [dx, dy] = [1 / (METRES * Math.cos((lat * Math.PI) / 180)), 1 / METRES];
  const [w, e, s, n] = [west - reach * dx, east + reach * dx, south - reach * dy, north + reach * dy];
  const lines = [];
  for (let x = w; x <= e; x += step * dx) lines.push([[x, s], [x, n]]);
  for (let y = s; y <= n; y += step * dy) lines.push([[w, y], [e, y]]);
  return { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines } };
}
