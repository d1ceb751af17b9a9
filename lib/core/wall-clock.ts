/**
 * The moment at which the clocks of a time zone showed `wall`, which is given as if it were UTC; both in milliseconds
 * since 1970. Of an hour that is there twice, the first; one that is passed over counts as the one after it.
 *
 * @param zone - as `Intl` knows them, such as 'UTC' and 'Europe/Berlin', or an offset such as '+05:30'
 * @throws RangeError when there is no such zone
 */
export function instantOf(wall: number, zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (sign) return wall - Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  const offsets = [wall - DAY, wall + DAY].map((around) => shownAt(around, zone) - around);
  const candidates = offsets.map((offset) => wall - offset);
  return candidates.find((at) => shownAt(at, zone) === wall) ?? candidates[0]!;
}

const DAY = 86_400_000;

/** What the clocks of the zone show, as if it were UTC. */
function shownAt(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
}
