// The colours of the map: cool means data, warm means something is wrong, jade means ours.

export const INK = "#060d16";
export const RAMP = ["#12324c", "#1b5a86", "#2b8cc4", "#63c6ec", "#d5f4ff"];
export const UNKNOWN = "#2a3c4d";
export const URGENCY = { urgent: "#ff6257", watch: "#ffb648", normal: "#58b4ff" };
export const RANK = { urgent: 0, watch: 1, normal: 2 };

/** #rrggbb as three parts of one, for shaders. */
export const parts = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255);

/** The values at which the five colours stand: evenly over the buildings, so that every colour is used. */
export function stops(values) {
  const sorted = values.filter((v) => v !== null && v !== undefined).sort((a, b) => a - b);
  const chosen = RAMP.map((_, i) => sorted[Math.round((i / (RAMP.length - 1)) * (sorted.length - 1))]);
  return chosen.map((v, i) => (i && v <= chosen[i - 1] ? null : v)).map((v, i) => [v, RAMP[i]]).filter(([v]) => v !== null && v !== undefined);
}

/** The colour of one value between the stops, for drawings that cannot interpolate by themselves. */
export function colourOf(value, scale) {
  if (value === null || value === undefined || !scale.length) return UNKNOWN;
  const above = scale.findIndex(([at]) => value <= at);
  if (above <= 0) return scale[above === 0 ? 0 : scale.length - 1][1];
  const [[low, from], [high, to]] = [scale[above - 1], scale[above]];
  const part = (value - low) / (high - low);
  const mixed = parts(from).map((c, i) => Math.round(255 * (c + (parts(to)[i] - c) * part)));
  return `rgb(${mixed.join(",")})`;
}
