// The installation's clock on the wall: it may run faster than real time, so it is carried on from the server's word.

const ZONE = { timeZone: "Asia/Shanghai" };
let base = Date.now();
let heard = performance.now();
let rate = 1;
let stopped = false;

/** What the server says the time is, in ms since the epoch, and how fast its clock runs. */
export function setClock(at, speed) {
  base = at;
  rate = speed;
  heard = performance.now();
}

export function stopClock() {
  stopped = true;
}

/** The installation's time, in ms since the epoch. */
export function now() {
  return stopped ? base : base + (performance.now() - heard) * rate;
}

const parts = (ms, options) =>
  Object.fromEntries(new Intl.DateTimeFormat("zh-CN", { ...ZONE, ...options }).formatToParts(ms).map((p) => [p.type, p.value]));

/** 09:42, or 06-12 09:42 where it is another day than now's. */
export function shortTime(iso) {
  const ms = Date.parse(iso);
  const p = parts(ms, { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const today = parts(now(), { month: "2-digit", day: "2-digit" });
  const time = `${p.hour}:${p.minute}`;
  return p.month === today.month && p.day === today.day ? time : `${p.month}-${p.day} ${time}`;
}

export const clockRate = () => rate;

/** Keep `time` and `day` showing the clock, a step each second. */
export function runClock(time, day, language) {
  const show = () => {
    const ms = now();
    const p = parts(ms, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
    time.textContent = `${p.hour}:${p.minute}:${p.second}`;
    time.dateTime = new Date(ms).toISOString();
    const named = new Intl.DateTimeFormat(language, { ...ZONE, month: "long", day: "numeric", weekday: "long" }).format(ms);
    day.textContent = named.replace("星期", " 星期");
  };
  show();
  return stopped ? show : setInterval(show, 1000) && show;
}
