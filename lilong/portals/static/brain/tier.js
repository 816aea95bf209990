// Which of the three drawings this screen gets: full on a real GPU, lite on software GL, flat where there is no WebGL2.

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render|microsoft basic/i;
const TIERS = ["full", "lite", "flat"];

export function chooseTier(wanted) {
  if (TIERS.includes(wanted)) return wanted;
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return "flat";
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return SOFTWARE.test(name) ? "lite" : "full";
}
