/** Of every tile that is not enlarged, as cameras have it. */
const RATIO = 16 / 9;

/** In pixels. */
const GAP = 10;
/** Tiles do not become smaller than this: then the grid scrolls. */
const NARROWEST = 132;
/** Width of the tiles beside an enlarged one. */
const STRIP = 200;

export interface Size {
  width: number;
  height: number;
}

export interface Place extends Size {
  left: number;
  top: number;
}

export interface Layout {
  places: Place[];
  /** What all tiles together take; more than there is where they have to scroll. */
  height: number;
}

/** Places tiles as large as the area allows, in centred rows. */
export function placeTiles(area: Size, count: number): Layout {
  if (count === 0 || area.width <= 0) return { places: [], height: 0 };
  const columns = columnsFor(area, count);
  const rows = Math.ceil(count / columns);
  const fitting = tileWidth(area, columns, rows);
  const width = fitting < NARROWEST ? (area.width - GAP * (columns - 1)) / columns : fitting;
  const height = width / RATIO;
  const total = rows * height + GAP * (rows - 1);
  const top = Math.max(0, (area.height - total) / 2);
  const places = Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = (area.width - inRow * width - GAP * (inRow - 1)) / 2;
    const column = index % columns;
    return { left: left + column * (width + GAP), top: top + row * (height + GAP), width, height };
  });
  return { places, height: Math.max(total, 0) };
}

/** Gives one tile most of the area, and the others a strip beside or below it. */
export function placeAround(area: Size, count: number, enlarged: number): Layout {
  if (count < 2 || area.width <= 0) return placeTiles(area, count);
  const beside = area.width > area.height;
  const width = Math.min(STRIP, (area.width - 2 * GAP) / 3);
  const height = width / RATIO;
  const step = beside ? height + GAP : width + GAP;
  const length = beside ? area.height : area.width;
  const others = count - 1;
  // Two lines at most take from the large one; what does not fit into them is reached by scrolling down.
  const fitting = Math.max(1, Math.floor((length + GAP) / step));
  const lines = beside ? Math.min(2, Math.ceil(others / fitting)) : Math.ceil(others / fitting);
  const perLine = Math.ceil(others / lines);
  const large = beside
    ? { left: 0, top: 0, width: area.width - Math.min(lines, 2) * (width + GAP), height: area.height }
    : { left: 0, top: 0, width: area.width, height: area.height - Math.min(lines, 2) * (height + GAP) };
  const start = Math.max(0, (length - Math.min(perLine, others) * step + GAP) / 2);
  let bottom = area.height;
  const places: Place[] = [];
  for (let index = 0, other = 0; index < count; index += 1) {
    if (index === enlarged) {
      places.push(large);
      continue;
    }
    const line = Math.floor(other / perLine);
    const along = start + (other % perLine) * step;
    const across = line * ((beside ? width : height) + GAP);
    const place = beside
      ? { left: large.width + GAP + across, top: along, width, height }
      : { left: along, top: large.height + GAP + across, width, height };
    bottom = Math.max(bottom, place.top + place.height);
    places.push(place);
    other += 1;
  }
  return { places, height: bottom };
}

/** The number of columns with which tiles become largest. */
function columnsFor(area: Size, count: number): number {
  let best = 1;
  let widest = 0;
  for (let columns = 1; columns <= count; columns += 1) {
    const width = tileWidth(area, columns, Math.ceil(count / columns));
    if (width > widest) {
      widest = width;
      best = columns;
    }
  }
  if (widest >= NARROWEST) return best;
  return Math.min(count, Math.max(1, Math.floor((area.width + GAP) / (NARROWEST + GAP))));
}

function tileWidth({ width, height }: Size, columns: number, rows: number): number {
  const byWidth = (width - GAP * (columns - 1)) / columns;
  const byHeight = ((height - GAP * (rows - 1)) / rows) * RATIO;
  return Math.max(0, Math.min(byWidth, byHeight));
}
