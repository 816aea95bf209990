// Light on the map where something is open: a ring on the ground and a beam above it, drawn straight in WebGL2.

const BEAM = {
  vertex: `#version 300 es
    in vec2 ground; in vec2 corner; in float height; in vec3 tint; in float phase;
    uniform mat4 matrix; uniform vec2 viewport; uniform float scale;
    out vec2 spot; out vec3 colour; out float beat;
    void main() {
      vec4 foot = matrix * vec4(ground, 0.0, 1.0);
      vec4 head = matrix * vec4(ground, height, 1.0);
      vec2 along = (head.xy / head.w - foot.xy / foot.w) * viewport;
      vec2 across = normalize(vec2(-along.y, along.x) + vec2(1e-6));
      vec4 at = mix(foot, head, corner.y);
      at.xy += across * corner.x * 22.0 * scale / viewport * 2.0 * at.w;
      gl_Position = at; spot = corner; colour = tint; beat = phase;
    }`,
  fragment: `#version 300 es
    precision mediump float;
    in vec2 spot; in vec3 colour; in float beat; uniform float time; out vec4 paint;
    void main() {
      float side = abs(spot.x);
      float core = smoothstep(0.1, 0.02, side);
      float glow = pow(1.0 - side, 3.0);
      float rise = 0.75 + 0.25 * sin(6.2832 * (spot.y * 1.5 - time * 0.4 + beat));
      float fade = mix(1.0, 0.35, spot.y) * smoothstep(0.0, 0.06, spot.y);
      paint = vec4(colour * (core * 0.9 + glow * 0.62 * rise) * fade, 0.0);
    }`,
};
const RING = {
  vertex: `#version 300 es
    in vec2 ground; in vec2 corner; in float reach; in vec3 tint; in float phase;
    uniform mat4 matrix; out vec2 spot; out vec3 colour; out float beat;
    void main() {
      gl_Position = matrix * vec4(ground + corner * reach, 0.0, 1.0);
      spot = corner; colour = tint; beat = phase;
    }`,
  fragment: `#version 300 es
    precision mediump float;
    in vec2 spot; in vec3 colour; in float beat; uniform float time; out vec4 paint;
    float line(float d, float at, float wide) { return smoothstep(wide, 0.0, abs(d - at)); }
    void main() {
      float d = length(spot);
      float wave = fract(time * 0.35 + beat);
      float light = line(d, 0.42, 0.035) + line(d, 0.62, 0.018) * 0.5
        + line(d, wave, 0.06) * (1.0 - wave) * 0.8 + smoothstep(0.62, 0.0, d) * 0.28;
      paint = vec4(colour * light * smoothstep(1.0, 0.86, d), 0.0);
    }`,
};
const QUAD = [[-1, -1], [1, -1], [1, 1], [-1, -1], [1, 1], [-1, 1]];
export const BEAM_METRES = 75;
const RING_METRES = 34;

function program(gl, source) {
  const made = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, source.vertex], [gl.FRAGMENT_SHADER, source.fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(made));
  return made;
}

/** `matrix` moved to `origin` in double precision: single precision shakes by metres at this scale. */
function movedTo(matrix, [x, y]) {
  const moved = Float64Array.from(matrix);
  for (let row = 0; row < 4; row++) moved[12 + row] = matrix[row] * x + matrix[4 + row] * y + matrix[12 + row];
  return moved;
}

/**
 * A MapLibre custom layer. `kind` is "beam" (above the buildings) or "ring" (below them); `mercator(at)` gives
 * {x, y, metre}; `onFrame(matrix, origin)` tells where the map stands, so that pins can follow.
 */
export function lightLayer({ id, kind, mercator, moving, onFrame }) {
  const beam = kind === "beam";
  const names = ["ground", "corner", beam ? "height" : "reach", "tint", "phase"];
  const sizes = [2, 2, 1, 3, 1];
  const stride = sizes.reduce((a, b) => a + b) * 4;
  let map, gl, shader, buffer, list, count = 0, origin = [0, 0], data = new Float32Array();
  const upload = () => {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
  };
  return {
    id, type: "custom", renderingMode: "2d",
    /** places: [{at: [lon, lat], tint: [r, g, b]}] */
    setPlaces(places) {
      const points = places.map((p) => mercator(p.at));
      origin = points.length ? [points[0].x, points[0].y] : origin;
      data = new Float32Array(points.flatMap((p, i) => QUAD.flatMap(([x, y]) => [
        p.x - origin[0], p.y - origin[1], x, beam ? (y + 1) / 2 : y, p.metre * (beam ? BEAM_METRES : RING_METRES),
        ...places[i].tint, (i * 0.37) % 1,
      ])));
      count = points.length * QUAD.length;
      if (gl) upload();
      map?.triggerRepaint();
    },
    onAdd(owner, context) {
      [map, gl] = [owner, context];
      shader = program(gl, beam ? BEAM : RING);
      buffer = gl.createBuffer();
      list = gl.createVertexArray();
      gl.bindVertexArray(list);
      upload();
      sizes.reduce((offset, size, i) => {
        const place = gl.getAttribLocation(shader, names[i]);
        gl.enableVertexAttribArray(place);
        gl.vertexAttribPointer(place, size, gl.FLOAT, false, stride, offset);
        return offset + size * 4;
      }, 0);
      gl.bindVertexArray(null);
    },
    onRemove() {
      gl.deleteProgram(shader);
      gl.deleteBuffer(buffer);
      gl.deleteVertexArray(list);
    },
    render(context, { defaultProjectionData }) {
      const full = defaultProjectionData.mainMatrix;
      onFrame?.(full);
      if (!count) return;
      const canvas = gl.canvas;
      const at = (name) => gl.getUniformLocation(shader, name);
      gl.useProgram(shader);
      gl.bindVertexArray(list);
      gl.uniformMatrix4fv(at("matrix"), false, Float32Array.from(movedTo(full, origin)));
      gl.uniform1f(at("time"), moving ? (performance.now() / 1000) % 3600 : 0.3);
      if (beam) {
        gl.uniform2f(at("viewport"), canvas.width, canvas.height);
        gl.uniform1f(at("scale"), canvas.width / canvas.clientWidth);
      }
      gl.disable(gl.DEPTH_TEST);
      gl.disable(gl.STENCIL_TEST);
      gl.disable(gl.CULL_FACE);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE);
      gl.drawArrays(gl.TRIANGLES, 0, count);
      gl.bindVertexArray(null);
    },
  };
}
